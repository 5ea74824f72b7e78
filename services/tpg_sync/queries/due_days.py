"""What is due when: duties counted by the Singapore day on which they must be done at the latest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Date, func, select, text
from sqlmodel import col

from libs.contracts.tpg_sync import ObligationLevel
from libs.database.unit_of_work import UnitOfWork
from libs.sources import SINGAPORE, singapore_day
from services.tpg_sync.models import Obligation
from services.tpg_sync.queries.obligations import of_staff, stands

BEFORE_TOO_LATE: Final = timedelta(microseconds=1)
"""`due_at` is the first instant that is too late, mostly a midnight: the day of a duty is the one that ends there."""


@dataclass(frozen=True, slots=True)
class DueDay:
    """So many duties of one level on one day; None stands for all days before today."""

    day: date | None
    level: ObligationLevel
    count: int


async def due_by_day(uow: UnitOfWork, *, days: int, staff: UUID | None = None) -> Sequence[DueDay]:
    """What stands and is due until so many days from today, today included."""
    today = singapore_day(uow.now())
    end = datetime.combine(today + timedelta(days=days), time(), SINGAPORE)
    local = func.timezone(text("'Asia/Singapore'"), col(Obligation.due_at) - BEFORE_TOO_LATE)
    day = func.nullif(func.greatest(local.cast(Date), today - timedelta(days=1)), today - timedelta(days=1)).label(
        "day"
    )
    query = (
        select(day, col(Obligation.level), func.count())
        .where(stands(), col(Obligation.due_at) <= end)
        .group_by(day, col(Obligation.level))
    )
    if staff is not None:
        query = query.where(of_staff(staff))
    return [DueDay(*row) for row in (await uow.session.execute(query)).all()]
