"""A run is read back with all that hangs on it, judged, and what differs is kept until it is mended."""

import asyncio
import contextvars
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.tpg_sync.commands.reconciling import reconcile_run
from services.tpg_sync.engine.reconciling.reconciler import Reconciler
from services.tpg_sync.models import Discrepancy, DiscrepancyState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.samples import enrolment


async def reconcile(desk: Desk, run_id: UUID) -> None:
    async with desk.stage.units.begin() as uow:
        await reconcile_run(uow, run_id)
    await work_off(desk)


async def work_off(desk: Desk) -> None:
    reconciler = Reconciler(desk.stage.runtime, desk.client, desk.owners, pause=_pause(desk))

    async def all_due() -> int:
        while await reconciler.turn():
            pass
        return 0

    await asyncio.create_task(all_due(), context=contextvars.Context())


def _pause(desk: Desk) -> Any:
    from datetime import timedelta

    async def pause(seconds: float) -> None:
        desk.advance(timedelta(seconds=seconds))

    return pause


async def discrepancies(desk: Desk) -> Sequence[Discrepancy]:
    statement = select(Discrepancy).where(col(Discrepancy.state) != DiscrepancyState.RESOLVED)
    async with desk.stage.units.reading() as uow:
        return (await uow.session.execute(statement)).scalars().all()


async def test_a_run_and_its_places_that_are_as_sent_show_nothing(desk: Desk) -> None:
    run_id = await desk.publish()
    for number in range(3):
        await desk.enrol(enrolment(number))
    await desk.work(6)
    await reconcile(desk, run_id)
    assert [(row.code, row.fields) for row in await discrepancies(desk)] == []


async def test_a_changed_email_is_a_drift_of_the_place(desk: Desk) -> None:
    run_id = await desk.publish()
    await desk.enrol(enrolment(0))
    await desk.work(6)
    [there] = desk.remote_enrolments
    changed = there.model_copy(update={"trainee": there.trainee.model_copy(update={"email": "other@example.com"})})
    desk.gateway.store.keep(records=[changed])
    await reconcile(desk, run_id)
    [row] = await discrepancies(desk)
    assert (row.code, row.verdict, row.fields) == ("ENR-05", "drift", ["trainee.emailAddress"])
