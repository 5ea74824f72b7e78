"""Row 23: a day without TPGateway, a storm of 429, refused credentials. No attempt is used, nothing is lost."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from infra.tpg_simulator.faults import Kind
from libs.access.permissions import Role
from services.tpg_sync.models import BreakerState, JobState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.samples import run

RUNS = 40


@pytest.fixture
def knobs() -> dict[str, Any]:
    return {"tpg_rate_per_s": 10.0, "tpg_burst": 1.0, "tpg_total_timeout": timedelta(milliseconds=500)}


async def publish_many(desk: Desk, count: int = RUNS) -> list[UUID]:
    """Runs without sessions, the later made the sooner due."""
    made = []
    for number in range(count):
        start = date(2026, 3, 23) + timedelta(days=count - number)
        made.append(
            await desk.publish(
                run(
                    run_id=UUID(int=1_000 + number),
                    schedule_info=f"Class {number}",
                    sessions=(),
                    registration_opens_on=date(2026, 3, 10),
                    start_on=start,
                    end_on=start,
                )
            )
        )
    return made


async def calls_per_second(desk: Desk) -> dict[datetime, int]:
    seconds: dict[datetime, int] = {}
    for entry in await desk.attempts():
        second = entry.started_at.replace(microsecond=0)
        seconds[second] = seconds.get(second, 0) + 1
    return seconds


async def until_done(desk: Desk, *, step: timedelta, limit: int) -> None:
    for _ in range(limit):
        await desk.work(20, step=step)
        if all(job.finished_at for job in await desk.jobs()):
            return


async def test_a_day_without_tpgateway_uses_no_attempt_and_drains_by_deadline(desk: Desk) -> None:
    # given
    desk.outage(how="error", status=503)
    made = await publish_many(desk)
    # when a whole day passes
    await desk.work(24 * 12, step=timedelta(minutes=5))
    # then the circuit is open, it was only probed, and nothing died
    probes = len(await desk.attempts())
    assert (await desk.breaker()).state is BreakerState.OPEN
    assert probes < 5 + 24 * 6 + 12, "at most the first five, the doubling, and one probe each ten minutes"
    assert {job.state for job in await desk.jobs()} <= {JobState.QUEUED, JobState.RETRY_WAIT, JobState.VERIFYING}
    assert sum(job.attempt for job in await desk.jobs()) <= 5, "only the calls before it opened count"
    # when it is back
    desk.outage(on=False)
    await until_done(desk, step=timedelta(milliseconds=100), limit=400)
    # then all of them arrive once, the most urgent first, never faster than agreed
    assert len(desk.remote_runs) == RUNS
    assert desk.gateway.store.counts["runs_created"] == RUNS
    assert (await desk.breaker()).state is BreakerState.CLOSED
    waited = set(made[:-10])
    sent = [
        entry.job_id
        for entry in await desk.attempts()
        if entry.operation == "publish_runs" and entry.outcome == "succeed"
    ]
    jobs = {job.id: job for job in await desk.jobs()}
    deadlines = [jobs[job_id].deadline_at for job_id in sent if jobs[job_id].record_id in waited]
    assert deadlines == sorted(deadlines, key=str)
    assert max((await calls_per_second(desk)).values()) <= 11


async def test_a_connection_that_is_never_made_uses_no_attempt(desk: Desk) -> None:
    desk.client._base_url = "http://127.0.0.1:9"
    await publish_many(desk, 8)
    await desk.work(60, step=timedelta(minutes=5))
    jobs = await desk.jobs()
    assert {job.attempt for job in jobs} == {0}
    assert {job.state for job in jobs} <= {JobState.QUEUED, JobState.RETRY_WAIT}


async def test_a_storm_of_429_uses_no_attempt_and_keeps_to_the_pause(desk: Desk) -> None:
    desk.order(Kind.RATE_LIMIT, times=30, retry_after_s=20)
    await publish_many(desk, 10)
    await until_done(desk, step=timedelta(milliseconds=250), limit=400)
    jobs = await desk.jobs()
    assert {(job.state, job.attempt) for job in jobs} == {(JobState.SUCCEEDED, 0)}
    refused = [entry.ended_at for entry in await desk.attempts() if entry.http_status == 429]
    assert len(refused) == 30
    assert all(later - earlier >= timedelta(seconds=20) for earlier, later in pairwise(refused))
    assert (await desk.breaker()).state is BreakerState.CLOSED, "too many is not an outage"


async def test_refused_credentials_hold_the_lane_until_a_person_releases_it(desk: Desk) -> None:
    # given
    desk.order(Kind.UNAUTHORISED, times=1)
    await publish_many(desk, 3)
    # when
    await desk.work(100)
    # then everything stands still, and nothing was used up
    assert (await desk.lane()).held_cause == "credentials"
    assert len(await desk.attempts()) == 1
    assert {job.attempt for job in await desk.jobs()} == {0}
    assert "lane.held" in await desk.told()
    # when a person has mended it
    sre = await desk.stage.client(Role.SRE)
    released = await sre.post("/api/v1/sync/lane/release", json={"reason": "new certificate uploaded"})
    assert released.status_code == 200, released.text
    await desk.work(100)
    # then all go out
    assert len(desk.remote_runs) == 3
    assert "lane.released" in await desk.told()


@pytest.mark.parametrize(("kind", "cause"), [(Kind.FORBIDDEN, "credentials"), (Kind.WRONG_KEY, "encryption")])
async def test_a_wrong_door_or_key_holds_the_lane_too(desk: Desk, kind: Kind, cause: str) -> None:
    desk.order(kind, operation="C1", times=1)
    await publish_many(desk, 2)
    await desk.work(20)
    assert (await desk.lane()).held_cause == cause


async def test_a_held_lane_can_be_probed_now_and_then(desk: Desk) -> None:
    desk.stage.runtime.settings.sync_lane_probe_every = timedelta(minutes=10)
    desk.order(Kind.UNAUTHORISED, times=3)
    await publish_many(desk, 3)
    await desk.work(40, step=timedelta(minutes=1))
    assert len(desk.remote_runs) == 3
    assert (await desk.lane()).held_cause is None
    assert [name for name in await desk.told() if name.startswith("lane.")] == ["lane.held", "lane.released"]


async def test_attempts_that_say_something_about_the_job_end_in_a_dead_letter(desk: Desk) -> None:
    # given a removal that always fails while everything else works
    run_id = await desk.publish(run(sessions=()))
    await desk.work(5)
    await desk.cancel(run_id)
    desk.order(Kind.ERROR_BEFORE, operation="C3", status=500)
    for other in range(60):
        await desk.publish(run(run_id=UUID(int=2_000 + other), schedule_info=f"Other {other}", sessions=()))
        await desk.work(3, step=timedelta(minutes=10))
    [*_, removal] = await desk.jobs(run_id)
    assert (removal.state, removal.attempt) == (JobState.DEAD_LETTERED, 8)
    assert "sync.dead_lettered" in await desk.told()
