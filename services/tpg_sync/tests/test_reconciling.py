"""Comparisons are planned for every day, spread out, and survive their worker."""

import asyncio
import contextvars
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select
from sqlmodel import col

from libs.contracts.course import RunStatus
from services.tpg_sync.commands.reconciling import waiting_steps
from services.tpg_sync.engine.reconciling.keeping import kept, renew
from services.tpg_sync.models import Reconciliation, ReconciliationStep, RunCalendar, StepState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.reconciling import reconcile, reconciler, turn, unresolved
from services.tpg_sync.tests.samples import RUN, enrolment, run

LEASE = timedelta(seconds=30)


async def planned(desk: Desk) -> list[ReconciliationStep]:
    async with desk.stage.units.reading() as uow:
        found = await uow.session.execute(select(ReconciliationStep).order_by(col(ReconciliationStep.not_before)))
        return list(found.scalars())


async def plan(desk: Desk) -> bool:
    return await asyncio.create_task(reconciler(desk).plan(), context=contextvars.Context())


async def several(desk: Desk, count: int = 3) -> list[UUID]:
    made = [
        await desk.publish(run(run_id=UUID(int=10 + number), schedule_info=f"Run {number}", sessions=()))
        for number in range(count)
    ]
    await desk.work(4)
    return made


async def test_a_run_and_its_places_that_are_as_sent_show_nothing(desk: Desk) -> None:
    run_id = await desk.publish()
    for number in range(3):
        await desk.enrol(enrolment(number))
    await desk.work(6)
    await reconcile(desk, run_id)
    assert await unresolved(desk) == []


async def test_each_open_run_is_planned_once_a_day_and_spread_out(desk: Desk) -> None:
    runs = await several(desk)
    assert await plan(desk)
    assert not await plan(desk)
    steps = await planned(desk)
    assert sorted(step.run_id for step in steps if step.run_id) == sorted(runs)
    assert [step.course_reference for step in steps if step.course_reference] == ["TGS-2026000123"]
    assert len({step.not_before for step in steps}) == len(steps)
    spread = desk.stage.runtime.settings.sync_reconcile_spread
    assert steps[-1].not_before - steps[0].not_before <= spread
    desk.advance(spread)
    await turn(desk)
    assert {step.state for step in await planned(desk)} == {StepState.DONE}
    desk.advance(timedelta(days=1))
    assert await plan(desk)


@pytest.mark.parametrize(
    ("changed", "watched"),
    [
        ({"status": RunStatus.CLOSED}, False),
        ({"end_on": date(2026, 2, 1)}, False),
        ({"end_on": date(2026, 2, 20)}, True),
        ({"status": RunStatus.ENDED}, True),
        ({"status": RunStatus.CANCELLED}, True),
    ],
)
async def test_a_run_is_watched_until_closed_or_two_weeks_over(
    desk: Desk, changed: dict[str, Any], *, watched: bool
) -> None:
    [run_id] = await several(desk, 1)
    async with desk.stage.units.begin() as uow:
        calendar = await uow.get(RunCalendar, run_id)
        for name, value in changed.items():
            setattr(calendar, name, value)
    assert await plan(desk)
    assert any(step.run_id == run_id for step in await planned(desk)) is watched


async def test_a_step_whose_worker_vanished_is_done_again(desk: Desk) -> None:
    await several(desk, 1)
    await plan(desk)
    desk.advance(timedelta(hours=6))
    # given a worker that took a step and died
    async with desk.stage.units.begin() as uow:
        step = await waiting_steps(uow, uow.now())
        assert step is not None
        step.state, step.lease_token = StepState.RUNNING, uow.new_id()
        step.lease_until = uow.now() + desk.stage.runtime.settings.sync_reconcile_lease
    await turn(desk)
    assert [one.state for one in await planned(desk)].count(StepState.RUNNING) == 1
    # then another does it within the minute
    desk.advance(timedelta(minutes=1))
    await turn(desk)
    assert {one.state for one in await planned(desk)} == {StepState.DONE}
    async with desk.stage.units.reading() as uow:
        [made] = (await uow.session.execute(select(Reconciliation))).scalars()
        assert (made.state, made.steps_done) == ("done", made.steps)


async def leased(desk: Desk) -> ReconciliationStep:
    """A step as a worker takes it."""
    async with desk.stage.units.begin() as uow:
        step = await waiting_steps(uow, uow.now())
        assert step is not None
        step.state, step.lease_token = StepState.RUNNING, uow.new_id()
        step.lease_until = uow.now() + LEASE
    return step


async def test_a_worker_keeps_its_step_however_long_an_owner_takes(desk: Desk) -> None:
    await several(desk, 1)
    await plan(desk)
    desk.advance(timedelta(hours=6))
    step, beats = await leased(desk), asyncio.Queue[float]()

    async def pause(seconds: float) -> None:
        await beats.put(seconds)
        desk.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    # when its work takes longer than its lease, without a single call
    async with kept(desk.stage.units, step, LEASE, pause=pause):
        for _ in range(5):
            await beats.get()
    # then it was renewed all the time, and nobody else was let at it
    [now] = [one for one in await planned(desk) if one.id == step.id]
    assert now.lease_until is not None
    assert now.lease_until > desk.stage.clock.now()
    assert now.lease_until > (step.lease_until or now.lease_until)


async def test_a_lease_that_was_lost_is_not_taken_back(desk: Desk) -> None:
    await several(desk, 1)
    await plan(desk)
    desk.advance(timedelta(hours=6))
    step = await leased(desk)
    desk.advance(2 * LEASE)
    other = await leased(desk)
    assert other.id == step.id
    desk.advance(timedelta(seconds=1))
    await renew(desk.stage.units, step.id, step.lease_token, LEASE)
    [now] = [one for one in await planned(desk) if one.id == step.id]
    assert (now.lease_token, now.lease_until) == (other.lease_token, other.lease_until)


async def test_nothing_is_resolved_by_a_run_that_is_not_there(desk: Desk) -> None:
    """A run that is gone hides what hangs on it: of that nothing is known."""
    await desk.publish()
    await desk.enrol(enrolment(0))
    await desk.work(6)
    [there] = desk.remote_enrolments
    fees = there.fees.model_copy(update={"collection_status": "Full Payment"})
    desk.gateway.store.keep(records=[there.model_copy(update={"fees": fees})])
    await reconcile(desk, RUN)
    assert [row.code for row in await unresolved(desk)] == ["ENR-04"]
    await reconciler(desk).show()
    assert REGISTRY.get_sample_value("tms_sync_discrepancies", {"code": "ENR-04"}) == 1
    stored = desk.remote_runs[0]
    desk.gateway.store.keep([stored.model_copy(update={"deleted": True})])
    await reconcile(desk, RUN)
    assert sorted(row.code for row in await unresolved(desk)) == ["ENR-04", "RUN-01"]
