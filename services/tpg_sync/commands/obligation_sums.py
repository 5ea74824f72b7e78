"""Adds the duties of runs up anew, in the transaction that changed them."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import Boolean, Integer, cast, delete, func, insert, literal_column, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import Obligation, ObligationSum
from services.tpg_sync.models.obligation import STANDS
from services.tpg_sync.models.obligation_sum import THURSDAY

AHEAD_S: Final = 8 * 3600
"""Singapore's clocks before UTC's."""
DAY_S: Final = 86_400


async def add_up(uow: UnitOfWork, run_ids: Collection[UUID]) -> None:
    """Make the sums of these runs those of their duties. The caller holds the runs' locks."""
    await uow.session.flush()
    await uow.session.execute(delete(ObligationSum).where(col(ObligationSum.run_id).in_(run_ids)))
    local_s = func.extract("epoch", col(Obligation.trigger_at)) + AHEAD_S
    week = cast(func.floor((func.floor(local_s / DAY_S) + THURSDAY) / 7), Integer).label("week")
    groups = (
        col(Obligation.run_id),
        col(Obligation.key),
        col(Obligation.level),
        col(Obligation.breached),
        week,
    )
    added = (
        select(*groups, func.count(), func.sum(col(Obligation.money_cents)), func.min(col(Obligation.due_at)))
        .where(col(Obligation.run_id).in_(run_ids), literal_column(f"({STANDS})", Boolean))
        .group_by(*groups)
    )
    names = ["run_id", "key", "level", "breached", "week", "duties", "money_cents", "next_due_at"]
    await uow.session.execute(insert(ObligationSum).from_select(names, added))
