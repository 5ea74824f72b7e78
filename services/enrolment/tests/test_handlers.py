"""What the others say, as enrolments show it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.access.permissions import Role
from libs.contracts.course import RunStatus
from libs.contracts.submissions import EnrolmentSubmission, Roll
from libs.contracts.tpg_sync import (
    Hint,
    RecordType,
    RemoteIds,
    SyncDeadLettered,
    SyncDiscarded,
    SyncDrifted,
    SyncEvent,
    SyncQueued,
    SyncReconciled,
    SyncRejected,
    SyncState,
    SyncSucceeded,
    SyncVerifying,
)
from libs.errors import NotFound
from libs.testing.people import nric
from services.enrolment.tests.builders import IDS, STARTS_AT, about, course_event, outcome, rate
from services.enrolment.tests.conftest import World, ok

NAMED = RemoteIds(record="ENR-2603-000123")


async def accepted(world: World, run_id: UUID | None = None, **given: Any) -> Any:
    """A confirmed place TPGateway holds."""
    place = await world.placed(run_id or await world.run(), **given)
    await world.hear(about(place, SyncSucceeded, SyncState.SYNCED, remote=NAMED))
    return await world.read(place)


# ------------------------------------------------------------------------------------------- runs


async def test_a_run_called_off_takes_its_enrolments_with_it(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, waiting, draft = await world.placed(run_id), await world.placed(run_id), await world.draft(run_id)

    await world.say(run_id, status=RunStatus.CANCELLED)
    await world.say(run_id, status=RunStatus.CANCELLED)

    assert [await world.status(each) for each in (seated, waiting, draft)] == ["cancelled"] * 3
    assert await world.seats(run_id) == (0, 0, 0)
    assert (await world.read(seated))["sync"]["state"] == "stale"
    assert (await world.told()).count("enrolment.cancelled") == 3


async def test_more_seats_are_offered_at_once_and_fewer_unseat_nobody(world: World) -> None:
    run_id = await world.run(seats=1)
    places = [await world.placed(run_id) for _ in range(3)]

    await world.say(run_id, intake_size=2)
    more = await world.seats(run_id)
    await world.say(run_id, intake_size=1)
    fewer = await world.seats(run_id)
    await ok(world.act(places[0], "cancel", reason="sick"))

    assert (more, fewer) == ((1, 1, 1), (1, 1, 1))
    assert await world.seats(run_id) == (0, 1, 1)  # the seat that was one too many is gone


async def test_who_never_got_a_seat_is_dropped_when_the_run_ends(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, waiting = await world.placed(run_id), await world.placed(run_id)

    await world.say(run_id, status=RunStatus.ENDED, intake_size=1)

    assert (await world.status(seated), await world.status(waiting)) == ("confirmed", "cancelled")


async def test_an_unknown_run_takes_nobody(world: World) -> None:
    trainee = await world.trainee()
    body = {"run_id": str(IDS.new()), "trainee_id": trainee["id"], "sponsorship": "INDIVIDUAL"}

    assert (await world.ops.post("/api/v1/enrolments", json=body)).status_code == 422


async def test_who_teaches_a_run_follows_what_course_says(world: World) -> None:
    first, second = IDS.new(), IDS.new()
    run_id = await world.run(users=(first,))
    await world.say(run_id, users=(second,))
    clients = [await world.stage.client(Role.TRAINER, subject=user) for user in (first, second)]

    answers = [(await client.get(f"/api/v1/enrolments/seats/{run_id}")).status_code for client in clients]

    assert answers == [404, 200]


# ------------------------------------------------------------------------------------------- completion and grants


@pytest.mark.parametrize("first", ["outcome", "end"])
async def test_it_is_completed_when_the_run_ended_and_the_outcome_is_known(world: World, first: str) -> None:
    run_id = await world.run()
    place = await accepted(world, run_id)
    await world.hear(rate(place))

    if first == "outcome":
        await world.hear(outcome(place))
        before = await world.status(place)
        await world.say(run_id, status=RunStatus.ENDED)
    else:
        await world.say(run_id, status=RunStatus.ENDED)
        before = await world.status(place)
        await world.hear(outcome(place))

    done = await world.read(place)
    assert (before, done["status"], done["fundable"], done["funding_causes"]) == ("confirmed", "completed", True, [])
    assert (await world.told()).count("enrolment.funding_judged") == 1


@pytest.mark.parametrize(
    ("met", "passed", "causes"),
    [
        (False, True, ["attendance_below_minimum"]),
        (True, False, ["outcome_failed"]),
        (False, False, ["attendance_below_minimum", "outcome_failed"]),
    ],
)
async def test_a_lost_grant_is_explained(world: World, *, met: bool, passed: bool, causes: list[str]) -> None:
    run_id = await world.run()
    place = await accepted(world, run_id)

    await world.hear(rate(place, met=met, reachable=met), outcome(place, passed=passed))
    await world.say(run_id, status=RunStatus.ENDED)

    shown = await world.read(place)
    assert (shown["fundable"], shown["funding_causes"]) == (False, causes)


async def test_a_verdict_is_told_again_only_when_it_changes(world: World) -> None:
    place = await accepted(world)
    lost = rate(place, met=False, reachable=False)

    await world.hear(lost, lost, outcome(place, passed=False), outcome(place, passed=False))

    assert (await world.told()).count("enrolment.funding_judged") == 2


async def test_what_may_still_turn_out_well_is_not_judged(world: World) -> None:
    place = await accepted(world)

    await world.hear(rate(place, met=False, reachable=True), outcome(place, decided=False, passed=False))

    assert (await world.read(place))["fundable"] is None


async def test_an_enrolment_accepted_too_late_loses_its_grant(world: World) -> None:
    run_id = await world.run()
    place = await world.placed(run_id)
    await world.hear(rate(place), outcome(place))
    world.stage.clock.set(STARTS_AT + timedelta(days=15))
    await world.say(run_id, status=RunStatus.ENDED)
    missing = await world.read(place)

    await world.hear(about(place, SyncSucceeded, SyncState.SYNCED, remote=NAMED))

    late = await world.read(place)
    assert (missing["fundable"], missing["funding_causes"]) == (False, ["not_accepted"])
    assert (late["fundable"], late["funding_causes"]) == (False, ["accepted_late"])


async def test_leaving_a_run_under_way_judges_the_grant(world: World) -> None:
    place = await accepted(world)
    world.stage.clock.set(STARTS_AT + timedelta(hours=1))

    left = await ok(world.act(place, "withdraw", reason="moved abroad"))

    assert (left["fundable"], left["funding_causes"]) == (False, ["attendance_below_minimum", "outcome_open"])


async def test_a_course_without_grants_has_no_verdict_and_no_check_of_numbers(world: World) -> None:
    await world.hear(course_event(world.course_id, funded=False))
    bad_letter = await world.trainee(id_number="S9000001A")

    place = await world.placed(await world.run(), bad_letter)
    await world.hear(rate(place, met=False, reachable=False))

    assert (place["status"], (await world.read(place))["fundable"]) == ("confirmed", None)


# ------------------------------------------------------------------------------------------- tpg-sync


@pytest.mark.parametrize(("record", "block"), [(RecordType.ENROLMENT, "sync"), (RecordType.FEE, "fee_sync")])
async def test_each_side_shows_how_its_submission_fares(world: World, record: RecordType, block: str) -> None:
    place = await world.placed(await world.run())
    other = {"sync": "fee_sync", "fee_sync": "sync"}[block]
    words: list[tuple[type[SyncEvent], SyncState, dict[str, Any]]] = [
        (SyncQueued, SyncState.PENDING, {}),
        (SyncVerifying, SyncState.UNKNOWN, {}),
        (SyncRejected, SyncState.REJECTED, {"error_code": "TGS-406"}),
        (SyncDeadLettered, SyncState.DEAD, {"error_code": "timeout"}),
        (SyncDiscarded, SyncState.DEAD, {}),
        (SyncSucceeded, SyncState.SYNCED, {}),
    ]

    for kind, state, more in words:
        await world.hear(about(place, kind, state, record_type=record, **more))
        assert (await world.read(place))[block]["state"] == state

    shown = await world.read(place)
    assert shown[other] == place[other]
    assert (shown["version"], shown[block]["acked_revision"]) == (place["version"], 1)


async def test_the_remote_reference_is_told_once_and_found(world: World) -> None:
    place = await accepted(world)
    await world.hear(about(place, SyncSucceeded, SyncState.SYNCED, remote=NAMED))

    found = await ok(world.ops.get("/api/v1/enrolments", params={"remote_id": "ENR-2603-000123"}))

    assert (place["remote_id"], place["sync"]["acked_revision"]) == ("ENR-2603-000123", 1)
    assert [each["id"] for each in found["items"]] == [place["id"]]
    assert (await world.told()).count("enrolment.sync_recorded") == 1


async def test_a_late_word_about_the_cancelled_one_does_not_name_the_reinstated_one(world: World) -> None:
    place = await accepted(world)
    gone = await ok(world.act(place, "cancel", reason="sick"))
    back = await ok(world.act(gone, "reinstate", world.admin, reason="well again"))

    await world.hear(about(back, SyncSucceeded, SyncState.SYNCED, revision=2, remote=NAMED))
    late = await world.read(back)
    await world.hear(
        about(back, SyncSucceeded, SyncState.SYNCED, revision=3, remote=RemoteIds(record="ENR-2603-000124"))
    )

    assert late["remote_id"] is None
    assert (await world.read(back))["remote_id"] == "ENR-2603-000124"


async def test_hints_stand_on_the_enrolment_until_it_is_mended(world: World) -> None:
    place = await world.placed(await world.run())
    hint = Hint(field="trainee.id_number", code="TGS-441", message="It is missing.", fix="Enter it.")

    await world.hear(about(place, SyncRejected, SyncState.REJECTED, error_code="TGS-441", hints=(hint,)))
    refused = (await world.read(place))["sync"]
    await world.hear(about(place, SyncQueued, SyncState.PENDING))

    assert (refused["error_code"], refused["hints"]) == ("TGS-441", [hint.model_dump()])
    assert (await world.read(place))["sync"]["hints"] == []


async def test_words_about_other_records_are_not_ours(world: World) -> None:
    await world.hear(about({"id": str(IDS.new())}, SyncQueued, SyncState.PENDING, record_type=RecordType.RUN))


async def test_an_enrolment_that_is_not_here_yet_is_waited_for(world: World) -> None:
    nobody = {"id": str(IDS.new()), "run_id": str(IDS.new())}

    for event in (about(nobody, SyncQueued, SyncState.PENDING), rate(nobody), outcome(nobody)):
        with pytest.raises(NotFound):
            await world.hear(event)


async def test_the_claim_check_hands_out_the_person_in_clear_to_tpg_sync_alone(world: World) -> None:
    employer = await world.employer()
    place = await world.placed(
        await world.run(), sponsorship="EMPLOYER", employer_id=employer["id"], full_fee="100.50", discount="0.50"
    )
    path = f"/internal/v1/submissions/enrolment/{place['id']}"
    service = await world.stage.client(Role.SERVICE, scopes=("submissions:read",))

    answer = await service.get(path)

    handed = EnrolmentSubmission.model_validate_json(answer.content)
    assert (await world.admin.get(path)).status_code == 403
    assert answer.headers["Cache-Control"] == "no-store"
    assert (handed.trainee.id_number, handed.trainee.born_on) == (nric(1), date(1990, 5, 17))
    assert (handed.employer and handed.employer.uen, str(handed.full_fee)) == ("197401143C", "100.5")
    assert (handed.revision, handed.fee_revision, handed.status) == (1, 1, "confirmed")


async def test_the_roll_names_whoever_held_a_seat_with_masked_numbers_to_services_alone(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, queued = await world.placed(run_id), await world.placed(run_id)
    service = await world.stage.client(Role.SERVICE, scopes=("submissions:read",))

    answer = await service.get(f"/internal/v1/rolls/{run_id}")

    roll = Roll.model_validate_json(answer.content)
    assert queued["status"] == "waitlisted"
    assert [(entry.enrolment_id, entry.full_name) for entry in roll.entries] == [
        (UUID(seated["id"]), "Synthetic Trainee 1")
    ]
    assert nric(1) not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await world.admin.get(f"/internal/v1/rolls/{run_id}")).status_code == 403
    assert (await service.get(f"/internal/v1/rolls/{IDS.new()}")).status_code == 404


async def test_identity_numbers_of_a_file_are_matched_to_those_who_hold_a_seat(world: World) -> None:
    run_id = await world.run(seats=1)
    seated, queued = await world.placed(run_id), await world.placed(run_id)
    service = await world.stage.client(Role.SERVICE, scopes=("submissions:read",))
    wish = {"id_numbers": [nric(2), f" {nric(1).lower()} ", "nobody"]}

    match = await ok(service.post(f"/internal/v1/rolls/{run_id}/match", json=wish))

    assert queued["status"] == "waitlisted"
    assert match["enrolment_ids"] == [None, seated["id"], None]


@pytest.mark.parametrize("record_type", [RecordType.ENROLMENT, RecordType.FEE])
async def test_a_drift_is_shown_until_it_is_reconciled(world: World, record_type: RecordType) -> None:
    place = await accepted(world)
    await world.hear(about(place, SyncSucceeded, SyncState.SYNCED, record_type=RecordType.FEE))
    words: dict[str, Any] = {"record_id": UUID(place["id"]), "record_type": record_type, "record_revision": 1}
    block = "sync" if record_type is RecordType.ENROLMENT else "fee_sync"

    def shown(view: dict[str, Any]) -> str:
        return str(view[block]["state"])

    await world.hear(SyncDrifted(**words, state=SyncState.DRIFTED, codes=("ENR-04",)))
    drifted = shown(await world.read(place))
    await world.hear(SyncReconciled(**words, state=SyncState.SYNCED))

    assert drifted == "drifted"
    assert shown(await world.read(place)) == "synced"
