"""Discrepancies and reconciliations: filtered lists, and how a repair of many gets on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import (
    CLOSED,
    UNRESOLVED,
    WAITING_FOR_A_PERSON,
    Code,
    Discrepancy,
    DiscrepancyState,
    Origin,
    Reconciliation,
    ReconciliationState,
    ReconciliationStep,
    RecordKey,
    SyncJob,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyFilter:
    """Which discrepancies; what is None does not limit."""

    code: Code | None = None
    state: DiscrepancyState | None = None
    verdict: Verdict | None = None
    record_type: RecordType | None = None
    record_id: UUID | None = None
    run_id: UUID | None = None
    enrolment_id: UUID | None = None
    assignee_id: str | None = None
    bulk_id: UUID | None = None
    due_within: timedelta | None = None
    """Its deadline passes within this time, or has passed."""

    def conditions(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        named: dict[Any, Any] = {
            Discrepancy.code: self.code,
            Discrepancy.state: self.state,
            Discrepancy.verdict: self.verdict,
            Discrepancy.record_type: self.record_type,
            Discrepancy.record_id: self.record_id,
            Discrepancy.run_id: self.run_id,
            Discrepancy.enrolment_id: self.enrolment_id,
            Discrepancy.assignee_id: self.assignee_id,
            Discrepancy.bulk_id: self.bulk_id,
        }
        found = [col(column) == value for column, value in named.items() if value is not None]
        if self.due_within is not None:
            found.append(col(Discrepancy.deadline_at) < now + self.due_within)
        return tuple(found)


async def list_discrepancies(
    uow: UnitOfWork, wanted: DiscrepancyFilter, *, before: UUID | None, limit: int
) -> Sequence[Discrepancy]:
    """Newest first."""
    statement = select(Discrepancy).where(*wanted.conditions(uow.now())).order_by(col(Discrepancy.id).desc())
    if before is not None:
        statement = statement.where(col(Discrepancy.id) < before)
    return (await uow.session.execute(statement.limit(limit))).scalars().all()


async def count_by_code(uow: UnitOfWork, wanted: DiscrepancyFilter) -> dict[str, int]:
    return await _by_code(uow, wanted.conditions(uow.now()))


async def count_unresolved(uow: UnitOfWork) -> dict[str, int]:
    """How many wait for something, by code."""
    return await _by_code(uow, (col(Discrepancy.state).in_(UNRESOLVED),))


async def _by_code(uow: UnitOfWork, conditions: tuple[ColumnElement[bool], ...]) -> dict[str, int]:
    counted = select(col(Discrepancy.code), func.count()).where(*conditions)
    statement = counted.group_by(col(Discrepancy.code)).order_by(col(Discrepancy.code))
    return {str(code): int(count) for code, count in (await uow.session.execute(statement)).all()}


async def discrepancies_of(uow: UnitOfWork, key: RecordKey) -> Sequence[Discrepancy]:
    """Everything that was ever found about one record, oldest first."""
    statement = select(Discrepancy).where(col(Discrepancy.record_type) == key[0], col(Discrepancy.record_id) == key[1])
    return (await uow.session.execute(statement.order_by(col(Discrepancy.id)))).scalars().all()


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """How a repair of many gets on: mended, under way, and stuck with a person."""

    total: int
    resolved: int
    sending: int
    stuck: int


async def progress_of(uow: UnitOfWork, bulk_id: UUID) -> BulkProgress | None:
    """None when nothing was ever decided under this id."""
    rows = select(col(Discrepancy.state), col(SyncJob.state)).where(col(Discrepancy.bulk_id) == bulk_id)
    statement = rows.outerjoin(SyncJob, col(SyncJob.id) == col(Discrepancy.job_id))
    found = (await uow.session.execute(statement)).all()
    if not found:
        return None
    over = {DiscrepancyState.RESOLVED, DiscrepancyState.ACCEPTED}
    resolved = sum(state in over for state, _ in found)
    stuck = sum(state not in over and job in WAITING_FOR_A_PERSON for state, job in found)
    owed = sum(state not in over and job not in {None, *CLOSED} for state, job in found)
    return BulkProgress(len(found), resolved, owed - stuck, stuck)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationFilter:
    origin: Origin | None = None
    state: ReconciliationState | None = None
    run_id: UUID | None = None


async def list_reconciliations(
    uow: UnitOfWork, wanted: ReconciliationFilter, *, before: UUID | None, limit: int
) -> Sequence[Reconciliation]:
    """Newest first."""
    named: dict[Any, Any] = {
        Reconciliation.origin: wanted.origin,
        Reconciliation.state: wanted.state,
        Reconciliation.run_id: wanted.run_id,
    }
    conditions = [col(column) == value for column, value in named.items() if value is not None]
    statement = select(Reconciliation).where(*conditions).order_by(col(Reconciliation.id).desc()).limit(limit)
    if before is not None:
        statement = statement.where(col(Reconciliation.id) < before)
    return (await uow.session.execute(statement)).scalars().all()


async def steps_of(uow: UnitOfWork, reconciliation_id: UUID) -> Sequence[ReconciliationStep]:
    statement = select(ReconciliationStep).where(col(ReconciliationStep.reconciliation_id) == reconciliation_id)
    return (await uow.session.execute(statement.order_by(col(ReconciliationStep.id)))).scalars().all()
