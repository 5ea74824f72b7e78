"""People are erased when their time is over: by two people, whole, for ever, and with everything else left standing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from libs.access.permissions import Role
from libs.contracts.course import RunStatus
from libs.contracts.erasure import CopiesErased
from libs.contracts.submissions import Dues
from libs.contracts.tpg_sync import RecordType, RemoteIds, SyncQueued, SyncState, SyncSucceeded
from libs.privacy.personal import PersonalVault
from libs.privacy.vault import Erased
from libs.testing.people import nric, trainee_wish
from libs.testing.residue import residue, sealed_with_own_keys
from libs.testing.stage import MakeStage
from services.enrolment.commands import erasing
from services.enrolment.handlers import keep_less
from services.enrolment.main import enrolment as service
from services.enrolment.models.codes import IdType
from services.enrolment.models.personal import (
    Phone,
    index_of_email,
    index_of_id,
    index_of_name,
    index_of_phone,
)
from services.enrolment.tests.builders import IDS, about, course_event, outcome, rate
from services.enrolment.tests.conftest import World, ok
from services.enrolment.tests.test_imports import judged as judged_file
from services.enrolment.tests.test_imports import line, table, work

API = "/api/v1/trainees"
AFTER = datetime(2031, 4, 6, 16, 0, tzinfo=UTC)
"""The first instant of 7 April 2031 in Singapore: the runs of these tests end on 6 April 2026, kept for five years."""
WHY = {"reason": "retention is over"}


class TpgSync:
    """Stands in for tpg-sync: says what is owed, and can be away."""

    def __init__(self) -> None:
        self.dues = Dues(open_jobs=0, open_discrepancies=0, open_obligations=0)
        self.away = False
        self.asked: list[bytes] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away")
        self.asked.append(request.content)
        return httpx.Response(200, text=self.dues.model_dump_json())


@pytest.fixture
def tpg_sync() -> TpgSync:
    return TpgSync()


@pytest.fixture
async def world(stage: MakeStage, tpg_sync: TpgSync) -> AsyncIterator[World]:
    transport = httpx.MockTransport(tpg_sync.answer)
    async with httpx.AsyncClient(transport=transport, base_url="http://tpg-sync.test") as peer:
        enrolment = await stage(service, peers={"tpg-sync": peer})
        ops = await enrolment.client(Role.OPS)
        admin, finance = [await enrolment.client(role, subject=IDS.new()) for role in (Role.ADMIN, Role.FINANCE)]
        made = World(enrolment, ops, admin, finance, IDS.new())
        await made.hear(course_event(made.course_id))
        yield made


async def acknowledged(world: World, place: dict[str, Any]) -> None:
    remote = RemoteIds(record=f"ENR-{place['id'][-6:]}")
    await world.hear(
        about(place, SyncSucceeded, SyncState.SYNCED, place["sync"]["revision"], remote=remote),
        about(place, SyncSucceeded, SyncState.SYNCED, place["fee_sync"]["revision"], record_type=RecordType.FEE),
    )


async def a_past(world: World, trainee: dict[str, Any] | None = None, *, paid: bool = True) -> Any:
    """A place that was paid for, completed, and acknowledged in all."""
    run_id = await world.run()
    place = await world.placed(run_id, trainee, full_fee="123.45")
    if paid:
        place = await ok(world.act(place, "fee", amount="123.45"))
    await world.hear(rate(place), outcome(place))
    await world.say(run_id, status=RunStatus.ENDED)
    await acknowledged(world, await world.read(place))
    return await world.read(place)


async def admin(world: World) -> httpx.AsyncClient:
    return await world.stage.client(Role.ADMIN, subject=IDS.new())


async def post(world: World, trainee_id: str, *, by: httpx.AsyncClient | None = None, what: str = "erase") -> Any:
    client = by or world.admin
    version = (await ok(world.ops.get(f"{API}/{trainee_id}")))["version"]
    return await client.post(f"{API}/{trainee_id}/{what}", json=WHY, headers={"If-Match": f'"{version}"'})


async def erased(world: World, trainee_id: str) -> Any:
    """Asked for by one administrator, agreed to by another."""
    await ok(post(world, trainee_id))
    return await ok(post(world, trainee_id, by=await admin(world)))


async def told_erased(world: World) -> list[dict[str, Any]]:
    return [each.data for each in await world.stage.told() if each.event_type == "trainee.erased"]


def needles(world: World, number: int) -> list[str | bytes]:
    """Everything by which this person could be read or found."""
    wish, vault = trainee_wish(number), world.stage.runtime.vault
    phone = Phone("+65", wish["phone"]["number"])
    return [
        wish["full_name"],
        wish["id_number"],
        f",{wish['id_number'][-4:]},",  # as a column of its own
        wish["email"],
        wish["phone"]["number"],
        index_of_id(IdType.NRIC, wish["id_number"], vault),
        index_of_name(wish["full_name"], vault),
        index_of_email(wish["email"], vault),
        index_of_phone(phone, vault),
    ]


def url_of(world: World) -> str:
    return str(world.stage.runtime.settings.database_url.get_secret_value())


# ------------------------------------------------------------------------------------------------------- what goes


async def test_nothing_in_any_table_tells_who_it_was(world: World) -> None:
    trainee = await world.trainee()
    other = await world.trainee()
    draft = await world.draft(await world.run(), trainee)
    await ok(world.act(draft, "cancel", reason="entered twice"))
    place = await a_past(world, trainee)
    copies = [value for _, value in await sealed_with_own_keys(url_of(world)) if UUID(trainee["id"]).bytes in value]
    assert copies
    assert await residue(url_of(world), needles(world, 1)) != []  # the look can find something

    world.stage.clock.set(AFTER)
    view = await erased(world, trainee["id"])

    assert view["state"] == "erased"
    assert await residue(url_of(world), needles(world, 1)) == []
    async with world.stage.units.reading() as unit:
        people = PersonalVault(world.stage.runtime.vault, unit, "enrolment")
        await people.hold_for(copies)
        for copy in copies:
            with pytest.raises(Erased):
                people.open(copy, purpose="trainee.full_name", subject=UUID(trainee["id"]))
    assert (await ok(world.ops.get(f"{API}/{other['id']}")))["full_name"] == "Synthetic Trainee 2"
    fact = (await told_erased(world))[0]
    assert set(fact["enrolment_ids"]) == {draft["id"], place["id"]}


async def test_answers_kept_for_repeats_go_and_nothing_is_done_twice(world: World) -> None:
    trainee = await world.trainee()
    await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    key = {"Idempotency-Key": "enter-once"}
    await ok(world.ops.post(API, json=trainee_wish(9), headers=key))
    kept = await world.ops.post(API, json=trainee_wish(9), headers=key)
    await erased(world, trainee["id"])

    again = await world.ops.post(API, json=trainee_wish(9), headers=key)

    assert (kept.status_code, again.status_code, again.json()["code"]) == (201, 410, "answer_forgotten")
    assert (await world.told()).count("trainee.created") == 2


async def test_everything_else_answers_as_before(world: World) -> None:
    trainee = await world.trainee()
    place = await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    await erased(world, trainee["id"])

    seen = await ok(world.ops.get(f"{API}/{trainee['id']}"))
    detail = await world.read(place)
    listed = await ok(world.ops.get("/api/v1/enrolments", params={"trainee_id": trainee["id"]}))
    service_client = await world.stage.client(Role.SERVICE, scopes=("submissions:read",))
    roll = await ok(service_client.get(f"/internal/v1/rolls/{place['run_id']}"))
    claim = await service_client.get(f"/internal/v1/submissions/enrolment/{place['id']}")
    evidence = await ok(service_client.get(f"/internal/v1/evidence/{place['run_id']}"))
    masked = await ok((await world.stage.client(Role.AUDITOR)).get(f"{API}/{trainee['id']}"))

    assert (seen["erased"], seen["full_name"], seen["id_number"]) == (True, "erased", "erased")
    assert (seen["born_on"], seen["email"], seen["phone"]) == (None, None, None)
    assert masked["full_name"] == "erased"
    assert [(each["name_masked"], each["id_masked"]) for each in evidence["places"]] == [("erased", "erased")]
    assert (detail["trainee_name"], detail["trainee_erased"], detail["status"]) == ("erased", True, "completed")
    assert detail["fees"]["paid"] == "123.45"
    assert [each["id"] for each in listed["items"]] == [place["id"]]
    assert [(each["full_name"], each["id_masked"], each["erased"]) for each in roll["entries"]] == [
        ("erased", "erased", True)
    ]
    assert (claim.status_code, claim.json()["code"]) == (410, "erased")


async def test_nothing_is_done_with_who_is_erased_and_the_person_may_come_back(world: World) -> None:
    trainee, other = await world.trainee(), await world.trainee()
    place = await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    await erased(world, trainee["id"])
    trainee = await ok(world.ops.get(f"{API}/{trainee['id']}"))
    path, version = f"trainees/{trainee['id']}", {"If-Match": f'"{trainee["version"]}"'}

    refused = [
        await world.change(path, trainee, full_name="Somebody Else (synthetic)"),
        await world.ops.post(f"/api/v1/{path}/reveal", json=WHY),
        await world.ops.post(f"/api/v1/{path}/merge", json={**WHY, "into_id": other["id"]}, headers=version),
        await world.ops.post(
            "/api/v1/enrolments",
            json={"run_id": place["run_id"], "trainee_id": trainee["id"], "sponsorship": "INDIVIDUAL"},
        ),
        await world.finance.post(
            f"/api/v1/enrolments/{place['id']}/fee/{place['fees']['entries'][0]['id']}/reverse",
            json=WHY,
            headers={"If-Match": f'"{(await world.read(place))["version"]}"'},
        ),
    ]
    found = await ok(world.ops.post(f"{API}/search", json={"id_number": nric(1)}))
    back = await ok(world.ops.post(API, json=trainee_wish(1)))

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(410, "erased")] * 5
    assert found == []
    assert back["id"] != trainee["id"]
    assert back["warnings"] == []


async def test_merged_records_go_together(world: World) -> None:
    first, second, third = [await world.trainee() for _ in range(3)]
    places = [await a_past(world, one) for one in (first, second, third)]
    for loser, into in ((first, second), (second, third)):
        seen = await ok(world.ops.get(f"{API}/{loser['id']}"))
        body = {**WHY, "into_id": into["id"]}
        headers = {"If-Match": f'"{seen["version"]}"'}
        await ok(world.ops.post(f"{API}/{loser['id']}/merge", json=body, headers=headers))
    world.stage.clock.set(AFTER)

    alone = await post(world, first["id"])
    view = await erased(world, third["id"])

    assert (alone.status_code, alone.json()["code"]) == (409, "already_merged")
    assert view["trainee_ids"] == sorted(each["id"] for each in (first, second, third))
    assert {fact["trainee_id"]: fact["enrolment_ids"] for fact in await told_erased(world)} == {
        trainee["id"]: [place["id"]] for trainee, place in zip((first, second, third), places, strict=True)
    }
    for number in (1, 2, 3):
        assert await residue(url_of(world), needles(world, number)) == []


# ------------------------------------------------------------------------------------------------------- when


async def test_retention_ends_with_its_last_day_in_singapore(world: World) -> None:
    trainee = await world.trainee()
    await a_past(world, trainee)

    async def listed() -> list[str]:
        page = await ok(world.ops.get(API, params={"erasable": True}))
        return [each["id"] for each in page["items"]]

    world.stage.clock.set(AFTER - timedelta(seconds=1))
    early, before = await post(world, trainee["id"]), await listed()
    refused, seen = early.json(), await ok(world.admin.get(f"{API}/{trainee['id']}/erasure"))
    world.stage.clock.set(AFTER)
    late, after = await post(world, trainee["id"]), await listed()

    assert (early.status_code, before, late.status_code, after) == (409, [], 202, [trainee["id"]])
    assert refused["code"] == "not_erasable"
    assert "2031-04-06" in refused["detail"]
    assert "2031-04-07" in " ".join(refused["allowed"])
    assert ([each["code"] for each in seen["obstacles"]], seen["kept_until"]) == (["retention"], "2031-04-06")


async def test_a_makeup_after_the_run_keeps_records_longer(world: World) -> None:
    trainee = await world.trainee()
    place = await a_past(world, trainee)
    makeup = datetime(2026, 5, 1, 15, 0, tzinfo=UTC)  # ends at seven in the morning of 2 May in Singapore
    await world.say(UUID(place["run_id"]), status=RunStatus.ENDED, starts_at=makeup)
    world.stage.clock.set(AFTER)

    seen = await ok(world.admin.get(f"{API}/{trainee['id']}/erasure"))

    assert seen["kept_until"] == "2031-05-02"
    assert await ok(world.ops.get(API, params={"erasable": True})) == {"items": [], "next_cursor": None, "total": None}


async def test_who_was_never_enrolled_is_kept_from_the_day_they_were_entered(world: World) -> None:
    world.stage.clock.set(datetime(2026, 3, 2, 16, 0, tzinfo=UTC))  # midnight: it is 3 March in Singapore
    trainee = await world.trainee()
    world.stage.clock.set(datetime(2031, 3, 3, 15, 59, tzinfo=UTC))
    early, before = await post(world, trainee["id"]), await ok(world.ops.get(API, params={"erasable": True}))
    world.stage.clock.set(datetime(2031, 3, 3, 16, 0, tzinfo=UTC))
    late, after = await post(world, trainee["id"]), await ok(world.ops.get(API, params={"erasable": True}))

    assert (early.status_code, late.status_code) == (409, 202)
    assert (before["items"], [each["id"] for each in after["items"]]) == ([], [trainee["id"]])


async def test_whatever_stands_is_in_the_way_and_is_named(world: World, tpg_sync: TpgSync) -> None:
    live, owing, pending, settled = [await world.trainee() for _ in range(4)]
    await world.draft(await world.run(), live)
    await a_past(world, owing, paid=False)
    place = await a_past(world, pending)
    await world.hear(about(place, SyncQueued, SyncState.PENDING, place["sync"]["revision"] + 1))
    await a_past(world, settled)
    tpg_sync.dues = Dues(open_jobs=1, open_discrepancies=2, open_obligations=3, kept_until=AFTER + timedelta(days=30))
    world.stage.clock.set(AFTER)

    async def obstacles(trainee: dict[str, Any]) -> set[str]:
        seen = await ok(world.admin.get(f"{API}/{trainee['id']}/erasure"))
        assert (await post(world, trainee["id"])).status_code == 409
        return {each["code"] for each in seen["obstacles"]} - remote

    remote: set[str] = set()
    remote = await obstacles(settled)
    listed = await ok(world.ops.get(API, params={"erasable": True}))

    assert remote == {"jobs_open", "discrepancies_open", "obligations_open", "records_kept"}
    assert await obstacles(live) == {"enrolment_live"}
    assert await obstacles(owing) == {"fee_unsettled"}
    assert await obstacles(pending) == {"submission_open"}
    assert [each["id"] for each in listed["items"]] == [settled["id"]]
    assert await told_erased(world) == []


async def test_while_tpg_sync_cannot_be_asked_nobody_is_erased(world: World, tpg_sync: TpgSync) -> None:
    trainee = await world.trainee()
    place = await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    await ok(post(world, trainee["id"]))
    tpg_sync.away = True

    answer = await post(world, trainee["id"], by=await admin(world))
    seen = await ok(world.admin.get(f"{API}/{trainee['id']}/erasure"))

    assert answer.status_code == 503
    assert ([each["code"] for each in seen["obstacles"]], seen["state"]) == (["dues_unknown"], "asked")
    assert place["id"].encode() in tpg_sync.asked[0]


# ------------------------------------------------------------------------------------------------------- by whom


async def test_it_takes_two_administrators(world: World) -> None:
    trainee = await world.trainee()
    await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    asked = await ok(post(world, trainee["id"]))

    alone = await post(world, trainee["id"])
    blind = await world.admin.post(f"{API}/{trainee['id']}/erase", json=WHY)
    stale = await world.admin.post(f"{API}/{trainee['id']}/erase", json=WHY, headers={"If-Match": '"1"'})
    by_ops = await post(world, trainee["id"], by=world.ops)

    assert asked["state"] == "asked"
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")
    assert (blind.status_code, stale.status_code, by_ops.status_code) == (428, 412, 403)
    assert (await ok(world.ops.get(f"{API}/{trainee['id']}")))["full_name"] == "Synthetic Trainee 1"
    agreed = await ok(post(world, trainee["id"], by=await admin(world)))
    assert agreed["asked_by"] != agreed["agreed_by"]


async def test_it_can_be_declined_and_asked_for_again(world: World) -> None:
    trainee = await world.trainee()
    await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    await ok(post(world, trainee["id"]))

    declined = await ok(post(world, trainee["id"], by=await admin(world), what="erase/decline"))
    twice = await post(world, trainee["id"], what="erase/decline")
    again = await ok(post(world, trainee["id"]))

    assert (declined["state"], again["state"]) == ("none", "asked")
    assert (twice.status_code, twice.json()["code"]) == (409, "no_erasure_asked")
    assert [name for name in await world.told() if "erasure" in name] == [
        "trainee.erasure_asked",
        "trainee.erasure_declined",
        "trainee.erasure_asked",
    ]


async def test_what_has_come_up_since_it_was_asked_for_is_in_the_way(world: World, tpg_sync: TpgSync) -> None:
    trainee = await world.trainee()
    await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    await ok(post(world, trainee["id"]))
    tpg_sync.dues = Dues(open_jobs=1, open_discrepancies=0, open_obligations=0)

    assert (await post(world, trainee["id"], by=await admin(world))).status_code == 409


# ------------------------------------------------------------------------------------------------------- how far


async def test_everywhere_is_when_every_keeper_has_said_so(world: World) -> None:
    trainee = await world.trainee()
    await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    await erased(world, trainee["id"])

    states = []
    for keeper in ("attendance", "assessment", "tpg-sync", "tpg-sync"):
        await world.hear(CopiesErased(trainee_id=UUID(trainee["id"]), service=keeper))
        states.append((await ok(world.admin.get(f"{API}/{trainee['id']}/erasure")))["state"])

    assert states == ["erased", "erased", "erased_everywhere", "erased_everywhere"]


async def test_erasing_twice_changes_nothing_more(world: World) -> None:
    trainee = await world.trainee()
    await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    view = await erased(world, trainee["id"])
    before = await world.told()

    again = await ok(post(world, trainee["id"], by=await admin(world)))

    assert (again["state"], again["version"]) == (view["state"], view["version"])
    assert await world.told() == before


async def test_an_erasure_that_dies_in_the_middle_has_done_nothing_and_is_done_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainee = await world.trainee()
    await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    await ok(post(world, trainee["id"]))
    second = await admin(world)

    async def die(*_: object) -> None:
        raise ConnectionError("the process is gone")

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "forget_kept_answers", die)  # keys and rows are gone in the transaction by then
        died = await post(world, trainee["id"], by=second)
    whole = await ok(world.ops.get(f"{API}/{trainee['id']}"))
    await ok(post(world, trainee["id"], by=second))

    assert died.status_code == 503
    assert whole["full_name"] == "Synthetic Trainee 1"
    assert await residue(url_of(world), needles(world, 1)) == []
    assert len(await told_erased(world)) == 1


async def test_who_is_erased_stays_so_whoever_tries(world: World) -> None:
    trainee = await world.trainee()
    await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    await erased(world, trainee["id"])

    for change in ("erased_at = null", "full_name_sealed = '\\x02'", "id_number_last4 = '567D'"):
        with pytest.raises(Exception, match=r"stays so|trainee_erased_check"):
            async with world.stage.units.begin() as unit:
                await unit.session.execute(text(f"update enrolment.trainee set {change}"))  # noqa: S608 - the list above


# ------------------------------------------------------------------------------------------------------- what is kept


async def test_a_row_of_a_file_goes_when_it_is_taken_and_the_rest_with_the_file(world: World) -> None:
    run_id = await world.run(seats=5)
    batch = await judged_file(world, table(line(7), line(8, id="S9999999Z")), run_id)
    headers = {"If-Match": f'"{batch["version"]}"'}
    await ok(
        world.ops.post(f"/api/v1/enrolments/imports/{batch['id']}/commit", json={"only_valid": True}, headers=headers)
    )
    await work(world)
    left_out = f"/api/v1/enrolments/imports/{batch['id']}/left-out"
    kept = await sealed_with_own_keys(url_of(world))
    rows = [column for column, _ in kept if column == "enrolment.import_row.cells_sealed"]
    before = await world.ops.post(left_out)

    world.stage.clock.advance(timedelta(days=30))
    while await keep_less(world.stage.runtime):
        pass
    after = await world.ops.post(left_out)
    again = await world.ops.post(
        "/api/v1/enrolments/import",
        params={"run_id": str(run_id)},
        content=table(line(7), line(8, id="S9999999Z")),
        headers={"Content-Type": "text/csv"},
    )

    assert len(rows) == 1
    assert "S9999999Z" in before.text
    assert (after.status_code, after.json()["code"]) == (410, "erased")
    assert again.status_code == 201  # nothing of the file is known any more


async def test_a_row_that_names_somebody_goes_with_them(world: World) -> None:
    trainee = await world.trainee()
    place = await a_past(world, trainee)
    world.stage.clock.set(AFTER)
    later = await world.run(
        registration_opens_on=AFTER.date() - timedelta(days=9),
        registration_closes_on=AFTER.date() + timedelta(days=9),
        start_on=AFTER.date() + timedelta(days=20),
        end_on=AFTER.date() + timedelta(days=20),
        starts_at=AFTER + timedelta(days=20),
    )
    batch = await judged_file(world, table(line(1), line(2)), later)
    await erased(world, trainee["id"])
    batch = await ok(world.ops.get(f"/api/v1/enrolments/imports/{batch['id']}"))
    headers = {"If-Match": f'"{batch["version"]}"'}
    await ok(world.ops.post(f"/api/v1/enrolments/imports/{batch['id']}/commit", headers=headers))
    await work(world)

    left = await world.ops.post(f"/api/v1/enrolments/imports/{batch['id']}/left-out")
    page = await ok(world.ops.get(f"/api/v1/enrolments/imports/{batch['id']}/rows"))

    assert place["status"] == "completed"
    assert [each["taken"] for each in page["items"]] == [False, True]
    assert "erased" in left.text
    assert await residue(url_of(world), needles(world, 1)) == []


async def test_people_sealed_before_get_keys_of_their_own(world: World) -> None:
    trainee = await world.trainee()
    vault, key = world.stage.runtime.vault, UUID(trainee["id"])
    async with world.stage.units.begin() as unit:
        for column, plain in (("full_name", "Synthetic Trainee 1"), ("id_number", nric(1)), ("born_on", "1990-05-17")):
            old = vault.seal(plain, purpose=f"trainee.{column}", subject=key)
            await unit.session.execute(
                text(f"update enrolment.trainee set {column}_sealed = :old, email_sealed = null, email_index = null"),  # noqa: S608 - the list above
                {"old": old},
            )
        await unit.session.execute(text("alter table enrolment.data_key disable trigger all"))
        await unit.session.execute(text("delete from enrolment.data_key"))
        await unit.session.execute(text("update enrolment.trainee set phone_sealed = null, phone_index = null"))
        await unit.session.execute(text("alter table enrolment.data_key enable trigger all"))
    as_before = await ok(world.ops.get(f"{API}/{trainee['id']}"))
    version = as_before["version"]

    while await keep_less(world.stage.runtime):
        pass

    seen = await ok(world.ops.get(f"{API}/{trainee['id']}"))
    assert (as_before["full_name"], seen["full_name"], seen["version"]) == (trainee["full_name"],) * 2 + (version,)
    assert {column for column, _ in await sealed_with_own_keys(url_of(world))} == {
        "enrolment.trainee.full_name_sealed",
        "enrolment.trainee.id_number_sealed",
        "enrolment.trainee.born_on_sealed",
    }
