"""What tpg-sync says, as the run shows it."""

from typing import Any
from uuid import UUID

import pytest

from libs.contracts.attendance import AttendanceFact, AttendanceMarked, MarkState
from libs.contracts.enrolment import RunSeatsCounted
from libs.contracts.tpg_sync import (
    Hint,
    RecordType,
    SyncDeadLettered,
    SyncDiscarded,
    SyncEvent,
    SyncQueued,
    SyncRejected,
    SyncState,
    SyncSucceeded,
    SyncVerifying,
)
from libs.errors import NotFound
from services.course.tests.builders import IDS, about, named
from services.course.tests.conftest import World, ok


@pytest.mark.parametrize(
    ("kind", "state", "words"),
    [
        (SyncQueued, SyncState.PENDING, {}),
        (SyncVerifying, SyncState.UNKNOWN, {}),
        (SyncSucceeded, SyncState.SYNCED, {}),
        (SyncRejected, SyncState.REJECTED, {"error_code": "400"}),
        (SyncDeadLettered, SyncState.DEAD, {"error_code": "timeout"}),
        (SyncDiscarded, SyncState.DEAD, {}),
    ],
)
async def test_the_run_shows_how_its_submission_fares(
    world: World, kind: type[SyncEvent], state: SyncState, words: dict[str, Any]
) -> None:
    run = await world.published(1)

    await world.hears(about(run, kind, state, **words))

    assert (await world.read(run))["sync"]["state"] == state


async def test_remote_ids_reach_the_run_and_its_sessions_and_are_told_once(world: World) -> None:
    run = await world.published(2)
    success = about(run, SyncSucceeded, SyncState.SYNCED, remote=named(run))

    await world.hears(success, success)

    shown = await world.read(run)
    assert (shown["sync"]["remote_id"], shown["sync"]["acked_revision"]) == ("849900", 1)
    assert [session["remote_id"] for session in shown["sessions"]] == [
        "TGS-2026000123-849900-S1",
        "TGS-2026000123-849900-S2",
    ]
    assert (await world.told()).count("run.sync_recorded") == 1


async def test_a_persons_edit_is_not_disturbed_by_an_outcome(world: World) -> None:
    run = await world.published(1)

    await world.hears(about(run, SyncSucceeded, SyncState.SYNCED, remote=named(run)))

    assert (await world.act(run, "confirm")).status_code == 200


async def test_a_late_success_never_marks_a_newer_revision_synced(world: World) -> None:
    run = await world.published(1)
    edited = await ok(
        world.ops.patch(
            f"/api/v1/course-runs/{run['id']}",
            json={"vacancy": "L"},
            headers={"If-Match": f'"{run["version"]}"'},
        )
    )

    await world.hears(about(run, SyncSucceeded, SyncState.SYNCED, revision=1, remote=named(run)))
    late = (await world.read(run))["sync"]
    await world.hears(about(run, SyncQueued, SyncState.PENDING, revision=2))
    await world.hears(about(run, SyncSucceeded, SyncState.SYNCED, revision=1))
    pending = (await world.read(run))["sync"]
    await world.hears(about(run, SyncSucceeded, SyncState.SYNCED, revision=2))
    synced = (await world.read(run))["sync"]

    assert edited["sync"]["revision"] == 2
    assert (late["state"], late["remote_id"], late["acked_revision"]) == ("stale", "849900", 1)
    assert (pending["state"], synced["state"], synced["acked_revision"]) == ("pending", "synced", 2)


async def test_hints_stand_on_the_run_until_it_is_mended(world: World) -> None:
    run = await world.published(1)
    hint = Hint(field="venue.floor", code="required", message="The floor is missing.", fix="Enter it.")

    await world.hears(about(run, SyncRejected, SyncState.REJECTED, error_code="TGS-400", hints=(hint,)))
    refused = (await world.read(run))["sync"]
    await world.hears(about(run, SyncQueued, SyncState.PENDING))
    again = (await world.read(run))["sync"]

    assert (refused["error_code"], refused["hints"]) == ("TGS-400", [hint.model_dump()])
    assert (again["error_code"], again["hints"]) == (None, [])


async def test_words_about_other_records_are_not_ours(world: World) -> None:
    run = await world.published(1)

    await world.hears(about(run, SyncRejected, SyncState.REJECTED, error_code="x", record_type=RecordType.ENROLMENT))

    assert (await world.read(run))["sync"]["state"] == "pending"


async def test_a_run_that_is_not_here_yet_is_waited_for(world: World) -> None:
    with pytest.raises(NotFound):
        await world.hears(about({"id": str(IDS.new())}, SyncQueued, SyncState.PENDING))


async def test_runs_are_found_by_how_their_submission_fares(world: World) -> None:
    run = await world.published(1)
    await world.hears(about(run, SyncSucceeded, SyncState.SYNCED, remote=named(run)))

    by_state = await ok(world.ops.get("/api/v1/course-runs", params={"sync_state": "synced"}))
    by_remote_id = await ok(world.ops.get("/api/v1/course-runs", params={"q": "849900"}))

    assert [item["id"] for item in by_state["items"]] == [item["id"] for item in by_remote_id["items"]] == [run["id"]]


async def test_a_run_may_be_confirmed_once_enrolment_has_told_enough_seats(world: World) -> None:
    """Given a run that wants five, when enrolment tells five, then it may be, at the version people read."""
    run = await world.published(min_pax=5)

    await world.hears(RunSeatsCounted(run_id=UUID(run["id"]), confirmed=5, offered=1, waitlisted=0))

    confirmed = await ok(world.act(run, "confirm"))
    assert (confirmed["status"], confirmed["registered_count"]) == ("confirmed", 5)


async def test_a_count_above_the_plan_is_kept(world: World) -> None:
    """Given a plan that was cut meanwhile, when enrolment tells more seats than it has, then the count is kept."""
    run = await world.published(1)
    many = run["intake_size"] + run["threshold"] + 1

    await world.hears(RunSeatsCounted(run_id=UUID(run["id"]), confirmed=many, offered=0, waitlisted=0))

    assert (await world.read(run))["registered_count"] == many


async def test_a_session_with_attendance_is_not_moved_any_more(world: World) -> None:
    """Given a published run, when somebody's attendance of a session is on record, then that session stands still."""
    run = await world.published(2)
    session = run["sessions"][0]
    fact = AttendanceFact(
        session_id=UUID(session["id"]),
        run_id=UUID(run["id"]),
        enrolment_id=IDS.new(),
        state=MarkState.PRESENT,
        revision=1,
        submission_revision=1,
    )
    marked = AttendanceMarked(attendance_id=IDS.new(), attendance=fact)

    await world.hears(marked, marked)

    read = await world.read(run)
    assert [each["attendance_taken"] for each in read["sessions"]] == [True, False]
    later = {"start_at": session["end_at"], "end_at": run["sessions"][1]["start_at"]}
    refused = await world.ops.patch(
        f"/api/v1/course-runs/{run['id']}/sessions/{session['id']}",
        json=later,
        headers={"If-Match": f'"{read["version"]}"'},
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "session_frozen")
