"""Workers killed for real, at every failpoint: nothing is lost and nothing is sent twice."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.contracts.submissions import RunSubmission
from libs.testing.clock import TestClock
from services.tpg_sync.models import JobState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.samples import PEOPLE, enrolment, run


class Workers:
    """Real engine processes on the desk's database and simulator."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @asynccontextmanager
    async def one(self, failpoint: str = "") -> AsyncIterator[asyncio.subprocess.Process]:
        settings = self.desk.stage.runtime.settings
        given = {
            "database_url": settings.database_url.get_secret_value(),
            "owner_url": self.desk.owner.url,
            "settings": {
                "tpg_base_url": settings.tpg_base_url,
                "tpg_encryption_key": settings.tpg_encryption_key.get_secret_value(),
                "tpg_uen": settings.tpg_uen,
                "tpg_rate_per_s": 1000,
                "tpg_burst": 1000,
                "sync_lease": 1.0,
                "sync_verify_delay": 0.1,
                "sync_rescue_every": 0.2,
                "sync_poll": 0.02,
                "sync_sessions_delay": 0.05,
                "sync_breaker_failures": 1000,
                "sync_breaker_share": 1.1,
                "sync_backoff_start": 0.2,
            },
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.tpg_sync.tests.worker_process",
            json.dumps(given),
            env={**os.environ, "TMS_FAILPOINTS": failpoint},
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
            await process.wait()

    async def until(self, done: Any, *, within: float = 40.0) -> None:
        """Poll until `done()` says so."""
        deadline = time.monotonic() + within
        while not await done():
            assert time.monotonic() < deadline, await self.desk.states()
            await asyncio.sleep(0.05)


@pytest.fixture
def clock() -> TestClock:
    """The wall's time, since the killed processes live by it too."""
    return TestClock(datetime.now(UTC))


def future_runs(count: int) -> list[RunSubmission]:
    today = datetime.now(UTC).date()
    dates: dict[str, date] = {
        "registration_opens_on": today + timedelta(days=5),
        "registration_closes_on": today + timedelta(days=20),
        "start_on": today + timedelta(days=30),
        "end_on": today + timedelta(days=31),
    }
    return [
        run(run_id=UUID(int=1_000 + number), schedule_info=f"Class {number}", sessions=(), **dates)
        for number in range(count)
    ]


@pytest.mark.fault
@pytest.mark.parametrize("failpoint", ["sync.claimed", "sync.sent", "sync.replied"])
async def test_a_worker_killed_at_any_point_loses_and_repeats_nothing(desk: Desk, failpoint: str) -> None:
    # given ten runs to publish
    desk.gateway.clock.reset()
    workers = Workers(desk)
    runs = future_runs(10)
    for one in runs:
        await desk.publish(one)
    # when a worker dies in the middle of its first batch
    async with workers.one(f"{failpoint}=exit") as doomed:
        await asyncio.wait_for(doomed.wait(), 30)
        assert doomed.returncode not in (0, None)

    # and another takes over
    async def all_over() -> bool:
        return all(job.finished_at for job in await desk.jobs())

    async with workers.one():
        await workers.until(all_over)
    # then every run stands at TPGateway once
    assert {job.state for job in await desk.jobs()} == {JobState.SUCCEEDED}
    assert desk.gateway.store.counts["runs_created"] == len(runs)
    assert desk.gateway.store.counts.get("runs_refused_as_duplicate", 0) == 0
    assert len({job.remote_ref for job in await desk.jobs()}) == len(runs)


@pytest.mark.fault
@pytest.mark.parametrize("failpoint", ["sync.claimed", "sync.sent", "sync.replied"])
async def test_a_worker_killed_while_it_enrols_enrols_nobody_twice(desk: Desk, failpoint: str) -> None:
    # given two runs at TPGateway, and five people to enrol on each
    desk.gateway.clock.reset()
    workers = Workers(desk)
    for one in future_runs(2):
        await desk.publish(one)
    while await desk.engine.turn():
        pass
    places = [
        await desk.enrol(enrolment(person, enrolment_id=UUID(int=70_000 + 10 * place + person), run_id=run_id))
        for place, run_id in enumerate(desk.owner.runs)
        for person in range(len(PEOPLE))
    ]
    # when a worker dies in the middle of its first batch
    async with workers.one(f"{failpoint}=exit") as doomed:
        await asyncio.wait_for(doomed.wait(), 30)
        assert doomed.returncode not in (0, None)

    # and another takes over
    async def all_over() -> bool:
        return all(job.finished_at for job in await desk.jobs())

    async with workers.one():
        await workers.until(all_over)
    # then everybody is enrolled once
    assert {job.state for job in await desk.jobs()} == {JobState.SUCCEEDED}
    assert desk.gateway.store.counts["enrolments_created"] == len(places)
    assert desk.gateway.store.enrolments.doubles(fallen_too=True) == []
