"""How days began."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from services.tpg_sync.models import DayStart


async def day_starts(uow: UnitOfWork, *, days: int) -> Sequence[DayStart]:
    """Those of the last days, today's included, oldest first."""
    since = singapore_day(uow.now()) - timedelta(days=days - 1)
    wanted = select(DayStart).where(col(DayStart.day) >= since).order_by(col(DayStart.day))
    return (await uow.session.execute(wanted)).scalars().all()
