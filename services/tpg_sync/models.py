"""The tables of tpg-sync, and the steps a sync job may take.

    queued ──lease──▶ in_flight ──2xx──▶ succeeded
      ▲  ▲               │ ├──refused for a business reason──▶ rejected ──requeue──▶ queued
      │  └─ retry_wait ◀─┘ │                                            └─discard──▶ cancelled
      │        └──attempts used up──▶ dead_lettered (requeue and discard as above)
      └──absent── verifying ◀── the reply of a create was lost; equal ──▶ succeeded
    blocked ──dependencies succeeded──▶ queued          unsent, rejected or dead ──newer intent──▶ superseded

A method takes one step and refuses every other; it takes `now` and touches no clock, session or network of its own.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from libs.contracts.tpg_sync import Hint, RecordType
from libs.database.model import Versioned, instant, service_metadata, status_column
from libs.tpgateway.operations import Group
from services.tpg_sync.errors import JobNotInState
from services.tpg_sync.settings import Pace

LANE_ID: Final = uuid5(NAMESPACE_URL, "urn:tms:tpg-sync:lane")
LOWEST_SHARE: Final = 0.1
SLOWED_SHARE: Final = 0.5
HOST_GROUP: Final = "host"


def breaker_id_of(group: str) -> UUID:
    """A breaker's id is its name's: the same in every installation."""
    return uuid5(NAMESPACE_URL, f"urn:tms:tpg-sync:breaker:{group}")


class JobState(StrEnum):
    BLOCKED = "blocked"
    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    RETRY_WAIT = "retry_wait"
    VERIFYING = "verifying"
    SUCCEEDED = "succeeded"
    REJECTED = "rejected"
    DEAD_LETTERED = "dead_lettered"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


S = JobState
CLOSED: Final = frozenset({S.SUCCEEDED, S.SUPERSEDED, S.CANCELLED})
"""Nothing more will happen to the job; it holds nobody up."""
WAITING_FOR_A_PERSON: Final = frozenset({S.REJECTED, S.DEAD_LETTERED})
UNSENT: Final = frozenset({S.BLOCKED, S.QUEUED, S.RETRY_WAIT})
DUE_STATES: Final = (S.QUEUED, S.RETRY_WAIT, S.VERIFYING)

STEPS: Final[Mapping[JobState, frozenset[JobState]]] = {
    S.BLOCKED: frozenset({S.QUEUED, S.SUPERSEDED}),
    S.QUEUED: frozenset({S.IN_FLIGHT, S.SUCCEEDED, S.SUPERSEDED}),
    S.IN_FLIGHT: frozenset({S.SUCCEEDED, S.VERIFYING, S.RETRY_WAIT, S.REJECTED, S.DEAD_LETTERED, S.SUPERSEDED}),
    S.RETRY_WAIT: frozenset({S.IN_FLIGHT, S.SUPERSEDED}),
    S.VERIFYING: frozenset({S.SUCCEEDED, S.QUEUED, S.REJECTED, S.VERIFYING, S.DEAD_LETTERED, S.SUPERSEDED}),
    S.REJECTED: frozenset({S.QUEUED, S.CANCELLED, S.SUPERSEDED}),
    S.DEAD_LETTERED: frozenset({S.QUEUED, S.CANCELLED, S.SUPERSEDED}),
    S.SUCCEEDED: frozenset(),
    S.SUPERSEDED: frozenset(),
    S.CANCELLED: frozenset(),
}


class JobKind(StrEnum):
    """What a job means to do; `run.sessions` only reads, and is always safe to repeat."""

    RUN_PUBLISH = "run.publish"
    RUN_EDIT = "run.edit"
    RUN_DELETE = "run.delete"
    RUN_SESSIONS = "run.sessions"


GROUP_OF: Final[Mapping[JobKind, Group]] = {
    JobKind.RUN_PUBLISH: Group.COURSE_RUNS,
    JobKind.RUN_EDIT: Group.COURSE_RUNS,
    JobKind.RUN_DELETE: Group.COURSE_RUNS,
    JobKind.RUN_SESSIONS: Group.SESSIONS,
}
"""Which circuit breaker guards a kind, beside the one of the whole host."""


class Model(SQLModel):
    metadata = service_metadata("tpg_sync")


def _bytes(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(LargeBinary, nullable=nullable))


def _json(default: Any) -> Any:
    return Field(default_factory=default, sa_column=Column(JSONB, nullable=False))


class SyncRecord(Model, table=True):
    """One submitted record: what TPGateway calls it, and which of our revisions it holds for certain.

    `acked_hash` is None while a call is out whose end is not known, so that equality with it always means "they hold
    exactly this". Locked first in every transaction that touches the record's jobs: one writer per record.
    """

    __tablename__ = "sync_record"
    __table_args__ = (
        Index(
            "sync_record_remote_idx",
            "record_type",
            "remote_id",
            unique=True,
            postgresql_where=text("remote_id is not null"),
        ),
    )

    record_id: UUID = Field(primary_key=True)
    record_type: RecordType = status_column(RecordType, name="record_type")
    remote_id: str | None = None
    parts: dict[str, str | None] = _json(dict)
    """Our session ids -> theirs; None while TPGateway holds the session and we have not read its name yet."""
    acked_revision: int | None = None
    acked_hash: bytes | None = _bytes()
    acked_at: datetime | None = instant(default=None, nullable=True)
    last_ordinal: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


class SyncJob(Model, Versioned, table=True):
    """One intention towards TPGateway for one revision of one record."""

    __tablename__ = "sync_job"
    __table_args__ = (
        # Two calls about one record at the same time give unpredictable results: never possible, by constraint.
        Index(
            "sync_job_one_in_flight_idx",
            "record_id",
            unique=True,
            postgresql_where=text("state in ('in_flight', 'verifying')"),
        ),
        # Claiming: the most urgent due job.
        Index(
            "sync_job_due_idx",
            "deadline_at",
            "not_before",
            "id",
            postgresql_where=text("state in ('queued', 'retry_wait', 'verifying')"),
        ),
        # Order inside a record: is an earlier job still open?
        Index(
            "sync_job_open_idx",
            "record_id",
            "ordinal",
            postgresql_where=text("state not in ('succeeded', 'superseded', 'cancelled')"),
        ),
        # Rescue: leases that ran out.
        Index("sync_job_lease_idx", "lease_until", postgresql_where=text("lease_until is not null")),
        Index("sync_job_record_idx", "record_id", "ordinal"),
        Index("sync_job_state_idx", "state", "id"),
    )

    id: UUID = Field(primary_key=True)
    record_type: RecordType = status_column(RecordType, name="record_type")
    record_id: UUID
    record_revision: int
    ordinal: int = Field(sa_column=Column(BigInteger, nullable=False))
    kind: JobKind = status_column(JobKind, name="kind")
    endpoint_group: str
    idempotency_key: str = Field(unique=True)
    state: JobState = status_column(JobState, JobState.QUEUED, name="state")
    attempt: int = 0
    """Calls that count against the limit, in this series; `tries` counts every call ever made."""
    tries: int = 0
    reads: int = 0
    """Reads since the last send, for spacing them out."""
    series: int = 1
    not_before: datetime = instant(nullable=False)
    deadline_at: datetime | None = instant(default=None, nullable=True)
    depends_on: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    lease_token: UUID | None = None
    lease_until: datetime | None = instant(default=None, nullable=True)
    sent_at: datetime | None = instant(default=None, nullable=True)
    """Set before the first byte leaves and kept until the end of that call is known."""
    repeatable: bool = True
    """Whether the call at `sent_at` may be repeated without looking first."""
    sent_revision: int | None = None
    """The owner's revision inside the payload; at least `record_revision`."""
    payload_hash: bytes | None = _bytes()
    payload_enc: bytes | None = _bytes()
    natural_form: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    """What a lost create is recognised by when read back; holds no personal data."""
    remote_ref: str | None = None
    error_class: str | None = None
    error_code: str | None = None
    hints: list[dict[str, str]] = _json(list)
    reason: str | None = None
    correlation_id: UUID
    causation_id: UUID | None = None
    traceparent: str | None = None
    created_at: datetime = instant(nullable=False)
    updated_at: datetime = instant(nullable=False)
    finished_at: datetime | None = instant(default=None, nullable=True)

    def _step(self, to: JobState, now: datetime) -> None:
        allowed = STEPS[JobState(self.state)]
        if to not in allowed:
            raise JobNotInState(self.id, self.state, to, allowed)
        self.state = to
        self.version += 1
        self.updated_at = now
        self.lease_token = self.lease_until = None
        self.finished_at = now if to in CLOSED | WAITING_FOR_A_PERSON else None

    def _error(self, error_class: str | None, code: str | None, hints: tuple[Hint, ...] = ()) -> None:
        self.error_class, self.error_code = error_class, code
        self.hints = [hint.model_dump() for hint in hints]

    def lease(self, token: UUID, *, until: datetime, now: datetime) -> None:
        """One worker takes it, to send it or (while verifying) to read it back."""
        if self.state != JobState.VERIFYING:
            self._step(JobState.IN_FLIGHT, now)
        self.lease_token, self.lease_until = token, until
        self.updated_at = now

    def succeed(self, now: datetime) -> None:
        """TPGateway holds what this job carries."""
        self._step(JobState.SUCCEEDED, now)
        self.sent_at = None
        self._error(None, None)

    def close_without_sending(self, now: datetime) -> None:
        """There was nothing to send: TPGateway holds this state already, or never had the record."""
        if self.sent_at is not None:
            raise JobNotInState(self.id, self.state, "closed unsent", ())
        self.succeed(now)

    def verify(self, *, at: datetime, now: datetime, error_class: str, code: str, hints: tuple[Hint, ...] = ()) -> None:
        """The end of a call is not known: look before anything is repeated. `sent_at` stays."""
        self._step(JobState.VERIFYING, now)
        self.not_before = at
        self.reads = 0
        self._error(error_class, code, hints)

    def look_again(self, *, at: datetime, now: datetime) -> None:
        """A read decided nothing; why it is looked for stays as it was."""
        if self.state != JobState.VERIFYING:
            raise JobNotInState(self.id, self.state, "looked for again", (JobState.VERIFYING,))
        self._step(JobState.VERIFYING, now)
        self.not_before = at
        self.reads += 1

    def wait(self, *, until: datetime, now: datetime, error_class: str, code: str) -> None:
        """It may be sent again, later: the call is known not to have taken effect, or is safe to repeat."""
        self._step(JobState.RETRY_WAIT if self.state == JobState.IN_FLIGHT else JobState.QUEUED, now)
        self.not_before = until
        self.sent_at = None
        self._error(error_class, code)

    def reject(self, now: datetime, *, error_class: str, code: str, hints: tuple[Hint, ...] = ()) -> None:
        """TPGateway, or our own check before sending, refuses it for a reason a person must mend."""
        self._step(JobState.REJECTED, now)
        self.sent_at = None
        self._error(error_class, code, hints)

    def bury(self, now: datetime, *, error_class: str, code: str) -> None:
        """Every attempt is used."""
        self._step(JobState.DEAD_LETTERED, now)
        self.sent_at = None
        self._error(error_class, code)

    def supersede(self, now: datetime) -> None:
        """A newer job carries everything this one would have; its own call, if any, is known to have had no effect."""
        self._step(JobState.SUPERSEDED, now)
        self.sent_at = None

    def supersede_after_failure(self, now: datetime, *, error_class: str, code: str) -> None:
        """It failed for good while a newer job already waits: that one speaks for the record from here."""
        self.supersede(now)
        self._error(error_class, code)

    def unblock(self, now: datetime) -> None:
        """Everything it waited for has succeeded."""
        if self.state != JobState.BLOCKED:
            raise JobNotInState(self.id, self.state, "unblocked", (JobState.BLOCKED,))
        self._step(JobState.QUEUED, now)

    def requeue(self, now: datetime, *, reason: str) -> None:
        """A person sends it again: a new series of attempts, and the owner is asked for the record afresh."""
        if self.state not in WAITING_FOR_A_PERSON:
            raise JobNotInState(self.id, self.state, "queued again", WAITING_FOR_A_PERSON)
        self._step(JobState.QUEUED, now)
        self.series += 1
        self.attempt = 0
        self.not_before = now
        self.payload_enc = self.payload_hash = None
        self.reason = reason

    def discard(self, now: datetime, *, reason: str) -> None:
        """A person gives it up."""
        self._step(JobState.CANCELLED, now)
        self.reason = reason


class SyncAttempt(Model, table=True):
    """One call about one job, redacted: references, sizes, digests and times, never a body."""

    __tablename__ = "sync_attempt"
    __table_args__ = (
        # The breaker reads the latest calls of a group.
        Index("sync_attempt_ended_idx", "endpoint_group", "ended_at"),
    )

    job_id: UUID = Field(primary_key=True, foreign_key="tpg_sync.sync_job.id")
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    series: int
    endpoint_group: str
    operation: str
    path: str
    """The path's template with remote references, which are no personal data."""
    started_at: datetime = instant(nullable=False)
    ended_at: datetime = instant(nullable=False)
    duration_ms: int
    http_status: int | None = None
    outcome: str
    counted: bool
    """Whether it used one of the job's attempts."""
    breaker_failure: bool
    error_class: str | None = None
    error_code: str | None = None
    request_bytes: int = 0
    request_sha256: bytes | None = _bytes()
    response_bytes: int = 0
    trace_id: str | None = None


class SyncLane(Model, table=True):
    """The one way out to TPGateway: whether it is held, and how many calls may leave now."""

    __tablename__ = "sync_lane"

    id: UUID = Field(primary_key=True)
    held_cause: str | None = None
    held_at: datetime | None = instant(default=None, nullable=True)
    probe_at: datetime | None = instant(default=None, nullable=True)
    tokens: float = 0.0
    refilled_at: datetime = instant(nullable=False)
    slowed_until: datetime | None = instant(default=None, nullable=True)
    ramp_from: datetime | None = instant(default=None, nullable=True)

    def rate_at(self, pace: Pace, now: datetime) -> float:
        """Calls a second at this moment: the whole rate, less while recovering or after being told to slow down."""
        share = 1.0
        if self.ramp_from is not None and now < self.ramp_from + pace.ramp:
            share = max(LOWEST_SHARE, (now - self.ramp_from) / pace.ramp)
        if self.slowed_until is not None and now < self.slowed_until:
            share = min(share, SLOWED_SHARE)
        return pace.rate_per_s * share

    def hold(self, cause: str, now: datetime, *, probe_every: timedelta) -> None:
        """Nothing leaves until a person (or, when wanted, a probe) finds the cause gone."""
        self.held_cause, self.held_at = cause, now
        self.probe_at = now + probe_every if probe_every else None

    def release(self) -> None:
        self.held_cause = self.held_at = self.probe_at = None


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class SyncBreaker(Model, table=True):
    """The circuit to one group of operations, or to the whole host."""

    __tablename__ = "sync_breaker"

    name: str = Field(primary_key=True)
    state: BreakerState = status_column(BreakerState, BreakerState.CLOSED, name="state")
    changed_at: datetime | None = instant(default=None, nullable=True)
    open_until: datetime | None = instant(default=None, nullable=True)
    open_count: int = 0
