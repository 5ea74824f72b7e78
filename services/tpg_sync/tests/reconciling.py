"""Comparisons in tests: asked for, worked off as a worker would, and what they left."""

import asyncio
import contextvars
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.tpg_sync.commands.reconciling import reconcile_run
from services.tpg_sync.engine.reconciling.reconciler import Reconciler
from services.tpg_sync.models import Discrepancy, DiscrepancyState
from services.tpg_sync.tests.desk import Desk


def reconciler(desk: Desk) -> Reconciler:
    """Its pauses let the test's time pass."""

    async def pause(seconds: float) -> None:
        desk.advance(timedelta(seconds=seconds))

    return Reconciler(desk.stage.runtime, desk.client, desk.owners, pause=pause)


async def reconcile(desk: Desk, run_id: UUID) -> None:
    """Compare one run now."""
    desk.advance(timedelta(seconds=1))
    async with desk.stage.units.begin() as uow:
        await reconcile_run(uow, run_id)
    await turn(desk)


async def turn(desk: Desk, *, adopt: bool = False) -> int:
    """Do every step that is due, outside every journey, as the worker does; how many were adopted, when asked to."""
    worker = reconciler(desk)

    async def all_due() -> int:
        while await worker.turn():
            pass
        return await worker.adopt() if adopt else 0

    return await asyncio.create_task(all_due(), context=contextvars.Context())


async def unresolved(desk: Desk) -> Sequence[Discrepancy]:
    """What is open, looked into or accepted, oldest first."""
    statement = select(Discrepancy).where(col(Discrepancy.state) != DiscrepancyState.RESOLVED)
    async with desk.stage.units.reading() as uow:
        return (await uow.session.execute(statement.order_by(col(Discrepancy.id)))).scalars().all()
