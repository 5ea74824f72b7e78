"""A job's life: whatever is done to it in whatever order, it never takes a step the table does not allow."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from libs.contracts.tpg_sync import RecordType, SyncQueued, SyncState
from services.tpg_sync.errors import JobNotInState
from services.tpg_sync.models import (
    CLOSED,
    DISCARDABLE,
    FOREIGN,
    STEPS,
    UNSENT,
    WAITING_FOR_A_PERSON,
    JobKind,
    JobState,
    SyncJob,
)

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
TOKEN = UUID(int=9)


def job(state: JobState = JobState.QUEUED) -> SyncJob:
    return SyncJob(
        id=UUID(int=1),
        record_type=RecordType.RUN,
        record_id=UUID(int=2),
        remote_type=RecordType.RUN,
        record_revision=1,
        ordinal=2,
        kind=JobKind.RUN_PUBLISH,
        endpoint_group="course_runs",
        idempotency_key="key",
        state=state,
        not_before=NOW,
        correlation_id=UUID(int=3),
        created_at=NOW,
        updated_at=NOW,
    )


class JobLife(RuleBasedStateMachine):
    """Tries every method at every moment, as a racing engine, a rescuer and a person would."""

    def __init__(self) -> None:
        super().__init__()
        self.job = job()
        self.calls_out = 0

    def attempt(self, wish: str, step: Callable[[], None]) -> None:
        before, version = JobState(self.job.state), self.job.version
        try:
            step()
        except JobNotInState:
            assert self.job.state == before, wish
            assert self.job.version == version
            return
        after = JobState(self.job.state)
        assert after == before or after in STEPS[before], f"{before} -> {after} by {wish}"

    @precondition(lambda self: self.job.lease_token is None)
    @rule()
    def lease(self) -> None:
        self.attempt("lease", lambda: self.job.lease(TOKEN, until=NOW + timedelta(minutes=2), now=NOW))

    @precondition(lambda self: self.job.state == JobState.IN_FLIGHT and self.job.sent_at is None)
    @rule()
    def send(self) -> None:
        self.job.sent_at = NOW
        self.calls_out += 1

    @precondition(lambda self: self.job.state in (JobState.IN_FLIGHT, JobState.VERIFYING))
    @rule()
    def succeed(self) -> None:
        self.attempt("succeed", lambda: self.job.succeed(NOW))

    @rule()
    def lose_the_reply(self) -> None:
        self.attempt("verify", lambda: self.job.verify(at=NOW, now=NOW, error_class="unknown_end", code="x"))

    @rule()
    def find_nothing_out(self) -> None:
        self.attempt("look again", lambda: self.job.look_again(at=NOW, now=NOW))

    @precondition(lambda self: self.job.state in (JobState.IN_FLIGHT, JobState.VERIFYING))
    @rule()
    def wait(self) -> None:
        self.attempt("wait", lambda: self.job.wait(until=NOW, now=NOW, error_class="absent", code="x"))

    @rule()
    def reject(self) -> None:
        self.attempt("reject", lambda: self.job.reject(NOW, error_class="refused", code="x"))

    @rule()
    def bury(self) -> None:
        self.attempt("bury", lambda: self.job.bury(NOW, error_class="unknown_end", code="x"))

    @precondition(lambda self: self.job.state in UNSENT | WAITING_FOR_A_PERSON)
    @rule()
    def supersede(self) -> None:
        self.attempt("supersede", lambda: self.job.supersede(NOW))

    @rule()
    def requeue(self) -> None:
        self.attempt("requeue", lambda: self.job.requeue(NOW, reason="mended"))

    @rule()
    def discard(self) -> None:
        self.attempt("discard", lambda: self.job.discard(NOW, reason="given up"))

    @rule()
    def close_without_sending(self) -> None:
        self.attempt("close", lambda: self.job.close_without_sending(NOW))

    @invariant()
    def a_call_is_out_only_while_somebody_answers_for_it(self) -> None:
        if self.job.sent_at is not None:
            assert self.job.state in (JobState.IN_FLIGHT, JobState.VERIFYING)

    @invariant()
    def what_is_over_stays_over(self) -> None:
        if self.job.state in CLOSED:
            assert not STEPS[JobState(self.job.state)]
            assert self.job.finished_at is not None
            assert self.job.lease_token is None

    @invariant()
    def only_a_lease_or_a_lost_reply_holds_it(self) -> None:
        if self.job.lease_token is not None:
            assert self.job.state in (JobState.IN_FLIGHT, JobState.VERIFYING)


TestJobLife = JobLife.TestCase


def test_a_job_that_is_looked_for_is_never_sent_before_it_was_queued_again() -> None:
    assert JobState.IN_FLIGHT not in STEPS[JobState.VERIFYING]
    assert JobState.RETRY_WAIT not in STEPS[JobState.VERIFYING]


def test_requeue_starts_a_new_series_and_asks_the_owner_afresh() -> None:
    dead = job(JobState.DEAD_LETTERED)
    dead.attempt, dead.payload_enc = 8, b"sealed"
    dead.requeue(NOW, reason="TPGateway mended it")
    assert (dead.state, dead.series, dead.attempt) == (JobState.QUEUED, 2, 0)
    assert not dead.payload_enc


@pytest.mark.parametrize("kind", sorted(JobKind))
def test_what_is_said_of_nobodys_records_can_be_told_from_what_owners_must_hear(kind: JobKind) -> None:
    ids = {"record_id": UUID(int=1), "job_id": UUID(int=2)}
    told = SyncQueued(**ids, record_type=RecordType.RUN, kind=kind, record_revision=1, state=SyncState.PENDING)
    assert told.foreign is (kind in FOREIGN)


@pytest.mark.parametrize("state", sorted(set(JobState) - WAITING_FOR_A_PERSON))
def test_a_person_may_act_only_on_what_waits_for_one(state: JobState) -> None:
    with pytest.raises(JobNotInState):
        job(state).requeue(NOW, reason="please")


@pytest.mark.parametrize("state", sorted(JobState))
def test_only_what_nobody_is_at_can_be_given_up(state: JobState) -> None:
    """Given any state, when a person discards it, then only what waits, for a person or for others, is over."""
    one = job(state)
    if state in {JobState.REJECTED, JobState.DEAD_LETTERED, JobState.BLOCKED}:
        one.discard(NOW, reason="nobody comes any more")
        assert (one.state, one.reason, one.finished_at) == (JobState.CANCELLED, "nobody comes any more", NOW)
        assert state in DISCARDABLE
        return
    with pytest.raises(JobNotInState):
        one.discard(NOW, reason="please")
    assert (one.state, state in DISCARDABLE) == (state, False)
