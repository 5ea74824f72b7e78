"""One record's timeline as people see it: how it stands, what was done in steps, what comes next. Nothing personal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, Field

from libs.contracts.envelope import Envelope
from libs.contracts.tpg_sync import ObligationLevel, RecordType, SyncState
from services.tpg_sync.models import (
    UNRESOLVED,
    Discrepancy,
    HeardEvent,
    JobState,
    Obligation,
    ObligationKey,
    ObligationState,
    SyncAttempt,
    SyncJob,
    SyncRecord,
    Verdict,
    Wait,
)
from services.tpg_sync.models.step import NextKind, NextStep, Step, StepKind
from services.tpg_sync.schemas import JobView, WaitView, words
from services.tpg_sync.schemas.discrepancies import DiscrepancyView

_STATES: Final = {
    JobState.VERIFYING: SyncState.UNKNOWN,
    JobState.REJECTED: SyncState.REJECTED,
    JobState.DEAD_LETTERED: SyncState.DEAD,
}


class AttemptView(BaseModel):
    """One call, redacted: references, sizes, digests, times, and copies in which everything of anybody is masked."""

    number: int
    series: int
    operation: str
    path: str
    started_at: datetime
    ended_at: datetime
    duration_ms: int
    http_status: int | None
    outcome: str
    counted: bool
    error_class: str | None
    error_code: str | None
    words: str
    """How it ended and why."""
    request_bytes: int
    request_sha256: str | None
    response_bytes: int
    request: dict[str, Any] | None
    """Method, path, query and body; null when nothing is known of them any more (its worker died)."""
    response: dict[str, Any] | None
    """Status, data and error as they came back; null when nothing came back that could be read."""
    next_at: datetime | None
    """When the job was to move next, as decided after this call."""
    headroom_seconds: float | None
    """Time left, at its end, until the duty it meets was due; negative when that had passed."""
    trace_id: str | None

    @classmethod
    def of(cls, attempt: SyncAttempt, due_at: datetime | None) -> Self:
        derived = {"request_sha256", "words", "headroom_seconds"}
        plain = {name: getattr(attempt, name) for name in cls.model_fields if name not in derived}
        digest = attempt.request_sha256
        return cls(
            **plain,
            request_sha256=digest.hex() if digest else None,
            words=words.reason_of(attempt),
            headroom_seconds=_left(due_at, attempt.ended_at),
        )


def _left(due_at: datetime | None, at: datetime) -> float | None:
    return None if due_at is None else (due_at - at).total_seconds()


class JobDetail(JobView):
    """A job with every call made for it."""

    attempts: list[AttemptView] = Field(default_factory=list)


class RecordView(BaseModel):
    """What TPGateway calls the record and its sessions, and the revision it holds for certain."""

    record_type: RecordType
    record_id: UUID
    run_id: UUID | None
    session_id: UUID | None
    enrolment_id: UUID | None
    replaces: UUID | None
    remote_id: str | None
    former_ids: list[str]
    parts: dict[UUID, str | None]
    acked_revision: int | None
    acked_at: datetime | None

    @classmethod
    def of(cls, record: SyncRecord) -> Self:
        return cls(**{name: getattr(record, name) for name in cls.model_fields})


class EventView(BaseModel):
    """One thing said about the record: what, when, and on whose word."""

    type: str
    at: datetime
    job_id: UUID
    kind: str
    state: str
    record_revision: int
    reason: str | None
    actor_id: str
    correlation_id: UUID
    trace_id: str | None

    @classmethod
    def of(cls, envelope: Envelope) -> Self:
        data = envelope.data
        return cls(
            type=envelope.event_type,
            at=envelope.time,
            job_id=data["job_id"],
            kind=data["kind"],
            state=data["state"],
            record_revision=data["record_revision"],
            reason=data.get("reason"),
            actor_id=envelope.actorid,
            correlation_id=envelope.correlationid,
            trace_id=envelope.traceparent.split("-")[1] if envelope.traceparent else None,
        )


class DutyView(BaseModel):
    """A duty of the compliance calendar that the record's submission meets."""

    id: UUID
    key: ObligationKey
    due_at: datetime
    met_at: datetime | None
    state: ObligationState
    level: ObligationLevel
    breached: bool
    headroom_seconds: float
    """Time left until it is due, or that was left when it was met; negative when that has passed."""

    @classmethod
    def of(cls, duty: Obligation, now: datetime) -> Self:
        plain = {name: getattr(duty, name) for name in ("id", "key", "due_at", "state", "level", "breached")}
        left = (duty.due_at - (duty.satisfied_at or now)).total_seconds()
        return cls(**plain, met_at=duty.satisfied_at, headroom_seconds=left)


class NextView(BaseModel):
    """What happens next, with its time."""

    kind: NextKind
    at: datetime | None
    words: str
    job_id: UUID | None
    waits_for: list[WaitView]

    @classmethod
    def of(cls, step: NextStep, now: datetime) -> Self:
        return cls(
            kind=step.kind,
            at=step.at,
            words=words.next_words(step, now),
            job_id=step.job.id if step.job else None,
            waits_for=[WaitView.of(wait) for wait in step.waits],
        )


class HeadView(BaseModel):
    """How the record stands, in one line."""

    state: SyncState
    due_at: datetime | None
    """When the most pressing duty it meets is due; without one, when its job must have succeeded."""
    met_at: datetime | None
    headroom_seconds: float | None
    next_try_at: datetime | None


class OwnerEventView(BaseModel):
    """What the record's owner said, as it was heard."""

    id: UUID
    type: str
    sequence: int
    revision: int | None
    actor_id: str | None
    actor_role: str | None
    correlation_id: UUID | None
    trace_id: str | None


class StepView(BaseModel):
    """One step. `kind` says which of the parts is there; `words` tell it to people."""

    kind: StepKind
    at: datetime
    words: str
    job_id: UUID | None = None
    until: datetime | None = None
    """The end of a wait, as decided; null while it is not known."""
    correlation_id: UUID | None
    trace_id: str | None
    event: OwnerEventView | None = None
    told: EventView | None = None
    attempt: AttemptView | None = None
    waits_for: list[WaitView] = []
    """What a blocked job waits for now."""

    @classmethod
    def of(cls, step: Step, due_at: datetime | None, waits: Sequence[Wait]) -> Self:
        if step.heard is not None:
            return cls._of_owner(step, step.heard)
        if step.told is not None:
            return cls._of_told(step, step.told)
        if step.job is None:
            message = f"a step without its job: {step.kind} {step.id}"
            raise ValueError(message)
        if step.attempt is not None:
            return cls._of_call(step, step.job, step.attempt, due_at)
        return cls._of_job(step, step.job, waits)

    @classmethod
    def _of_owner(cls, step: Step, heard: HeardEvent) -> Self:
        event = OwnerEventView(
            id=heard.event_id,
            type=heard.type,
            sequence=heard.aggseq,
            **{name: getattr(heard, name) for name in ("revision", "actor_id", "actor_role")},
            correlation_id=heard.correlation_id,
            trace_id=heard.trace_id,
        )
        lineage = {"correlation_id": heard.correlation_id, "trace_id": heard.trace_id}
        return cls(kind=step.kind, at=step.at, words=words.event_words(heard), event=event, **lineage)

    @classmethod
    def _of_told(cls, step: Step, envelope: Envelope) -> Self:
        told = EventView.of(envelope)
        return cls(
            kind=step.kind,
            at=step.at,
            words=words.told_words(told.type, told.state),
            job_id=told.job_id,
            told=told,
            correlation_id=told.correlation_id,
            trace_id=told.trace_id,
        )

    @classmethod
    def _of_job(cls, step: Step, job: SyncJob, waits: Sequence[Wait]) -> Self:
        blocked = step.kind is StepKind.BLOCKED
        return cls(
            kind=step.kind,
            at=step.at,
            words=words.blocked_words(job) if blocked else words.job_words(job),
            job_id=job.id,
            until=(job.unblocked_at or job.finished_at) if blocked else None,
            waits_for=[WaitView.of(wait) for wait in waits] if blocked else [],
            correlation_id=job.correlation_id,
            trace_id=job.traceparent.split("-")[1] if job.traceparent else None,
        )

    @classmethod
    def _of_call(cls, step: Step, job: SyncJob, attempt: SyncAttempt, due_at: datetime | None) -> Self:
        waiting = step.kind is StepKind.WAIT
        seen = AttemptView.of(attempt, job.deadline_at or due_at)
        return cls(
            kind=step.kind,
            at=step.at,
            words=words.wait_words(attempt) if waiting else seen.words,
            job_id=job.id,
            until=attempt.next_at if waiting else None,
            attempt=None if waiting else seen,
            correlation_id=job.correlation_id,
            trace_id=attempt.trace_id,
        )


class TimelineView(BaseModel):
    """Everything done to bring one record to TPGateway, oldest first, and what happens next."""

    record: RecordView
    head: HeadView
    duties: list[DutyView]
    """What is still owed first, by when it is due."""
    steps: list[StepView]
    """The latest page, or the one the cursor asked for."""
    earlier_cursor: str | None
    """The cursor of the page before this one; null when there is none."""
    next: NextView
    jobs: list[JobDetail]
    """The latest ones, with their latest calls (those without their copies, which stand in the steps)."""
    events: list[EventView]
    """What tpg-sync said last about its jobs."""
    discrepancies: list[DiscrepancyView] = []


def sync_state(record: SyncRecord, first_open: SyncJob | None, discrepancies: Sequence[Discrepancy]) -> SyncState:
    """How far TPGateway holds the record: by its first open job, else by what was acknowledged."""
    if first_open is not None:
        return _STATES.get(JobState(first_open.state), SyncState.PENDING)
    drifting = (Verdict.DRIFT, Verdict.CONFLICT)
    if any(one.state in UNRESOLVED and one.verdict in drifting for one in discrepancies):
        return SyncState.DRIFTED
    return SyncState.NOT_APPLICABLE if record.ended or record.acked_at is None else SyncState.SYNCED
