"""Keeps a step of a comparison while its worker is at it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from libs.database.unit_of_work import UnitsOfWork
from services.tpg_sync.engine.reconciling.turnstile import Pause
from services.tpg_sync.models import ReconciliationStep

log = structlog.get_logger()

BEATS: Final = 3
"""A lease is renewed so often in its time: one beat may fail without harm."""
LONGEST: Final = 20
"""So many times its lease a step is kept like this; then only by its calls, so that a worker that hangs loses it."""


@asynccontextmanager
async def kept(
    units: UnitsOfWork, step: ReconciliationStep, lease: timedelta, *, pause: Pause = asyncio.sleep
) -> AsyncIterator[None]:
    """Renew the lease of a step until its work ends. One that was lost stays lost: its next call or end is refused."""
    beating = asyncio.create_task(_beat(units, step.id, step.lease_token, lease, pause), name="reconciliation lease")
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.wait([beating])


async def _beat(units: UnitsOfWork, step_id: UUID, token: UUID | None, lease: timedelta, pause: Pause) -> None:
    for _ in range(BEATS * LONGEST):
        await pause(lease.total_seconds() / BEATS)
        try:
            await renew(units, step_id, token, lease)
        except (SQLAlchemyError, OSError) as error:
            log.warning("lease not renewed", step_id=str(step_id), error=type(error).__name__)


async def renew(units: UnitsOfWork, step_id: UUID, token: UUID | None, lease: timedelta) -> None:
    """Move the end of a lease, as long as it is this worker's."""
    async with units.begin() as uow:
        mine = (col(ReconciliationStep.id) == step_id, col(ReconciliationStep.lease_token) == token)
        until = uow.now() + lease
        await uow.session.execute(update(ReconciliationStep).where(*mine).values(lease_until=until))
