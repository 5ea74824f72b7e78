"""Workers killed in the middle of a bulk repair: what differed is mended, once, and the next look finds nothing."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.access.permissions import Role
from services.tpg_sync.models import JobState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.reconciling import reconcile, unresolved
from services.tpg_sync.tests.samples import PEOPLE, enrolment
from services.tpg_sync.tests.test_crashes import Workers, clock, future_runs

__all__ = ["clock"]  # the wall's time, for processes of their own

ADDRESS_CHANGED, TAKEN_AWAY = UUID(int=1_000), UUID(int=1_001)
PORTAL = "_control/portal/enrolments"


@pytest.fixture
async def drifted(desk: Desk, gateway_url: str) -> Desk:
    """Two runs with people; on one somebody changed every address in the portal, on the other took everybody away."""
    desk.gateway.clock.reset()
    for one in future_runs(2):
        await desk.publish(one)
    for place, run_id in enumerate((ADDRESS_CHANGED, TAKEN_AWAY)):
        for person in range(len(PEOPLE)):
            await desk.enrol(enrolment(person, enrolment_id=UUID(int=70_000 + 10 * place + person), run_id=run_id))
    while await desk.engine.turn():
        pass
    remote = {run_id: int((await desk.record(run_id)).remote_id or 0) for run_id in (ADDRESS_CHANGED, TAKEN_AWAY)}
    async with httpx.AsyncClient(base_url=gateway_url) as portal:
        for there in desk.remote_enrolments:
            path = f"{PORTAL}/{there.reference}"
            if there.run_id == remote[ADDRESS_CHANGED]:
                changed = await portal.patch(path, json={"set": {"trainee.email": "other@example.com"}})
            else:
                changed = await portal.delete(path)
            changed.raise_for_status()
    for run_id in (ADDRESS_CHANGED, TAKEN_AWAY):
        await reconcile(desk, run_id)
    return desk


async def repair_all(desk: Desk, many: int) -> None:
    ops = await desk.stage.client(Role.OPS)
    wish: dict[str, Any] = {
        "filter": {},
        "action": "push",
        "reason": "ours is right",
        "dry_run": False,
        "confirm": many,
    }
    done = await ops.post("/api/v1/sync/discrepancies/resolve", json=wish)
    assert (done.status_code, done.json()["decided"]) == (200, many), done.text


@pytest.mark.fault
@pytest.mark.parametrize("failpoint", ["sync.claimed", "sync.sent", "sync.replied"])
async def test_a_worker_killed_while_it_repairs_loses_and_doubles_nothing(drifted: Desk, failpoint: str) -> None:
    # given a repair of everything that differs
    found = await unresolved(drifted)
    assert sorted({one.code for one in found}) == ["ENR-01", "ENR-05"]
    made_before = drifted.gateway.store.counts["enrolments_created"]
    await repair_all(drifted, len(found))
    workers = Workers(drifted)
    # when a worker dies in the middle of its first batch
    async with workers.one(f"{failpoint}=exit") as doomed:
        await asyncio.wait_for(doomed.wait(), 30)
        assert doomed.returncode not in (0, None)

    # and another takes over
    async def all_over() -> bool:
        return all(job.finished_at for job in await drifted.jobs())

    async with workers.one():
        await workers.until(all_over)
    # then everybody stands there once, as we have them, and the next look finds nothing
    assert {job.state for job in await drifted.jobs()} == {JobState.SUCCEEDED}
    assert drifted.gateway.store.counts["enrolments_created"] == made_before + len(PEOPLE)
    assert drifted.gateway.store.enrolments.doubles() == []
    drifted.advance(timedelta(minutes=2))  # the processes lived by the wall's time, which has gone on
    for run_id in (ADDRESS_CHANGED, TAKEN_AWAY):
        await reconcile(drifted, run_id)
    assert await unresolved(drifted) == []
