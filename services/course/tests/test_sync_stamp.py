"""What the run makes of words about its submission, whatever their order."""

import pytest

from libs.contracts.tpg_sync import Hint, RemoteIds, SyncState
from services.course.models.run import CourseRun
from services.course.tests.builders import (
    IDS,
    NOW,
    RUN_ENDS,
    RUN_STARTS,
    published,
    singapore,
)

BEFORE = singapore(RUN_STARTS, 8)
DURING = singapore(RUN_STARTS, 10)
AFTER = singapore(RUN_ENDS, 18)


def stamped(revision: int = 3, heard: int | None = None) -> CourseRun:
    run = published()
    run.revision = revision
    if heard is not None:
        run.hear(SyncState.PENDING, revision=heard, job_id=IDS.new(), at=NOW)
    return run


def test_an_acknowledged_revision_is_synced() -> None:
    run = stamped(revision=3)

    run.hear(SyncState.SYNCED, revision=3, job_id=IDS.new(), at=NOW)

    assert (run.sync_state, run.acked_revision, run.acked_at) == (SyncState.SYNCED, 3, NOW)


def test_a_late_success_of_an_older_revision_leaves_the_newer_one_pending() -> None:
    run = stamped(revision=3, heard=3)

    run.hear(SyncState.SYNCED, revision=2, job_id=IDS.new(), at=NOW)

    assert (run.sync_state, run.acked_revision) == (SyncState.PENDING, 2)


@pytest.mark.parametrize("late", [SyncState.SYNCED, SyncState.REJECTED, SyncState.DEAD])
def test_an_outcome_for_a_revision_changed_since_reads_stale(late: SyncState) -> None:
    run = stamped(revision=3)

    run.hear(late, revision=2, job_id=IDS.new(), at=NOW)

    assert run.sync_state is SyncState.STALE


def test_a_refusal_brings_its_hints_and_the_next_success_takes_them_away() -> None:
    run = stamped()
    hint = Hint(field="venue.floor", code="required", message="The floor is missing.", fix="Enter it.")

    run.hear(SyncState.REJECTED, revision=3, job_id=IDS.new(), at=NOW, error_code="400", hints=(hint,))
    refused = (run.sync_state, run.sync_error_code, [each["field"] for each in run.sync_hints])
    run.hear(SyncState.SYNCED, revision=3, job_id=IDS.new(), at=NOW)

    assert refused == (SyncState.REJECTED, "400", ["venue.floor"])
    assert (run.sync_state, run.sync_error_code, run.sync_hints) == (SyncState.SYNCED, None, [])


def test_remote_ids_are_told_once() -> None:
    run = published(sessions=2)
    remote = RemoteIds(record="849900", parts={run.sessions[0].id: "TGS-2026000123-849900-S1"})

    first, again = run.synced(remote, SyncState.SYNCED), run.synced(remote, SyncState.SYNCED)

    assert first is not None
    assert (first.run.remote_id, first.run.sessions[0].remote_id) == ("849900", "TGS-2026000123-849900-S1")
    assert again is None
