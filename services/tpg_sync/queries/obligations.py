"""Duties asked for: the list, the work queue, and the sums over what stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Select, case, func, literal_column, select, true, tuple_
from sqlalchemy.orm import Mapped
from sqlmodel import col

from libs.contracts.tpg_sync import ObligationLevel
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.sources import singapore_day
from services.tpg_sync.models import Obligation, ObligationKey, ObligationRun, ObligationState, ObligationSum
from services.tpg_sync.models.obligation import KEPT, PRESSING, STANDS
from services.tpg_sync.models.obligation_sum import week_of

AGES: Final = (1, 5, 9)
"""Singapore weeks, the present one included, by which duties are counted: arisen this week, in the four before, ..."""
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
    due_from: datetime | None = None
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
        if self.state is not None:
            found.append(col(Obligation.state) == self.state)
        else:
            found.append(kept() if self.key is ObligationKey.RECORD_RETENTION else stands())
        if self.older_than_days is not None:
            found.append(col(Obligation.trigger_at) <= now - timedelta(days=self.older_than_days))
        if self.due_from is not None:
            found.append(col(Obligation.due_at) >= self.due_from)
        if self.due_until is not None:
            found.append(col(Obligation.due_at) < self.due_until)
        if self.staff is not None:
            found.append(of_staff(self.staff))
        return tuple(found)


def stands() -> ColumnElement[bool]:
    """What somebody still has to look at; in the very words of the partial indexes."""
    return literal_column(f"({STANDS})", Boolean)


def kept() -> ColumnElement[bool]:
    """What is only kept until its last day, likewise."""
    return literal_column(f"({KEPT})", Boolean)


def pressing() -> ColumnElement[bool]:
    """What is amber or red, likewise."""
    return literal_column(f"({PRESSING})", Boolean)


def of_staff(user_id: UUID) -> ColumnElement[bool]:
    """Whether the account teaches or assesses the duty's run."""
    return col(Obligation.run_id).in_(_runs_of(user_id))


def _runs_of(user_id: UUID) -> Select[UUID]:
    return select(col(ObligationRun.run_id)).where(col(ObligationRun.staff).contains([user_id]))


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
    """Everything that stands, from the runs' own sums."""
    this_week = week_of(singapore_day(uow.now()))
    young = [(col(ObligationSum.week) > this_week - weeks, place) for place, weeks in enumerate(AGES)]
    age = case(*young, else_=len(AGES)).label("age")
    groups = (col(ObligationSum.key), col(ObligationSum.level), col(ObligationSum.breached), age)
    sums = (
        func.sum(col(ObligationSum.duties)),
        func.sum(col(ObligationSum.money_cents)),
        func.min(col(ObligationSum.next_due_at)),
    )
    query = select(*groups, *sums).where(_summed(staff)).group_by(*groups)
    return [
        Cell(row[0], row[1], row[2], row[3], int(row[4]), int(row[5]), row[6])
        for row in (await uow.session.execute(query)).all()
    ]


async def worst_runs(uow: UnitOfWork, *, staff: UUID | None = None) -> Sequence[RunCell]:
    """The runs with most money at risk in what is amber or red."""
    level, duties = col(ObligationSum.level), func.sum(col(ObligationSum.duties))
    money = func.sum(col(ObligationSum.money_cents))
    amber, red = (func.coalesce(duties.filter(level == one), 0) for one in (ObligationLevel.AMBER, ObligationLevel.RED))
    breached = func.coalesce(duties.filter(col(ObligationSum.breached)), 0)
    next_due = func.min(col(ObligationSum.next_due_at))
    query = (
        select(col(ObligationSum.run_id), amber, red, breached, money, next_due)
        .where(_summed(staff), level != ObligationLevel.GREEN)
        .group_by(col(ObligationSum.run_id))
        .order_by(money.desc(), col(ObligationSum.run_id))
        .limit(RUNS_SHOWN)
    )
    return [
        RunCell(run_id, int(ambers), int(reds), int(missed), int(cents), due_at)
        for run_id, ambers, reds, missed, cents, due_at in (await uow.session.execute(query)).all()
    ]


def _summed(staff: UUID | None) -> ColumnElement[bool]:
    return true() if staff is None else col(ObligationSum.run_id).in_(_runs_of(staff))
