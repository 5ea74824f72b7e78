"""What tpg-sync can be asked; nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlmodel import col

from libs.contracts.envelope import Envelope
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.errors import RecordNeverSubmitted
from services.tpg_sync.models import (
    CLOSED,
    DUE_STATES,
    LANE_ID,
    JobKind,
    JobState,
    SyncAttempt,
    SyncBreaker,
    SyncJob,
    SyncLane,
    SyncRecord,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs; what is None does not limit."""

    state: JobState | None = None
    record_type: RecordType | None = None
    record_id: UUID | None = None
    kind: JobKind | None = None
    error_class: str | None = None
    error_code: str | None = None
    correlation_id: UUID | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        equal = {
            col(SyncJob.state): self.state,
            col(SyncJob.record_type): self.record_type,
            col(SyncJob.record_id): self.record_id,
            col(SyncJob.kind): self.kind,
            col(SyncJob.error_class): self.error_class,
            col(SyncJob.error_code): self.error_code,
            col(SyncJob.correlation_id): self.correlation_id,
        }
        found = [col(column) == value for column, value in equal.items() if value is not None]
        if self.created_from is not None:
            found.append(col(SyncJob.created_at) >= self.created_from)
        if self.created_until is not None:
            found.append(col(SyncJob.created_at) < self.created_until)
        return tuple(found)


async def list_jobs(uow: UnitOfWork, wanted: JobFilter, *, before: UUID | None, limit: int) -> Sequence[SyncJob]:
    """Newest first; ids sort by the time they were made."""
    statement = select(SyncJob).where(*wanted.conditions()).order_by(col(SyncJob.id).desc()).limit(limit)
    if before is not None:
        statement = statement.where(col(SyncJob.id) < before)
    return (await uow.session.execute(statement)).scalars().all()


async def open_jobs(uow: UnitOfWork, record_id: UUID) -> Sequence[SyncJob]:
    """A record's jobs that something may still happen to, oldest first."""
    statement = select(SyncJob).where(col(SyncJob.record_id) == record_id, col(SyncJob.state).not_in(CLOSED))
    return (await uow.session.execute(statement.order_by(col(SyncJob.ordinal)))).scalars().all()


async def list_attempts(uow: UnitOfWork, job_ids: Sequence[UUID]) -> Sequence[SyncAttempt]:
    statement = select(SyncAttempt).where(col(SyncAttempt.job_id).in_(job_ids))
    return (await uow.session.execute(statement.order_by(col(SyncAttempt.started_at)))).scalars().all()


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything done to bring one record to TPGateway, oldest first."""

    record: SyncRecord
    jobs: Sequence[SyncJob]
    attempts: Sequence[SyncAttempt]
    events: Sequence[Envelope]


async def get_timeline(uow: UnitOfWork, record_type: RecordType, record_id: UUID) -> Timeline:
    """Raises RecordNeverSubmitted when nothing was ever owed for it."""
    record = await uow.find(SyncRecord, record_id)
    if record is None or record.record_type != record_type:
        raise RecordNeverSubmitted(record_type, record_id)
    statement = select(SyncJob).where(col(SyncJob.record_id) == record_id).order_by(col(SyncJob.ordinal))
    jobs = (await uow.session.execute(statement)).scalars().all()
    attempts = await list_attempts(uow, [job.id for job in jobs])
    return Timeline(record, jobs, attempts, await _told_about(uow, record_id))


async def _told_about(uow: UnitOfWork, record_id: UUID) -> list[Envelope]:
    """What this service has said about a record, oldest first."""
    told = text("select body from tpg_sync.event where aggtype = 'sync' and aggid = :record order by aggseq")
    rows = await uow.session.execute(told, {"record": record_id})
    return [Envelope.from_bytes(body.encode()) for body in rows.scalars()]


@dataclass(frozen=True, slots=True)
class Status:
    """How submission stands: what waits, what stops it, and how fast it may go."""

    counts: dict[JobState, int]
    oldest_due_at: datetime | None
    deadlines_at_risk: int
    lane: SyncLane
    breakers: Sequence[SyncBreaker]


async def get_status(uow: UnitOfWork, *, now: datetime, risk_within: timedelta) -> Status:
    by_state = select(col(SyncJob.state), func.count()).group_by(col(SyncJob.state))
    counts = {JobState(state): int(count) for state, count in (await uow.session.execute(by_state)).all()}
    oldest = select(func.min(col(SyncJob.not_before))).where(
        col(SyncJob.state).in_(DUE_STATES), col(SyncJob.not_before) <= now
    )
    risky = (
        select(func.count())
        .select_from(SyncJob)
        .where(col(SyncJob.state).not_in(CLOSED), col(SyncJob.deadline_at) < now + risk_within)
    )
    breakers = (await uow.session.execute(select(SyncBreaker).order_by(col(SyncBreaker.name)))).scalars().all()
    return Status(
        counts={state: counts.get(state, 0) for state in JobState},
        oldest_due_at=(await uow.session.execute(oldest)).scalar_one_or_none(),
        deadlines_at_risk=int((await uow.session.execute(risky)).scalar_one()),
        lane=await uow.get(SyncLane, LANE_ID),
        breakers=breakers,
    )
