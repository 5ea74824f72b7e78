"""The tables of tpg-sync, and the steps a sync job may take.

    queued ──lease──▶ in_flight ──2xx──▶ succeeded
      ▲  ▲               │ ├──refused for a business reason──▶ rejected ──requeue──▶ queued
      │  └─ retry_wait ◀─┘ │                                            └─discard──▶ cancelled
      │        └──attempts used up──▶ dead_lettered (requeue and discard as above)
      └──absent── verifying ◀── the reply of a create was lost; equal ──▶ succeeded
    blocked ──what it hangs on is there──▶ queued       unsent, rejected or dead ──newer intent──▶ superseded
       └──nobody brings that any more: discard──▶ cancelled

A method takes one step and refuses every other; it takes `now` and touches no clock, session or network of its own.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from libs.contracts.tpg_sync import Hint, RecordType
from libs.database.model import Versioned, instant, status_column
from services.tpg_sync.errors import JobNotInState
from services.tpg_sync.models.kinds import CLOSED, DISCARDABLE, STEPS, WAITING_FOR_A_PERSON, JobKind, JobState
from services.tpg_sync.models.model import Model, json_column, octets
from services.tpg_sync.models.record import RecordKey


class SyncJob(Model, Versioned, table=True):
    """One intention towards TPGateway for one revision of one record."""

    __tablename__ = "sync_job"
    __table_args__ = (
        # Two calls about one record at the same time give unpredictable results: never possible, by constraint.
        Index(
            "sync_job_one_in_flight_idx",
            "remote_type",
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
            "record_type",
            "record_id",
            "ordinal",
            postgresql_where=text("state not in ('succeeded', 'superseded', 'cancelled')"),
        ),
        # Rescue: leases that ran out.
        Index("sync_job_lease_idx", "lease_until", postgresql_where=text("lease_until is not null")),
        # What waits for other records: few at any time, looked through whenever one of those is settled.
        Index("sync_job_blocked_idx", "record_type", "record_id", postgresql_where=text("state = 'blocked'")),
        Index("sync_job_record_idx", "record_type", "record_id", "ordinal"),
        Index("sync_job_state_idx", "state", "id"),
        # What the keyring sealed before people had keys of their own.
        Index(
            "sync_job_sealed_before_idx",
            "id",
            postgresql_where=text("record_type <> 'run' and get_byte(payload_enc, 0) = 1"),
        ),
    )

    id: UUID = Field(primary_key=True)
    record_type: RecordType = status_column(RecordType, name="record_type")
    record_id: UUID
    remote_type: RecordType = status_column(RecordType, name="remote_type")
    """Whose record at TPGateway it touches: a fee is part of its enrolment there, and both must not move at once."""
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
    deadline_policy: str | None = None
    """The version of the numbers its deadline was reckoned by."""
    dated_for: int | None = None
    """The version of the run's dates its deadline was reckoned from."""
    lease_token: UUID | None = None
    lease_until: datetime | None = instant(default=None, nullable=True)
    sent_at: datetime | None = instant(default=None, nullable=True)
    """Set before the first byte leaves and kept until the end of that call is known."""
    repeatable: bool = True
    """Whether the call at `sent_at` may be repeated without looking first."""
    sent_revision: int | None = None
    """The owner's revision inside the payload; at least `record_revision`."""
    payload_hash: bytes | None = octets()
    payload_enc: bytes | None = octets()
    natural_form: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    """What a lost create is recognised by when read back; holds no personal data."""
    remote_ref: str | None = None
    error_class: str | None = None
    error_code: str | None = None
    hints: list[dict[str, str]] = json_column(list)
    reason: str | None = None
    correlation_id: UUID
    causation_id: UUID | None = None
    traceparent: str | None = None
    created_at: datetime = instant(nullable=False)
    updated_at: datetime = instant(nullable=False)
    finished_at: datetime | None = instant(default=None, nullable=True)
    blocked_at: datetime | None = instant(default=None, nullable=True)
    """Since when it waits, or waited last, for the records it hangs on."""
    unblocked_at: datetime | None = instant(default=None, nullable=True)

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

    @property
    def key(self) -> RecordKey:
        """The record it is about."""
        return RecordType(self.record_type), self.record_id

    def block(self, now: datetime) -> None:
        """What it hangs on is not there (any more): it waits again. Nothing was sent."""
        if self.sent_at is not None:
            raise JobNotInState(self.id, self.state, JobState.BLOCKED, ())
        self._step(JobState.BLOCKED, now)
        self.payload_enc = self.payload_hash = None
        self._error(None, None)
        self.blocked_at, self.unblocked_at = now, None

    def begin_blocked(self) -> None:
        """A new job whose record hangs on what is not there."""
        self.state, self.blocked_at = JobState.BLOCKED, self.created_at

    def unblock(self, now: datetime) -> None:
        """Everything it hangs on is there."""
        if self.state != JobState.BLOCKED:
            raise JobNotInState(self.id, self.state, "unblocked", (JobState.BLOCKED,))
        self._step(JobState.QUEUED, now)
        self.unblocked_at = now

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
        """A person gives it up: what was refused, or what waits for something that nobody brings any more."""
        if self.state not in DISCARDABLE:
            raise JobNotInState(self.id, self.state, JobState.CANCELLED, DISCARDABLE)
        self._step(JobState.CANCELLED, now)
        self.reason = reason
