"""What has no event of its own to happen on: deadlines of moved runs, and freedom that nobody noticed."""

from uuid import UUID

from libs.database.unit_of_work import UnitsOfWork
from services.tpg_sync.commands.dating import date_jobs
from services.tpg_sync.commands.waiting import sweep_waiting
from services.tpg_sync.settings import SyncSettings


async def tend(units: UnitsOfWork, settings: SyncSettings) -> int:
    """Both, in small transactions; safe to repeat and to run in several workers. Returns how many jobs were dated."""
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
