"""Jobs and their calls: filtered lists, and what is still open about a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import (
    CLOSED,
    DUE_STATES,
    FAILING,
    WAITING_FOR_A_PERSON,
    WAITING_FOR_A_TURN,
    JobKind,
    JobState,
    RecordKey,
    SyncAttempt,
    SyncJob,
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
    finished_until: datetime | None = None
    """Only what was rejected or dead (or over) by then."""

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
        if self.finished_until is not None:
            found.append(col(SyncJob.finished_at) <= self.finished_until)
        return tuple(found)


async def list_jobs(uow: UnitOfWork, wanted: JobFilter, *, before: UUID | None, limit: int) -> Sequence[SyncJob]:
    """Newest first; ids sort by the time they were made."""
    statement = select(SyncJob).where(*wanted.conditions()).order_by(col(SyncJob.id).desc()).limit(limit)
    if before is not None:
        statement = statement.where(col(SyncJob.id) < before)
    return (await uow.session.execute(statement)).scalars().all()


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckGroup:
    """Rejected or dead jobs that failed alike; or jobs that failed alike so far and are tried again by themselves."""

    state: JobState
    kind: JobKind
    error_class: str | None
    error_code: str | None
    count: int
    first_at: datetime
    """When the oldest of them was made."""
    last_at: datetime
    """When the latest of them failed."""


async def stuck_groups(uow: UnitOfWork, *, failing: bool = False) -> Sequence[StuckGroup]:
    """What waits for a person, by state, kind and error; the largest group first.

    With `failing`, also what did not succeed so far and goes on by itself.
    """
    states = WAITING_FOR_A_PERSON | FAILING if failing else WAITING_FOR_A_PERSON
    alike = (col(SyncJob.state), col(SyncJob.kind), col(SyncJob.error_class), col(SyncJob.error_code))
    count = func.count().label("count")
    statement = (
        select(
            *alike,
            count,
            func.min(col(SyncJob.created_at)).label("first_at"),
            func.max(func.coalesce(col(SyncJob.finished_at), col(SyncJob.updated_at))).label("last_at"),
        )
        .where(col(SyncJob.state).in_(states))
        .group_by(*alike)
        .order_by(count.desc(), *alike)
    )
    return [StuckGroup(**row._asdict()) for row in await uow.session.execute(statement)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeued:
    """How far the jobs of one kind have come that a person sent again."""

    kind: JobKind
    waiting: int
    """They wait for their turn, or for what they hang on."""
    trying: int
    failed_again: int
    next_at: datetime | None
    last_at: datetime


async def requeued_jobs(uow: UnitOfWork) -> Sequence[Requeued]:
    """Kinds of which something that was sent again is still on its way; those that arrived are not counted."""
    waiting = func.count().filter(col(SyncJob.state).in_(WAITING_FOR_A_TURN))
    failed = func.count().filter(col(SyncJob.state).in_(WAITING_FOR_A_PERSON))
    on_their_way = func.count() - failed
    statement = (
        select(
            col(SyncJob.kind),
            waiting.label("waiting"),
            (on_their_way - waiting).label("trying"),
            failed.label("failed_again"),
            func.min(col(SyncJob.not_before)).filter(col(SyncJob.state).in_(DUE_STATES)).label("next_at"),
            func.max(col(SyncJob.updated_at)).label("last_at"),
        )
        .where(col(SyncJob.series) > 1, col(SyncJob.state).not_in(CLOSED))
        .group_by(col(SyncJob.kind))
        .having(on_their_way > 0)
        .order_by(col(SyncJob.kind))
    )
    return [Requeued(**row._asdict()) for row in await uow.session.execute(statement)]


async def open_jobs(uow: UnitOfWork, key: RecordKey, *, hold: bool = False) -> Sequence[SyncJob]:
    """A record's jobs that something may still happen to, oldest first.

    Whoever moves them on must `hold` them: a claimer, and what sets waiting jobs free, lock a job and not its record.
    """
    record_type, record_id = key
    statement = select(SyncJob).where(
        col(SyncJob.record_type) == record_type,
        col(SyncJob.record_id) == record_id,
        col(SyncJob.state).not_in(CLOSED),
    )
    statement = statement.order_by(col(SyncJob.ordinal))
    if hold:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await uow.session.execute(statement)).scalars().all()


async def list_attempts(uow: UnitOfWork, job_ids: Sequence[UUID]) -> Sequence[SyncAttempt]:
    statement = select(SyncAttempt).where(col(SyncAttempt.job_id).in_(job_ids))
    return (await uow.session.execute(statement.order_by(col(SyncAttempt.started_at)))).scalars().all()
