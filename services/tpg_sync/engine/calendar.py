"""Time moves the levels of duties: this wakes when the next one changes, judges what is due, and sleeps again."""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from libs.chassis.runtime import Runtime
from libs.database.unit_of_work import UnitsOfWork
from services.tpg_sync.commands.dating import forget_dates
from services.tpg_sync.commands.obligations import judge_by_rules, judge_for, move_levels_on
from services.tpg_sync.models import Obligation, ObligationProvider
from services.tpg_sync.policy import names_of_rules
from services.tpg_sync.settings import ProviderType, SyncSettings

SHORTEST_NAP: Final = timedelta(milliseconds=50)


async def keep_calendar_of_duties(runtime: Runtime[SyncSettings]) -> None:
    """The duty of the worker role."""
    await know_provider(runtime.units, runtime.settings.tpg_provider_type)
    await know_rules(runtime.units)
    while True:
        await turn(runtime.units)
        nap = await nap_of(runtime.units, longest=runtime.settings.compliance_nap)
        await asyncio.sleep(nap.total_seconds())


async def turn(units: UnitsOfWork) -> int:
    """Judge everything whose level changes by now, in small transactions; safe in several workers. Returns how many."""
    moved = 0
    while True:
        async with units.begin() as uow:
            found = await move_levels_on(uow)
        if not found:
            return moved
        moved += found


async def nap_of(units: UnitsOfWork, *, longest: timedelta) -> timedelta:
    """How long until the next change; `longest` bounds it, since handlers elsewhere may add an earlier one."""
    async with units.reading() as uow:
        next_at = (await uow.session.execute(select(func.min(col(Obligation.next_change_at))))).scalar_one()
        left = longest if next_at is None else next_at - uow.now()
    return min(max(left, SHORTEST_NAP), longest)


async def know_provider(units: UnitsOfWork, provider: ProviderType) -> bool:
    """Judge for this kind of provider from now on; whether that was news. All rows are reckoned anew then."""
    async with units.begin() as uow:
        known = await uow.get(ObligationProvider, 1, for_update=True)
        if known.provider_type == provider:
            return False
        known.provider_type = provider.value
        after: UUID | None = None
        while (done := await judge_for(uow, provider, after=after)) is not None:
            after = done
        return True


async def know_rules(units: UnitsOfWork) -> bool:
    """Reckon anew what a set of rules that came or went is in force for; whether there was one. Open jobs too.

    Each run in a transaction of its own: a worker that dies leaves the rest to the next one that starts.
    """
    async with units.reading() as uow:
        if (await uow.get(ObligationProvider, 1)).rules == names_of_rules():
            return False
    after, more = None, True
    while more:
        async with units.begin() as uow:
            after = await judge_by_rules(uow, after=after)
        more = after is not None
    async with units.begin() as uow:
        await forget_dates(uow)
        (await uow.get(ObligationProvider, 1, for_update=True)).rules = names_of_rules()
    return True
