"""What a record makes of words about its submission, whatever their order."""

from datetime import UTC, datetime

import pytest

from libs.contracts.tpg_sync import Hint, SyncState
from libs.sources import TimeOrderedIds
from libs.stamps.sync_stamp import SyncStamp

IDS = TimeOrderedIds()
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def stamped(revision: int = 3, heard: int | None = None) -> SyncStamp:
    record = SyncStamp(revision=revision)
    if heard is not None:
        record.hear(SyncState.PENDING, revision=heard, job_id=IDS.new(), at=NOW)
    return record


def test_an_acknowledged_revision_is_synced() -> None:
    record = stamped(revision=3)

    record.hear(SyncState.SYNCED, revision=3, job_id=IDS.new(), at=NOW)

    assert (record.sync_state, record.acked_revision, record.acked_at) == (SyncState.SYNCED, 3, NOW)


def test_a_late_success_of_an_older_revision_leaves_the_newer_one_pending() -> None:
    record = stamped(revision=3, heard=3)

    record.hear(SyncState.SYNCED, revision=2, job_id=IDS.new(), at=NOW)

    assert (record.sync_state, record.acked_revision) == (SyncState.PENDING, 2)


@pytest.mark.parametrize("late", [SyncState.SYNCED, SyncState.REJECTED, SyncState.DEAD])
def test_an_outcome_for_a_revision_changed_since_reads_stale(late: SyncState) -> None:
    record = stamped(revision=3)

    record.hear(late, revision=2, job_id=IDS.new(), at=NOW)

    assert record.sync_state is SyncState.STALE


def test_a_refusal_brings_its_hints_and_the_next_success_takes_them_away() -> None:
    record = stamped()
    hint = Hint(field="venue.floor", code="required", message="The floor is missing.", fix="Enter it.")

    record.hear(SyncState.REJECTED, revision=3, job_id=IDS.new(), at=NOW, error_code="400", hints=(hint,))
    refused = (record.sync_state, record.sync_error_code, [each["field"] for each in record.sync_hints])
    record.hear(SyncState.SYNCED, revision=3, job_id=IDS.new(), at=NOW)

    assert refused == (SyncState.REJECTED, "400", ["venue.floor"])
    assert (record.sync_state, record.sync_error_code, record.sync_hints) == (SyncState.SYNCED, None, [])


def test_a_drift_is_shown_until_it_is_settled() -> None:
    record = stamped()
    record.hear(SyncState.SYNCED, revision=3, job_id=IDS.new(), at=NOW)

    record.drift(revision=3, codes=("ENR-04",))
    seen = (record.sync_state, record.sync_error_code)
    record.settle()

    assert seen == (SyncState.DRIFTED, "ENR-04")
    assert (record.sync_state, record.sync_error_code) == (SyncState.SYNCED, None)


def test_what_was_changed_here_during_a_drift_is_stale_once_it_is_settled() -> None:
    record = stamped()
    record.hear(SyncState.SYNCED, revision=3, job_id=IDS.new(), at=NOW)
    record.drift(revision=3, codes=("ENR-04",))
    record.revision = 4

    record.settle()

    assert record.sync_state is SyncState.STALE


def test_a_late_word_of_drift_never_outshines_a_newer_job() -> None:
    record = stamped(revision=4, heard=4)

    record.drift(revision=3, codes=("ENR-04",))

    assert record.sync_state is SyncState.PENDING


def test_settling_where_nothing_drifted_changes_nothing() -> None:
    record = stamped(revision=4, heard=4)

    record.settle()

    assert record.sync_state is SyncState.PENDING
