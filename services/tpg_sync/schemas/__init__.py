"""Request and response shapes of tpg-sync: nothing here holds personal data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from libs.contracts.tpg_sync import Hint, RecordType
from libs.tpgateway.rules.finding import Finding, Severity
from libs.web.body import Body
from libs.web.reason import Reason
from services.tpg_sync.models import (
    BreakerState,
    JobKind,
    JobState,
    Standing,
    SyncBreaker,
    SyncJob,
    SyncLane,
    Wait,
)


class WaitView(BaseModel):
    """A record a blocked job waits for: which, what must be true of it, and how it stands."""

    record_type: RecordType
    record_id: UUID
    part_id: UUID | None
    standing: Standing
    state: str

    @classmethod
    def of(cls, wait: Wait) -> Self:
        need = wait.need
        return cls(
            record_type=need.record_type,
            record_id=need.record_id,
            part_id=need.part_id,
            standing=need.standing,
            state=wait.state,
        )


class JobView(BaseModel):
    """One job: what it is for, how it stands, when it moves next, and what stood in its way."""

    id: UUID
    version: int
    record_type: RecordType
    record_id: UUID
    record_revision: int
    sent_revision: int | None
    kind: JobKind
    state: JobState
    attempt: int
    tries: int
    series: int
    next_try_at: datetime | None
    waits_for: list[WaitView]
    """What a blocked job waits for; empty for every other."""
    deadline_at: datetime | None
    deadline_policy: str | None
    """The version of the numbers the deadline was reckoned by; null for runs, whose first session decides."""
    headroom_seconds: float | None
    """Time left until the deadline; negative when it has passed, null when there is none or the job is over."""
    sent_at: datetime | None
    remote_ref: str | None
    error_class: str | None
    error_code: str | None
    hints: list[Hint]
    reason: str | None
    correlation_id: UUID
    causation_id: UUID | None
    trace_id: str | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: SyncJob, now: datetime, waits: Sequence[Wait] = ()) -> Self:
        over = job.finished_at is not None
        left = None if over or job.deadline_at is None else (job.deadline_at - now).total_seconds()
        plain = {name: getattr(job, name) for name in cls.model_fields if name in SyncJob.model_fields}
        return cls(
            **plain,
            next_try_at=None if over or job.state is JobState.BLOCKED else job.not_before,
            waits_for=[WaitView.of(wait) for wait in waits],
            headroom_seconds=left,
            trace_id=job.traceparent.split("-")[1] if job.traceparent else None,
        )


class FindingView(BaseModel):
    """One thing that speaks against sending: where, what, and what would mend it."""

    field: str
    code: str
    severity: Severity
    message: str
    fix: str

    @classmethod
    def of(cls, finding: Finding) -> Self:
        return cls(**{name: getattr(finding, name) for name in cls.model_fields})


class PreflightView(BaseModel):
    """A record judged as it would be sent now: what TPGateway would refuse, and what it still waits for."""

    record_type: RecordType
    record_id: UUID
    revision: int
    remote_id: str | None
    clean: bool
    """Nothing that is found would keep it from being sent."""
    findings: list[FindingView]
    waits_for: list[WaitView]


class BreakerView(BaseModel):
    group: str
    state: BreakerState
    changed_at: datetime | None
    open_until: datetime | None

    @classmethod
    def of(cls, breaker: SyncBreaker) -> Self:
        return cls(
            group=breaker.name,
            state=BreakerState(breaker.state),
            changed_at=breaker.changed_at,
            open_until=breaker.open_until,
        )


class LaneView(BaseModel):
    """Whether sending is held, and how fast it may go now."""

    held: bool
    held_cause: str | None
    held_at: datetime | None
    rate_per_s: float
    """The rate at this moment; below the agreed one while recovering or after being told to slow down."""
    full_rate_per_s: float

    @classmethod
    def of(cls, lane: SyncLane, *, rate: float, full_rate: float) -> Self:
        held = lane.held_cause is not None
        return cls(
            held=held, held_cause=lane.held_cause, held_at=lane.held_at, rate_per_s=rate, full_rate_per_s=full_rate
        )


class StatusView(BaseModel):
    """How submission stands as a whole."""

    environment: str
    counts: dict[JobState, int]
    oldest_due_at: datetime | None
    oldest_due_seconds: float
    deadlines_at_risk: int
    lane: LaneView
    breakers: list[BreakerView]


class ReasonWish(Body):
    reason: Reason


class BulkFilter(Body):
    """Which rejected and dead jobs; what is left out does not limit."""

    state: JobState | None = None
    record_type: RecordType | None = None
    record_id: UUID | None = None
    kind: JobKind | None = None
    error_class: str | None = Field(default=None, max_length=80)
    error_code: str | None = Field(default=None, max_length=80)
    created_from: datetime | None = None
    created_until: datetime | None = None
    finished_until: AwareDatetime | None = None
    """Only those that were rejected or dead by then: the set that was seen."""


class BulkWish(Body):
    """Requeue all that match, or with `dry_run` only count them."""

    filter: BulkFilter = BulkFilter()
    dry_run: bool = True
    reason: Reason


class BulkView(BaseModel):
    matching: int
    requeued: int
    dry_run: bool
