"""Workers that vanish are found by their lease, and fenced when they come back."""

from datetime import timedelta

from services.tpg_sync.engine.claim import claim
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.settle import Outcome, Rules, settle
from services.tpg_sync.models import JobState, SyncJob
from services.tpg_sync.tests.desk import Desk

LEASE = timedelta(seconds=120)


async def test_a_lease_that_ran_out_before_sending_is_simply_given_back(desk: Desk) -> None:
    await desk.publish()
    await claim(desk.stage.units, desk.stage.runtime.settings, limit=1)  # and the worker is gone
    desk.advance(LEASE + timedelta(seconds=1))
    assert await desk.engine.rescue() == 1
    [job] = await desk.jobs()
    assert (job.state, job.attempt) == (JobState.RETRY_WAIT, 0)
    await desk.work(5)
    assert len(desk.remote_runs) == 1


async def test_a_lease_that_ran_out_after_sending_is_looked_into(desk: Desk) -> None:
    await desk.publish()
    [claimed] = await claim(desk.stage.units, desk.stage.runtime.settings, limit=1)
    async with desk.stage.units.begin() as uow:
        job = await uow.get(SyncJob, claimed.job.id, for_update=True)
        job.sent_at, job.repeatable = uow.now(), False
    desk.advance(LEASE + timedelta(seconds=1))
    await desk.engine.rescue()
    [job] = await desk.jobs()
    assert (job.state, job.attempt, job.error_code) == (JobState.VERIFYING, 1, "worker_lost")
    assert [attempt.outcome for attempt in await desk.attempts()] == ["verify"]


async def test_a_live_lease_is_left_alone_however_old_the_job(desk: Desk) -> None:
    await desk.publish()
    desk.advance(timedelta(days=3))
    await claim(desk.stage.units, desk.stage.runtime.settings, limit=1)
    desk.advance(LEASE - timedelta(seconds=1))
    assert await desk.engine.rescue() == 0


async def test_a_lease_on_what_is_over_is_taken_off_and_holds_up_nobody(desk: Desk) -> None:
    """Rows an earlier version left behind: superseded at the very moment they were claimed."""
    await desk.publish()
    [claimed] = await claim(desk.stage.units, desk.stage.runtime.settings, limit=1)
    async with desk.stage.units.begin() as uow:
        job = await uow.get(SyncJob, claimed.job.id, for_update=True)
        job.state = JobState.SUPERSEDED
    desk.advance(LEASE + timedelta(seconds=1))
    assert await desk.engine.rescue() == 0
    [job] = await desk.jobs()
    assert (job.state, job.lease_token, job.lease_until) == (JobState.SUPERSEDED, None, None)


async def test_a_worker_that_comes_back_late_writes_nothing(desk: Desk) -> None:
    await desk.publish()
    [claimed] = await claim(desk.stage.units, desk.stage.runtime.settings, limit=1)
    desk.advance(LEASE + timedelta(seconds=1))
    await desk.engine.rescue()
    late = Outcome(claimed=claimed, decision=Decision(Next.REJECT, error_class="refused", error_code="late"))
    async with desk.stage.units.begin() as uow:
        rules = Rules(desk.stage.runtime.settings, desk.stage.runtime.chance)
        assert await settle(uow, [late], rules) == [False]
    [job] = await desk.jobs()
    assert job.error_code != "late"
