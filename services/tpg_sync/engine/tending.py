"""What has no event of its own to happen on: a new day, deadlines of moved runs, and freedom that nobody noticed."""

from uuid import UUID

from libs.database.unit_of_work import UnitsOfWork
from services.tpg_sync.commands.dating import date_jobs
from services.tpg_sync.commands.day_starts import keep_day_start
from services.tpg_sync.commands.waiting import sweep_waiting
from services.tpg_sync.settings import SyncSettings


async def tend(units: UnitsOfWork, settings: SyncSettings) -> int:
    """All of it in small transactions; safe to repeat, and in several workers. Returns how many jobs were dated."""
    async with units.begin() as uow:
        await keep_day_start(uow)
    after: UUID | None = None
    while True:
        async with units.begin() as uow:
            after = await sweep_waiting(uow, after=after)
        if after is None:
            break
    dated = 0
    while True:
        async with units.begin() as uow:
            found = await date_jobs(uow, settings.tpg_provider_type)
        if not found:
            return dated
        dated += found
