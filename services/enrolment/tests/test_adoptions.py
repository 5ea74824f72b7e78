"""An enrolment made at TPGateway becomes ours: once, on a seat, bound to its reference, and nothing of it is owed."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from libs.access.permissions import Role
from libs.contracts.course import RunStatus
from libs.testing.people import nric
from services.enrolment.tests.builders import employer_wish
from services.enrolment.tests.conftest import World, ok

PATH = "/internal/v1/adoptions"
REFERENCE = "ENR-2603-000101"


def adoption(run: UUID, number: int = 1, **given: Any) -> dict[str, Any]:
    person = {
        "id_type": "NRIC",
        "id_number": nric(number),
        "full_name": f"Synthetic Adopted {number}",
        "born_on": "1988-02-03",
        "email": f"adopted{number}@example.com",
        "phone": {"country": "+65", "number": f"8{number:07d}"},
    }
    body = {
        "run_id": str(run),
        "remote_id": REFERENCE,
        "remote_status": "confirmed",
        "trainee": {**person, **given.pop("trainee", {})},
        "sponsorship": "INDIVIDUAL",
        "enrolled_on": "2026-03-01",
        "fee_status": "full",
    }
    return {**body, **given}


def employer(uen: str = "T01FC6132D") -> dict[str, Any]:
    contact = {"country": "+65", "number": "67654321"}
    return {"uen": uen, "contact_name": "Synthetic Payer", "email": "payer@example.com", "phone": contact}


@pytest.fixture
async def sync(world: World) -> httpx.AsyncClient:
    return await world.stage.client(Role.SERVICE, scopes=("enrolments:write",))


async def adopt(sync: httpx.AsyncClient, body: dict[str, Any], *, status: int = 201) -> dict[str, Any]:
    answer = await sync.post(PATH, json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def place(world: World, adopted: dict[str, Any]) -> dict[str, Any]:
    return dict(await world.read({"id": adopted["enrolment_id"]}))


async def test_it_has_its_seat_and_is_held_by_tpgateway_already(world: World, sync: httpx.AsyncClient) -> None:
    run_id = await world.run()
    adopted = await adopt(sync, adoption(run_id, sponsorship="EMPLOYER", employer=employer()))

    kept = await place(world, adopted)
    assert (kept["status"], kept["remote_id"], kept["fee_status"]) == ("confirmed", REFERENCE, "full")
    assert (kept["sync"]["state"], kept["sync"]["acked_revision"]) == ("synced", kept["sync"]["revision"])
    assert (kept["fee_sync"]["state"], kept["fee_sync"]["acked_revision"]) == ("synced", 1)
    assert kept["seated_from"] == "2026-02-28T16:00:00Z"
    assert await world.seats(run_id) == (1, 0, 0)
    trainee = await ok(world.ops.get(f"/api/v1/trainees/{adopted['trainee_id']}"))
    assert (trainee["full_name"], trainee["email"]) == ("Synthetic Adopted 1", "adopted1@example.com")
    payer = await ok(world.ops.get(f"/api/v1/employers/{kept['employer_id']}"))
    assert (payer["uen"], payer["name"], payer["contact_name"]) == ("T01FC6132D", "T01FC6132D", "Synthetic Payer")
    [told] = [each for each in await world.stage.told() if each.event_type.startswith("enrolment.")]
    assert told.event_type == "enrolment.confirmed"
    assert told.data["enrolment"]["remote_id"] == REFERENCE
    assert told.data["reason"] == "found at TPGateway"


async def test_asked_again_it_is_the_same_and_nothing_is_told_twice(world: World, sync: httpx.AsyncClient) -> None:
    run_id = await world.run()
    first = await adopt(sync, adoption(run_id))
    told = await world.told()
    again = await adopt(sync, adoption(run_id, trainee={"email": "changed@example.com"}), status=200)
    assert (again, await world.told()) == (first, told)


async def test_asked_by_several_at_once_there_is_one(world: World, sync: httpx.AsyncClient) -> None:
    run_id = await world.run(seats=4)
    body = adoption(run_id, sponsorship="EMPLOYER", employer=employer())
    answers = await asyncio.gather(*(sync.post(PATH, json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["enrolment_id"] for answer in answers}) == 1
    assert await world.seats(run_id) == (1, 0, 0)


async def test_who_is_known_stays_as_they_are_known(world: World, sync: httpx.AsyncClient) -> None:
    known, payer = await world.trainee(id_number=nric(9)), await world.employer()
    body = adoption(await world.run(), 9, sponsorship="EMPLOYER", employer=employer(payer["uen"]))
    adopted = await adopt(sync, body)
    assert adopted["trainee_id"] == known["id"]
    assert (await ok(world.ops.get(f"/api/v1/trainees/{known['id']}")))["full_name"] == known["full_name"]
    assert (await place(world, adopted))["employer_id"] == payer["id"]
    assert (await ok(world.ops.get(f"/api/v1/employers/{payer['id']}")))["name"] == employer_wish()["name"]


async def test_somebody_who_has_another_reference_there_is_refused(world: World, sync: httpx.AsyncClient) -> None:
    run_id = await world.run(seats=5)
    first = await adopt(sync, adoption(run_id))
    refused = await adopt(sync, adoption(run_id, remote_id="ENR-2603-000102"), status=409)
    assert refused["code"] == "bound_elsewhere"
    assert first["enrolment_id"] in refused["detail"]
    assert REFERENCE in refused["detail"]
    assert refused["allowed"]
    assert await world.seats(run_id) == (1, 0, 0)


async def test_whoever_waits_or_is_seated_here_is_bound_to_it(world: World, sync: httpx.AsyncClient) -> None:
    """Given a seated, an offered, a waiting and a drafted person, each keeps their record and has their seat."""
    run_id = await world.run(seats=1)
    people = [await world.trainee() for _ in range(5)]
    leaving = await world.placed(run_id, people[4])
    offered, waiting = [await world.placed(run_id, person) for person in people[1:3]]
    await ok(world.act(leaving, "cancel", reason="sick"))
    assert await world.seats(run_id) == (0, 1, 1)
    drafted = await world.draft(run_id, people[3])

    for number, before in ((2, offered), (3, waiting), (4, drafted)):
        extra = {} if before is offered else {"over_capacity": True, "reason": "TPGateway holds the place"}
        body = adoption(run_id, number, remote_id=f"ENR-2603-00020{number}", **extra)
        adopted = await adopt(sync, body)
        assert adopted["enrolment_id"] == before["id"]
        assert (await place(world, adopted))["status"] == "confirmed"
    assert await world.seats(run_id) == (3, 0, 0)

    other = await world.run()
    seated = await world.placed(other, people[0])
    bound = await adopt(sync, adoption(other, 1, remote_id="ENR-2603-000301"))
    kept = await place(world, bound)
    assert (bound["enrolment_id"], kept["remote_id"], kept["sync"]["state"]) == (
        seated["id"],
        "ENR-2603-000301",
        "synced",
    )
    assert await world.seats(other) == (1, 0, 0)


async def test_a_full_run_takes_one_more_only_when_told_so_and_why(world: World, sync: httpx.AsyncClient) -> None:
    run_id = await world.run(seats=1)
    await world.placed(run_id)
    full = await adopt(sync, adoption(run_id, 7), status=409)
    assert (full["code"], full["allowed"]) == ("run_full", ["over_capacity and reason"])
    unexplained = await adopt(sync, adoption(run_id, 7, over_capacity=True), status=422)
    assert unexplained["errors"][0]["field"] == "reason"
    await adopt(sync, adoption(run_id, 7, over_capacity=True, reason="TPGateway holds the place"))
    assert await world.seats(run_id) == (2, 0, 0)


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"remote_status": "cancelled"}, 409, "nothing_to_adopt"),
        ({"run_id": str(uuid4())}, 422, "unknown_reference"),
        ({"sponsorship": "EMPLOYER"}, 422, "wrong_words"),
        ({"trainee": {"email": "nobody"}}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_adopted_is_refused_with_the_reason(
    world: World, sync: httpx.AsyncClient, given: dict[str, Any], status: int, code: str
) -> None:
    run_id = await world.run()
    refused = await adopt(sync, adoption(run_id, **given), status=status)
    assert refused["code"] == code
    assert refused.get("allowed") or refused["errors"][0]["fix"]
    assert await world.seats(run_id) == (0, 0, 0)
    assert not [each for each in await world.told() if each.startswith(("enrolment.", "trainee."))]


async def test_a_run_that_is_called_off_takes_nobody_and_one_under_way_does(
    world: World, sync: httpx.AsyncClient
) -> None:
    off, under_way = await world.run(), await world.run()
    await world.say(off, status=RunStatus.CANCELLED)
    await world.say(under_way, status=RunStatus.IN_PROGRESS)
    assert (await adopt(sync, adoption(off), status=409))["code"] == "run_not_open"
    await adopt(sync, adoption(under_way))


async def test_its_amounts_can_be_entered_afterwards(world: World, sync: httpx.AsyncClient) -> None:
    """Given a fee that TPGateway says is collected in full, then amount and payment are entered without a way back."""
    kept = await place(world, await adopt(sync, adoption(await world.run())))
    priced = await ok(world.change(f"enrolments/{kept['id']}/fee", kept, full_fee="500.00", nett_fee="500.00"))
    assert priced["fee_status"] == "full"
    paid = await ok(world.act(priced, "fee", world.finance, amount="500.00"))
    assert (paid["fee_status"], paid["fees"]["outstanding"]) == ("full", "0")


async def test_only_a_service_with_the_scope_is_let_in(world: World) -> None:
    body = adoption(await world.run())
    for client, status in (
        (await world.stage.client(), 401),
        (await world.stage.client(Role.SERVICE, scopes=("submissions:read",)), 403),
        (world.finance, 403),
    ):
        assert (await client.post(PATH, json=body)).status_code == status


async def test_nothing_personal_leaves_the_request(
    world: World, sync: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    run_id = await world.run(seats=1)
    body = adoption(run_id, sponsorship="EMPLOYER", employer=employer())
    await adopt(sync, body)
    refused = [
        await adopt(sync, adoption(run_id, remote_id="ENR-2603-000102"), status=409),
        await adopt(sync, adoption(run_id, 2, remote_id="ENR-2603-000103", trainee={"born_on": "x"}), status=422),
        await adopt(
            sync,
            adoption(run_id, 3, remote_id="ENR-2603-000104", trainee={"email": "not an address 1"}),
            status=422,
        ),
        await adopt(sync, adoption(run_id, 4, remote_id="ENR-2603-000105", reason=f"it is {nric(4)}"), status=422),
    ]
    events = "".join(envelope.to_bytes().decode() for envelope in await world.stage.told())
    logged = capsys.readouterr()
    seen = f"{events}{logged.out}{logged.err}{caplog.text}{refused}"
    personal = [
        *(nric(number) for number in range(1, 5)),
        "Synthetic Adopted",
        "1988-02-03",
        "adopted1@example.com",
        "not an address 1",
        "80000001",
        "Synthetic Payer",
        "payer@example.com",
        "67654321",
    ]
    assert [each for each in personal if each in seen] == []
