"""Trainees and employers: known once, pointed out when alike, merged by people, changed with all that follows."""

from typing import Any

import httpx

from libs.access.permissions import Role
from libs.testing.people import nric, trainee_wish
from services.enrolment.tests.builders import IDS, employer_wish
from services.enrolment.tests.conftest import World, ok


async def test_an_identity_number_is_entered_once(world: World) -> None:
    known = await world.trainee()

    lower = trainee_wish(1, id_number=nric(1).lower(), full_name="Somebody Else (synthetic)")
    again = await world.ops.post("/api/v1/trainees", json=lower)
    other_type = await world.ops.post("/api/v1/trainees", json={**lower, "id_type": "OTHERS"})

    assert (again.status_code, again.json()["code"]) == (409, "trainee_known")
    assert known["id"] in again.json()["detail"]
    assert nric(1) not in again.text
    assert other_type.status_code == 201


async def test_who_looks_alike_is_pointed_out_and_never_merged(world: World) -> None:
    first = await world.trainee()
    second = await world.trainee(phone={"number": "81234567"})

    namesake = await world.trainee(full_name="synthetic  TRAINEE-1", born_on="1990-05-17")
    neighbour = await world.trainee(phone={"number": "8123 4567"}, born_on="1991-01-01")

    assert [(each["strength"], each["trainee_id"]) for each in namesake["warnings"]] == [("strong", first["id"])]
    assert [(each["strength"], each["trainee_id"], each["fields"]) for each in neighbour["warnings"]] == [
        ("weak", second["id"], ["phone"])
    ]


async def test_numbers_are_masked_until_revealed_for_a_reason(world: World) -> None:
    trainee = await world.trainee()
    path = f"/api/v1/trainees/{trainee['id']}/reveal"

    shown = await ok(world.ops.post(path, json={"reason": "compare with the card"}))

    assert trainee["id_number"] == f"S****{nric(1)[-4:]}"
    assert shown["id_number"] == nric(1)
    assert (await world.ops.post(path, json={})).status_code == 422
    last = (await world.stage.told())[-1]
    assert (last.event_type, last.data["reason"]) == ("trainee.revealed", "compare with the card")


async def test_a_burst_of_reveals_is_slowed_down(world: World) -> None:
    path = f"/api/v1/trainees/{(await world.trainee())['id']}/reveal"
    for _ in range(30):
        await ok(world.ops.post(path, json={"reason": "compare with the card"}))

    answer = await world.ops.post(path, json={"reason": "compare with the card"})

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_reveals")
    assert (await world.admin.post(path, json={"reason": "another person asks"})).status_code == 200


async def test_people_are_found_by_what_is_known_of_them_and_that_is_on_record(world: World) -> None:
    _, wanted, _ = [await world.trainee() for _ in range(3)]
    known: list[dict[str, Any]] = [
        {"id_number": nric(2)},
        {"id_number": nric(2).lower(), "id_type": "NRIC"},
        {"full_name": "SYNTHETIC trainee 2"},
        {"email": "Trainee2@Example.com"},
        {"phone": {"number": "9 0000002"}},
        {"full_name": "Synthetic Trainee 2", "id_number_last4": nric(2)[-4:]},
    ]

    found = [await ok(world.ops.post("/api/v1/trainees/search", json=each)) for each in known]

    assert [[each["id"] for each in people] for people in found] == [[wanted["id"]]] * len(known)
    assert (await world.told()).count("trainee.looked_up") == len(known)


async def test_a_search_without_anything_to_look_for_is_refused(world: World) -> None:
    nothing: list[dict[str, Any]] = [{}, {"id_number_last4": "567D"}, {"id_type": "NRIC"}]

    answers = [await world.ops.post("/api/v1/trainees/search", json=each) for each in nothing]

    assert {answer.status_code for answer in answers} == {422}


async def test_another_contact_updates_confirmed_enrolments_in_place(world: World) -> None:
    trainee = await world.trainee()
    confirmed, draft = await world.placed(await world.run(), trainee), await world.draft(await world.run(), trainee)

    changed = await ok(world.change(f"trainees/{trainee['id']}", trainee, email="new@example.com"))
    same = await ok(world.change(f"trainees/{trainee['id']}", changed, email="new@example.com"))

    assert (changed["email"], changed["version"], same["version"]) == ("new@example.com", 2, 2)
    assert ((await world.read(confirmed))["sync"]["revision"], (await world.read(draft))["version"]) == (2, 1)
    assert set((await world.told())[-2:]) == {"trainee.changed", "enrolment.changed"}


async def test_another_identity_makes_confirmed_enrolments_anew(world: World) -> None:
    trainee, run_id = await world.trainee(), await world.run(seats=1)
    confirmed = await world.placed(run_id, trainee)

    await ok(world.change(f"trainees/{trainee['id']}", trainee, id_number=nric(77), reason="misread the card"))

    old = await world.read(confirmed)
    new = await world.read({"id": old["successor_id"]})
    assert (old["status"], new["status"], new["replaces"]) == ("cancelled", "confirmed", old["id"])
    assert await world.seats(run_id) == (1, 0, 0)


async def test_a_number_that_is_taken_cannot_be_changed_to(world: World) -> None:
    first, second = await world.trainee(), await world.trainee()

    answer = await world.change(f"trainees/{second['id']}", second, id_number=nric(1))

    assert (answer.status_code, answer.json()["code"]) == (409, "trainee_known")
    assert first["id"] in answer.json()["detail"]


async def test_a_merged_record_lives_on_in_the_other_with_its_places(world: World) -> None:
    loser, survivor = await world.trainee(), await world.trainee()
    confirmed, draft = await world.placed(await world.run(), loser), await world.draft(await world.run(), loser)
    left = await ok(world.act(await world.placed(await world.run(), loser), "cancel", reason="sick"))

    merged = await ok(merging(world, loser, survivor))

    successor = await world.read({"id": (await world.read(confirmed))["successor_id"]})
    assert merged["merged_into"] == survivor["id"]
    assert [successor["trainee_id"], (await world.read(draft))["trainee_id"]] == [survivor["id"]] * 2
    assert (await world.read(left))["trainee_id"] == loser["id"]
    again = await world.ops.post("/api/v1/trainees", json=trainee_wish(1))
    assert survivor["id"] in again.json()["detail"]
    listed = await ok(world.ops.get("/api/v1/trainees"))
    assert [each["id"] for each in listed["items"]] == [survivor["id"]]


async def test_records_with_places_on_one_run_are_not_merged(world: World) -> None:
    loser, survivor = await world.trainee(), await world.trainee()
    run_id = await world.run()
    await world.placed(run_id, loser)
    await world.placed(run_id, survivor)

    answer = await merging(world, loser, survivor)

    assert (answer.status_code, answer.json()["code"]) == (409, "merge_clash")
    assert str(run_id) in answer.json()["detail"]


async def test_nobody_is_merged_twice_into_themselves_or_into_nobody(world: World) -> None:
    loser, survivor = await world.trainee(), await world.trainee()
    into_self = await merging(world, loser, loser)
    into_nobody = await merging(world, loser, {"id": str(IDS.new())})
    merged = await ok(merging(world, loser, survivor))

    twice = await merging(world, merged, survivor)
    enrolled = await world.ops.post(
        "/api/v1/enrolments",
        json={"run_id": str(await world.run()), "trainee_id": loser["id"], "sponsorship": "INDIVIDUAL"},
    )

    assert [into_self.json()["code"], into_nobody.json()["code"]] == ["merge_into_self", "unknown_reference"]
    assert [twice.json()["code"], enrolled.json()["code"]] == ["already_merged", "already_merged"]


async def merging(world: World, loser: dict[str, Any], survivor: dict[str, Any]) -> httpx.Response:
    return await world.ops.post(
        f"/api/v1/trainees/{loser['id']}/merge",
        json={"into_id": survivor["id"], "reason": "one person, two cards"},
        headers={"If-Match": f'"{loser["version"]}"'},
    )


async def test_an_employer_is_known_by_its_uen(world: World) -> None:
    first = await world.employer()

    again = await world.ops.post("/api/v1/employers", json=employer_wish(name="Other"))
    found = await ok(world.ops.get("/api/v1/employers", params={"q": "wok"}))

    assert (again.status_code, again.json()["code"]) == (409, "duplicate")
    assert [each["id"] for each in found["items"]] == [first["id"]]
    assert first["uen_check_letter_fits"] is True


async def test_a_submitted_uen_stays_and_another_contact_updates_enrolments(world: World) -> None:
    employer = await world.employer()
    place = await world.placed(await world.run(), sponsorship="EMPLOYER", employer_id=employer["id"])

    frozen = await world.change(f"employers/{employer['id']}", employer, uen="00192200M")
    changed = await ok(world.change(f"employers/{employer['id']}", employer, email="hr@example.com", name="New name"))

    assert (frozen.status_code, frozen.json()["code"]) == (409, "uen_frozen")
    assert (changed["email"], (await world.read(place))["sync"]["revision"]) == ("hr@example.com", 2)


async def test_trainers_see_the_people_on_their_runs_and_nobody_else(world: World) -> None:
    teacher = IDS.new()
    mine, theirs = await world.run(users=(teacher,)), await world.run()
    own, other = await world.placed(mine), await world.placed(theirs)
    client = await world.stage.client(Role.TRAINER, subject=teacher)

    people = await ok(client.get("/api/v1/trainees"))
    places = await ok(client.get("/api/v1/enrolments"))
    hidden = [
        await client.get(f"/api/v1/trainees/{other['trainee_id']}"),
        await client.get(f"/api/v1/enrolments/{other['id']}"),
        await client.get(f"/api/v1/enrolments/seats/{theirs}"),
    ]
    found = await ok(client.post("/api/v1/trainees/search", json={"id_number": nric(2)}))

    assert [each["id"] for each in people["items"]] == [own["trainee_id"]]
    assert [each["id"] for each in places["items"]] == [own["id"]]
    assert {answer.status_code for answer in hidden} == {404}
    assert found == []
    assert (await ok(client.get(f"/api/v1/enrolments/{own['id']}")))["fees"] is None


async def test_whoever_may_see_only_masks_sees_only_masks(world: World) -> None:
    place = await world.placed(await world.run(), full_fee="10")
    auditor = await world.stage.client(Role.AUDITOR)

    person = await ok(auditor.get(f"/api/v1/trainees/{place['trainee_id']}"))
    shown = await ok(auditor.get(f"/api/v1/enrolments/{place['id']}"))

    assert (person["full_name"], person["born_on"]) == ("S*** T*** 1***", None)
    assert "trainee1@example.com" not in str(person)
    assert (shown["trainee_name"], shown["fees"]) == ("S*** T*** 1***", None)
