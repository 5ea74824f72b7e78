"""Duties asked for: the list, the work queue, and the sums over what stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, and_, case, func, literal_column, select, tuple_
from sqlalchemy.orm import Mapped
from sqlmodel import col

from libs.contracts.tpg_sync import ObligationLevel
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.tpg_sync.models import Obligation, ObligationKey, ObligationRun, ObligationState
from services.tpg_sync.models.obligation import PRESSING, STANDS
from services.tpg_sync.policy.rows import case_of
from services.tpg_sync.policy.simulating import Supposed

AGES: Final = (7, 30, 60)
"""Days since they arose by which duties are counted."""
RUNS_SHOWN: Final = 20
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationFilter:
    """Which duties; what is None does not limit. Without a state, those somebody still has to look at."""

    key: ObligationKey | None = None
    level: ObligationLevel | None = None
    state: ObligationState | None = None
    breached: bool | None = None
    run_id: UUID | None = None
    subject_id: UUID | None = None
    older_than_days: int | None = None
    due_until: datetime | None = None
    staff: UUID | None = None
    """Only of runs this account teaches or assesses."""

    def conditions(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        equal = {
            col(Obligation.key): self.key,
            col(Obligation.level): self.level,
            col(Obligation.breached): self.breached,
            col(Obligation.run_id): self.run_id,
            col(Obligation.subject_id): self.subject_id,
        }
        found: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
        found.append(stands() if self.state is None else col(Obligation.state) == self.state)
        if self.older_than_days is not None:
            found.append(col(Obligation.trigger_at) <= now - timedelta(days=self.older_than_days))
        if self.due_until is not None:
            found.append(col(Obligation.due_at) < self.due_until)
        if self.staff is not None:
            found.append(of_staff(self.staff))
        return tuple(found)


def stands() -> ColumnElement[bool]:
    """What somebody still has to look at; in the very words of the partial indexes."""
    return literal_column(f"({STANDS})", Boolean)


def pressing() -> ColumnElement[bool]:
    """What is amber or red, likewise."""
    return literal_column(f"({PRESSING})", Boolean)


def of_staff(user_id: UUID) -> ColumnElement[bool]:
    """Whether the account teaches or assesses the duty's run."""
    own = select(col(ObligationRun.run_id)).where(col(ObligationRun.staff).contains([user_id]))
    return col(Obligation.run_id).in_(own)


async def list_obligations(
    uow: UnitOfWork, wanted: ObligationFilter, *, after: Place | None, limit: int
) -> Sequence[Obligation]:
    """Due first is first."""
    return await _listed(uow, wanted, col(Obligation.due_at), after=after, limit=limit)


async def list_queue(
    uow: UnitOfWork, wanted: ObligationFilter, *, after: Place | None, limit: int
) -> Sequence[Obligation]:
    """What is amber or red, most money and least time first."""
    return await _listed(uow, wanted, col(Obligation.queue_at), pressing(), after=after, limit=limit)


async def _listed(
    uow: UnitOfWork,
    wanted: ObligationFilter,
    order: Mapped[datetime],
    *more: ColumnElement[bool],
    after: Place | None,
    limit: int,
) -> Sequence[Obligation]:
    query = select(Obligation).where(*wanted.conditions(uow.now()), *more)
    if after is not None:
        query = query.where(tuple_(order, col(Obligation.id)) > tuple_(*after))
    query = query.order_by(order, col(Obligation.id)).limit(limit)
    return (await uow.session.execute(query)).scalars().all()


async def get_obligation(uow: UnitOfWork, obligation_id: UUID, *, staff: UUID | None) -> Obligation:
    """One duty; NotFound also where the account has nothing to do with its run."""
    query = select(Obligation).where(col(Obligation.id) == obligation_id)
    if staff is not None:
        query = query.where(of_staff(staff))
    found = (await uow.session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound("obligation", obligation_id)
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """So many duties of one key, level and age, with what they put at risk."""

    key: ObligationKey
    level: ObligationLevel
    breached: bool
    age: int
    """The index of the first of AGES it is younger than; their number for the oldest."""
    count: int
    money_cents: int
    next_due_at: datetime


@dataclass(frozen=True, slots=True)
class RunCell:
    """What of one run is amber or red."""

    run_id: UUID
    amber: int
    red: int
    breached: int
    money_cents: int
    next_due_at: datetime


async def tally(uow: UnitOfWork, *, staff: UUID | None = None) -> Sequence[Cell]:
    """Everything that stands, in one pass over one index."""
    now = uow.now()
    young = [(col(Obligation.trigger_at) > now - timedelta(days=days), place) for place, days in enumerate(AGES)]
    age = case(*young, else_=len(AGES))
    groups = (col(Obligation.key), col(Obligation.level), col(Obligation.breached), age)
    sums = (func.count(), func.sum(col(Obligation.money_cents)), func.min(col(Obligation.due_at)))
    query = select(*groups, *sums).where(_standing_of(staff)).group_by(*groups)
    return [
        Cell(row[0], row[1], row[2], row[3], int(row[4]), int(row[5]), row[6])
        for row in (await uow.session.execute(query)).all()
    ]


async def worst_runs(uow: UnitOfWork, *, staff: UUID | None = None) -> Sequence[RunCell]:
    """The runs with most money at risk in what is amber or red."""
    level, money = col(Obligation.level), func.sum(col(Obligation.money_cents))
    query = (
        select(
            col(Obligation.run_id),
            func.count().filter(level == ObligationLevel.AMBER),
            func.count().filter(level == ObligationLevel.RED),
            func.count().filter(col(Obligation.breached)),
            money,
            func.min(col(Obligation.due_at)),
        )
        .where(_standing_of(staff), pressing())
        .group_by(col(Obligation.run_id))
        .order_by(money.desc(), col(Obligation.run_id))
        .limit(RUNS_SHOWN)
    )
    return [
        RunCell(row[0], int(row[1]), int(row[2]), int(row[3]), int(row[4]), row[5])
        for row in (await uow.session.execute(query)).all()
    ]


def _standing_of(staff: UUID | None) -> ColumnElement[bool]:
    return stands() if staff is None else and_(stands(), of_staff(staff))


async def open_duties(uow: UnitOfWork, *, staff: UUID | None = None) -> Sequence[Supposed]:
    """Everything that stands, as simulations need it."""
    query = select(Obligation).where(_standing_of(staff))
    found = await uow.session.stream_scalars(query.execution_options(yield_per=1_000))
    return [
        Supposed(
            row.id,
            row.key,
            row.run_id,
            row.subject_id,
            row.trigger_at,
            row.anchor_at,
            row.money_cents,
            case_of(row),
        )
        async for row in found
    ]
