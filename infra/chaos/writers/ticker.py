"""Ticks of the sample service: whatever its transactions committed must be heard, exactly once and in order."""

import asyncio
import random
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infra.chaos.diary import Diary
from libs.contracts.event import Event
from libs.database.unit_of_work import UnitsOfWork
from libs.telemetry.context import Context, entered
from libs.testing.sample.events import SampleTicked

ROLLED_BACK, FAILING = 0.05, 0.02
PAUSE_S = 0.05
AGAIN_S = 0.3
Telling = Callable[[UUID, int, str], Event]
"""Says a tick: of what, the how manieth, and how its handler is to behave."""


def told_plainly(sample_id: UUID, number: int, behave: str) -> Event:
    return SampleTicked(sample_id=sample_id, number=number, behave=behave)


class ChangedMind(Exception):
    """The business rolls back after all; nothing of it may ever be heard."""


async def tick_on(
    units: UnitsOfWork,
    sample_id: UUID,
    chance: random.Random,
    diary: Diary,
    stop: asyncio.Event,
    telling: Telling = told_plainly,
) -> None:
    """One aggregate's life. After a lost reply the log itself says whether the tick was committed."""
    while not stop.is_set():
        try:
            number = await _next_number(units, sample_id)
            behave = "once" if chance.random() < FAILING else "ok"
            await _tick(units, telling(sample_id, number, behave), roll_back=chance.random() < ROLLED_BACK)
            diary.done["ticks"] += 1
            diary.done["ticks made to fail once"] += behave == "once"
        except ChangedMind:
            diary.done["ticks rolled back"] += 1
        except (SQLAlchemyError, OSError, TimeoutError):
            await asyncio.sleep(AGAIN_S)
        await asyncio.sleep(PAUSE_S)


async def _next_number(units: UnitsOfWork, sample_id: UUID) -> int:
    async with units.reading() as uow:
        query = text("select coalesce(max(aggseq), 0) + 1 from sample.event where aggtype = 'sample' and aggid = :id")
        return int((await uow.session.execute(query, {"id": sample_id})).scalar_one())


async def _tick(units: UnitsOfWork, event: Event, *, roll_back: bool) -> None:
    with entered(Context(correlation_id=units.ids.new())):
        async with units.begin() as uow:
            uow.emit(event)
            if roll_back:
                raise ChangedMind
