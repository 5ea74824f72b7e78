"""Through HTTP: the life of an enrolment, from registration to completion."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from libs.contracts.course import RunStatus
from services.enrolment.tests.builders import IDS, NOW, STARTS_AT, outcome
from services.enrolment.tests.conftest import World, ok

BEGUN = STARTS_AT + timedelta(hours=1)


async def test_a_draft_holds_no_seat_and_a_confirmed_one_does(world: World) -> None:
    run_id = await world.run(seats=2)
    draft = await world.draft(run_id)
    before = await world.seats(run_id)

    confirmed = await ok(world.act(draft, "confirm"))

    assert (draft["status"], before) == ("draft", (0, 0, 0))
    assert (confirmed["status"], await world.seats(run_id)) == ("confirmed", (1, 0, 0))
    assert confirmed["sync"]["state"] == "pending"
    assert (await world.told())[-3:] == ["enrolment.registered", "enrolment.confirmed", "run_seats.counted"]


async def test_when_no_seat_is_free_the_draft_is_queued_in_the_same_command(world: World) -> None:
    run_id = await world.run(seats=1)
    await world.placed(run_id)

    first, second = await world.placed(run_id), await world.placed(run_id)

    assert [each["status"] for each in (first, second)] == ["waitlisted", "waitlisted"]
    assert [each["queue_place"] for each in (first, second)] == [1, 2]
    assert await world.seats(run_id) == (1, 0, 2)


async def test_a_freed_seat_is_offered_to_who_waits_longest(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, first, second = [await world.placed(run_id) for _ in range(3)]

    await ok(world.act(seated, "cancel", reason="changed their mind"))

    offered = await world.read(first)
    assert (offered["status"], await world.status(second)) == ("offered", "waitlisted")
    assert offered["offer_ends_at"] == (NOW + timedelta(hours=48)).isoformat().replace("+00:00", "Z")
    assert await world.seats(run_id) == (0, 1, 1)
    assert (await ok(world.act(offered, "accept")))["status"] == "confirmed"


async def test_a_seat_held_for_somebody_is_not_free_for_others(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, first = [await world.placed(run_id) for _ in range(2)]
    await ok(world.act(seated, "cancel", reason="changed their mind"))

    late = await world.placed(run_id)

    assert (late["status"], await world.status(first), await world.seats(run_id)) == (
        "waitlisted",
        "offered",
        (0, 1, 1),
    )


async def test_a_declined_offer_goes_to_the_next(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, first, second = [await world.placed(run_id) for _ in range(3)]
    await ok(world.act(seated, "cancel", reason="changed their mind"))

    declined = await ok(world.act(await world.read(first), "decline"))

    assert (declined["status"], await world.status(second)) == ("cancelled", "offered")


async def test_an_offer_that_runs_out_puts_its_holder_at_the_back(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, first, second = [await world.placed(run_id) for _ in range(3)]
    await ok(world.act(seated, "cancel", reason="changed their mind"))
    offered = await world.read(first)
    world.stage.clock.advance(timedelta(hours=48))

    late = await world.act(offered, "accept")
    expired = await world.expire()

    assert (late.status_code, late.json()["code"]) == (409, "offer_over")
    assert expired == 1
    assert (await world.status(first), await world.status(second)) == ("waitlisted", "offered")
    assert await world.expire() == 0


async def test_no_offer_outlives_the_start_of_its_run(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, first = [await world.placed(run_id) for _ in range(2)]
    world.stage.clock.set(STARTS_AT - timedelta(hours=2))

    await ok(world.act(seated, "cancel", reason="changed their mind"))

    assert (await world.read(first))["offer_ends_at"] == STARTS_AT.isoformat().replace("+00:00", "Z")
    world.stage.clock.set(BEGUN)
    await world.expire()
    assert (await world.status(first), await world.seats(run_id)) == ("waitlisted", (0, 0, 1))


async def test_nobody_overtakes_the_queue_without_an_override(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, first, second = [await world.placed(run_id) for _ in range(3)]
    await world.say(run_id, intake_size=0)
    await ok(world.act(seated, "cancel", reason="changed their mind"))
    await world.say(run_id, intake_size=1, starts_at=NOW)  # begun: nobody is promoted any more
    await world.say(run_id, intake_size=1, starts_at=NOW + timedelta(days=1))

    assert (await world.status(first), await world.status(second)) == ("offered", "waitlisted")
    refused = await world.act(second, "confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "run_full")


async def test_out_of_turn_needs_the_right_and_a_reason(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, first, second = [await world.placed(run_id) for _ in range(3)]
    await world.say(run_id, intake_size=1, starts_at=NOW)
    # Before the start a cancelled seat is offered at once, so a free seat beside a queue exists only under way.
    await world.say(run_id, intake_size=1, starts_at=NOW, status=RunStatus.IN_PROGRESS)
    await ok(world.act(await world.read(seated), "withdraw", reason="moved abroad"))

    in_turn: dict[str, Any] = {"override": True, "reason": "the employer insists"}
    by_ops = await world.act(second, "confirm", **in_turn)
    without_reason = await world.act(second, "confirm", world.admin, override=True)
    by_admin = await world.act(second, "confirm", world.admin, **in_turn)

    assert [by_ops.status_code, without_reason.status_code, by_admin.status_code] == [403, 422, 200]
    assert await world.status(first) == "waitlisted"


async def test_a_place_is_cancelled_before_the_start_and_withdrawn_from_after_it(world: World) -> None:
    run_id = await world.run()
    enrolment = await world.placed(run_id)

    early = await world.act(enrolment, "withdraw", reason="moved abroad")
    world.stage.clock.set(BEGUN)
    late = await world.act(enrolment, "cancel", reason="moved abroad")
    withdrawn = await ok(world.act(enrolment, "withdraw", reason="moved abroad"))

    assert (early.status_code, late.status_code) == (409, 409)
    assert "cancel" in early.json()["allowed"]
    assert "withdraw" in late.json()["allowed"]
    assert (withdrawn["status"], withdrawn["sync"]["revision"]) == ("withdrawn", 2)
    assert withdrawn["seated_until"] == BEGUN.isoformat().replace("+00:00", "Z")


async def test_cancelling_a_confirmed_place_asks_for_the_reason(world: World) -> None:
    enrolment = await world.placed(await world.run())

    assert (await world.act(enrolment, "cancel")).status_code == 422
    assert (await ok(world.act(enrolment, "cancel", reason="sick")))["end_reason"] == "sick"


async def test_dropping_a_draft_owes_tpgateway_nothing(world: World) -> None:
    dropped = await ok(world.act(await world.draft(await world.run()), "cancel"))

    assert (dropped["status"], dropped["sync"]["state"]) == ("cancelled", "not_applicable")


async def test_one_active_enrolment_for_a_trainee_on_a_run(world: World) -> None:
    run_id, trainee = await world.run(), await world.trainee()
    first = await world.draft(run_id, trainee)
    body = {"run_id": str(run_id), "trainee_id": trainee["id"], "sponsorship": "INDIVIDUAL"}

    again = await world.ops.post("/api/v1/enrolments", json=body)
    await ok(world.act(first, "cancel"))
    after = await world.ops.post("/api/v1/enrolments", json=body)

    assert (again.status_code, again.json()["code"], after.status_code) == (409, "already_enrolled", 201)


WINDOWS: list[tuple[dict[str, Any], int, int]] = [
    ({}, 201, 201),
    ({"registration_opens_on": date(2026, 3, 3)}, 409, 201),
    ({"registration_closes_on": date(2026, 3, 1)}, 409, 201),
    ({"status": RunStatus.IN_PROGRESS}, 409, 201),
    ({"status": RunStatus.DRAFT}, 409, 409),
    ({"status": RunStatus.ENDED}, 409, 409),
    ({"status": RunStatus.CANCELLED}, 409, 409),
]


async def test_registration_keeps_to_its_window_unless_overridden(world: World) -> None:
    for given, by_ops, by_admin in WINDOWS:
        run_id, trainee = await world.run(**given), await world.trainee()
        body = {"run_id": str(run_id), "trainee_id": trainee["id"], "sponsorship": "INDIVIDUAL"}
        late = {**body, "override": True, "reason": "the employer was late"}

        plain = await world.ops.post("/api/v1/enrolments", json=body)
        if plain.status_code == 201:
            await ok(world.act(plain.json(), "cancel"))
        overridden = await world.admin.post("/api/v1/enrolments", json=late)
        forbidden = await world.ops.post("/api/v1/enrolments", json=late)

        assert (plain.status_code, overridden.status_code, forbidden.status_code) == (by_ops, by_admin, 403)


async def test_what_tpgateway_needs_is_asked_for_before_a_seat_is_taken(world: World) -> None:
    run_id = await world.run()
    bare = await world.trainee(email=None, phone=None, id_number="S9000001A")
    draft = await world.draft(run_id, bare, sponsorship="EMPLOYER")

    refused = await world.act(draft, "confirm")

    assert refused.status_code == 422
    assert {wrong["field"] for wrong in refused.json()["errors"]} == {
        "trainee.email",
        "trainee.phone",
        "trainee.id_number",
        "employer_id",
    }
    assert await world.seats(run_id) == (0, 0, 0)


async def test_a_transfer_carries_the_person_and_the_money(world: World) -> None:
    here, there = await world.run(seats=1), await world.run(seats=1)
    enrolment = await world.placed(here, full_fee="500.00")
    waiting = await world.placed(here)
    paid = await ok(world.act(enrolment, "fee", amount="200.00"))

    successor = await ok(world.act(paid, "transfer", run_id=str(there), reason="the later date suits"))

    old = await world.read(enrolment)
    assert (old["status"], old["successor_id"], old["fees"]["paid"]) == ("transferred", successor["id"], "0")
    assert (successor["status"], successor["transferred_from"]) == ("confirmed", old["id"])
    assert (successor["fees"]["paid"], successor["fee_status"]) == ("200", "partial")
    assert await world.status(waiting) == "offered"
    assert (await world.seats(here), await world.seats(there)) == ((0, 1, 0), (1, 0, 0))


async def test_a_transfer_to_a_full_run_changes_nothing(world: World) -> None:
    here, there = await world.run(), await world.run(seats=1)
    await world.placed(there)
    enrolment = await world.placed(here)

    full = await world.act(enrolment, "transfer", run_id=str(there), reason="the later date suits")
    same = await world.act(enrolment, "transfer", run_id=str(here), reason="the later date suits")
    unknown = await world.act(enrolment, "transfer", run_id=str(uuid4()), reason="the later date suits")

    assert [full.json()["code"], same.json()["code"], unknown.json()["code"]] == [
        "run_full",
        "same_run",
        "unknown_reference",
    ]
    assert await world.status(enrolment) == "confirmed"


async def test_only_an_administrator_reinstates_as_a_new_remote_enrolment(world: World) -> None:
    run_id = await world.run()
    gone = await ok(world.act(await world.placed(run_id), "cancel", reason="sick"))

    by_ops = await world.act(gone, "reinstate", reason="well again")
    back = await ok(world.act(gone, "reinstate", world.admin, reason="well again"))

    assert by_ops.status_code == 403
    assert (back["status"], back["remote_id"], back["fee_status"]) == ("confirmed", None, "full")
    assert back["sync"]["revision"] == 3
    assert (await world.told())[-2:] == ["enrolment.confirmed", "run_seats.counted"]


async def test_nobody_is_reinstated_over_those_who_wait(world: World) -> None:
    run_id = await world.run(seats=1)
    seated = await world.placed(run_id)
    await world.placed(run_id)
    gone = await ok(world.act(seated, "cancel", reason="sick"))

    refused = await world.act(gone, "reinstate", world.admin, reason="well again")

    assert refused.json()["code"] == "run_full"


async def test_another_payer_makes_a_new_enrolment_on_the_same_seat(world: World) -> None:
    run_id = await world.run(seats=1)
    employer, enrolment = await world.employer(), await world.placed(run_id)

    successor = await ok(
        world.change(f"enrolments/{enrolment['id']}", enrolment, sponsorship="EMPLOYER", employer_id=employer["id"])
    )

    old = await world.read(enrolment)
    assert (old["status"], old["successor_id"]) == ("cancelled", successor["id"])
    assert (successor["status"], successor["replaces"]) == ("confirmed", old["id"])
    assert successor["seated_from"] == old["seated_from"]
    assert await world.seats(run_id) == (1, 0, 0)
    assert set((await world.told())[-2:]) == {"enrolment.replaced", "enrolment.confirmed"}


async def test_a_draft_changes_its_payer_in_place(world: World) -> None:
    employer, draft = await world.employer(), await world.draft(await world.run())
    path = f"enrolments/{draft['id']}"

    changed = await ok(world.change(path, draft, sponsorship="EMPLOYER", employer_id=employer["id"]))
    same = await ok(world.change(path, changed, sponsorship="EMPLOYER"))
    back = await ok(world.change(path, same, sponsorship="INDIVIDUAL"))

    assert (changed["id"], changed["employer_id"], changed["version"]) == (draft["id"], employer["id"], 2)
    assert (same["version"], back["version"], back["employer_id"]) == (2, 3, None)


async def test_changes_ask_for_the_version_that_was_read(world: World) -> None:
    draft = await world.draft(await world.run())
    path = f"/api/v1/enrolments/{draft['id']}/confirm"

    without = await world.ops.post(path)
    stale = await world.ops.post(path, headers={"If-Match": '"7"'})

    assert [without.status_code, stale.status_code] == [428, 412]


async def test_a_repeated_post_makes_one_enrolment(world: World) -> None:
    run_id, trainee = await world.run(), await world.trainee()
    body = {"run_id": str(run_id), "trainee_id": trainee["id"], "sponsorship": "INDIVIDUAL"}
    headers = {"Idempotency-Key": str(uuid4())}

    first = await world.ops.post("/api/v1/enrolments", json=body, headers=headers)
    again = await world.ops.post("/api/v1/enrolments", json=body, headers=headers)

    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"])
    assert first.headers["Location"] == f"/api/v1/enrolments/{first.json()['id']}"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"run_id": str(uuid4())}, "run_id"),
    ({"trainee_id": str(uuid4())}, "trainee_id"),
    ({"employer_id": str(uuid4()), "sponsorship": "EMPLOYER"}, "employer_id"),
    ({"sponsorship": "FRIEND"}, "sponsorship"),
    ({"full_fee": "12.345"}, "full_fee"),
    ({"full_fee": "-1"}, "full_fee"),
    ({"nett_fee": "1"}, "body"),
    ({"enrolled_on": "2026-03-03"}, "enrolled_on"),
    ({"surprise": 1}, "surprise"),
]


async def test_wrong_words_are_422_with_the_field(world: World) -> None:
    run_id, trainee = await world.run(), await world.trainee()
    body = {"run_id": str(run_id), "trainee_id": trainee["id"], "sponsorship": "INDIVIDUAL"}

    for given, field in WRONG:
        answer = await world.ops.post("/api/v1/enrolments", json={**body, **given})

        assert answer.status_code == 422, answer.text
        assert field in [wrong["field"] for wrong in answer.json()["errors"]]


async def test_an_unknown_enrolment_is_404_whatever_is_asked(world: World) -> None:
    nobody = {"id": str(IDS.new()), "version": 1}

    answers = [await world.act(nobody, action) for action in ("confirm", "accept", "decline", "cancel")]

    assert {answer.status_code for answer in answers} == {404}


async def test_the_page_tells_what_may_be_done_and_what_is_worth_a_look(world: World) -> None:
    trainee = await world.trainee()
    first = await world.placed(await world.run(), trainee)
    other = UUID((await world.placed(await world.run(), trainee))["run_id"])

    shown = await world.read(first)

    allowed = {each["action"] for each in shown["allowed_actions"] if each["allowed"]}
    assert {"cancel", "transfer", "amend", "pay"} <= allowed
    assert not {"withdraw", "confirm", "reinstate", "reverse"} & allowed
    assert [(notice["code"], notice["run_id"]) for notice in shown["warnings"]] == [("overlapping_run", str(other))]


async def test_a_completed_place_stays_taken(world: World) -> None:
    run_id = await world.run()
    enrolment = await world.placed(run_id)
    await world.hear(outcome(enrolment))

    await world.say(run_id, status=RunStatus.ENDED)

    assert (await world.status(enrolment), await world.seats(run_id)) == ("completed", (1, 0, 0))
