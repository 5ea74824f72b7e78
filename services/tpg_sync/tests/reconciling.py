"""Comparisons in tests: asked for, worked off as a worker would, and what they left."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.tpg_sync.commands.reconciling import reconcile_run
from services.tpg_sync.engine.reconciling.reconciler import Reconciler
from services.tpg_sync.models import Discrepancy, DiscrepancyState
from services.tpg_sync.tests.desk import Desk

Meanwhile = Callable[[], Awaitable[object]]


def reconciler(desk: Desk, *, meanwhile: Meanwhile | None = None) -> Reconciler:
    """Its pauses let the test's time pass; `meanwhile` happens in the first of them, between two of its reads."""
    happenings = [] if meanwhile is None else [meanwhile]

    async def pause(seconds: float) -> None:
        desk.advance(timedelta(seconds=seconds))
        if happenings:
            await happenings.pop()()

    return Reconciler(desk.stage.runtime, desk.client, desk.owners, pause=pause)


async def reconcile(desk: Desk, run_id: UUID, *, meanwhile: Meanwhile | None = None) -> None:
    """Compare one run now."""
    desk.advance(timedelta(seconds=1))
    async with desk.stage.units.begin() as uow:
        await reconcile_run(uow, run_id)
    await turn(desk, meanwhile=meanwhile)


async def turn(desk: Desk, *, adopt: bool = False, meanwhile: Meanwhile | None = None) -> int:
    """Do every step that is due, outside every journey, as the worker does; how many were adopted, when asked to."""
    worker = reconciler(desk, meanwhile=meanwhile)

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
