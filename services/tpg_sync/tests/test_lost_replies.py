"""Never twice: every way a reply can be lost, against a simulator that stores first and then fails."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from infra.tpg_simulator.faults import Kind
from services.tpg_sync.engine.records.run import RunDealings
from services.tpg_sync.models import JobState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.samples import run, session

ENOUGH = 120


@pytest.fixture
def knobs() -> dict[str, Any]:
    return {"tpg_total_timeout": timedelta(milliseconds=300), "sync_senders": 8}


@pytest.mark.parametrize("kind", [Kind.HANG_AFTER, Kind.DROP_AFTER, Kind.ERROR_AFTER])
async def test_a_create_that_took_effect_is_found_not_repeated(desk: Desk, kind: Kind) -> None:
    desk.order(kind, operation="C1", times=1, delay_s=1.0, status=503)
    run_id = await desk.publish()
    await desk.work(ENOUGH)
    assert len(desk.remote_runs) == 1
    assert desk.gateway.store.counts["runs_created"] == 1
    assert desk.gateway.store.counts.get("runs_refused_as_duplicate", 0) == 0
    assert (await desk.states(run_id))[0] == ("run.publish", "succeeded")
    assert (await desk.told())[:3] == ["sync.queued", "sync.verifying", "sync.succeeded"]
    assert None not in (await desk.record(run_id)).parts.values(), "found with its sessions"


@pytest.mark.parametrize("kind", [Kind.HANG_BEFORE, Kind.DROP_BEFORE, Kind.ERROR_BEFORE])
async def test_a_create_that_did_not_take_effect_is_sent_again_after_looking(desk: Desk, kind: Kind) -> None:
    desk.order(kind, operation="C1", times=1, delay_s=1.0, status=503)
    run_id = await desk.publish()
    await desk.work(ENOUGH)
    assert len(desk.remote_runs) == 1
    [publish, *_] = await desk.jobs(run_id)
    assert publish.state is JobState.SUCCEEDED
    assert publish.attempt == 1, "the attempt that failed stays counted"
    operations = [attempt.operation for attempt in await desk.attempts()]
    assert operations[:3] == ["publish_runs", "list_runs", "publish_runs"]


async def test_not_found_proves_nothing_inside_the_visibility_window(desk: Desk) -> None:
    # given a gateway that shows a new run only after ten minutes, and a window that knows it
    desk.gateway.set_switches({"visibility.delay_s": 600})
    desk.stage.runtime.settings.sync_visibility_window = timedelta(minutes=15)
    desk.order(Kind.DROP_AFTER, operation="C1", times=1)
    run_id = await desk.publish()
    # when five minutes have passed
    await desk.work(60, step=timedelta(seconds=5))
    # then it is still looked for
    assert (await desk.states(run_id))[0] == ("run.publish", "verifying")
    # and found once it shows
    await desk.work(200, step=timedelta(seconds=5))
    assert desk.gateway.store.counts["runs_created"] == 1
    assert (await desk.states(run_id))[0] == ("run.publish", "succeeded")


async def test_a_late_duplicate_refusal_is_looked_into_before_it_is_believed(desk: Desk) -> None:
    # given a run that took effect but stays invisible for longer than the window we trust
    desk.gateway.set_switches({"visibility.delay_s": 60})
    desk.order(Kind.DROP_AFTER, operation="C1", times=1)
    run_id = await desk.publish()
    # when it is sent again and refused as "already exists"
    await desk.work(ENOUGH, step=timedelta(seconds=3))
    # then our own run is found behind that refusal
    assert desk.gateway.store.counts["runs_created"] == 1
    assert desk.gateway.store.counts["runs_refused_as_duplicate"] >= 1
    assert (await desk.states(run_id))[0] == ("run.publish", "succeeded")


async def test_a_run_made_while_another_is_looked_for_is_not_taken_for_a_changed_copy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a create that was lost, when a run of the same dates is made during the look, then nobody is refused."""
    desk.order(Kind.DROP_BEFORE, operation="C1", times=1)
    lost = await desk.publish(run(run_id=UUID(int=1), schedule_info="Class 1", sessions=()))
    list_runs = RunDealings._runs
    made: list[UUID] = []

    async def meanwhile(dealings: RunDealings, *asked: Any) -> Any:
        if not made:
            made.append(await desk.publish(run(run_id=UUID(int=2), schedule_info="Class 2", sessions=())))
            assert await desk.engine.turn() == 1
        return await list_runs(dealings, *asked)

    monkeypatch.setattr(RunDealings, "_runs", meanwhile)
    await desk.work(ENOUGH)
    assert {*await desk.states(lost), *await desk.states(made[0])} == {("run.publish", "succeeded")}
    assert desk.gateway.store.counts["runs_created"] == 2


async def test_two_equal_runs_lost_at_once_are_told_apart_by_their_sessions(desk: Desk) -> None:
    desk.order(Kind.DROP_AFTER, operation="C1", times=2)
    morning = run(run_id=UUID(int=1), sessions=(session(1),))
    evening = run(
        run_id=UUID(int=2),
        sessions=(session(2, start_time=session(1).end_time, end_time=session(1).end_time.replace(hour=16)),),
    )
    for one in (morning, evening):
        await desk.publish(one)
    await desk.work(ENOUGH)
    names = {one: (await desk.record(one)).parts for one in (morning.run_id, evening.run_id)}
    by_session = {stored.live_sessions[0].start_time: stored.run_id for stored in desk.remote_runs}
    assert len(desk.remote_runs) == 2
    assert names[morning.run_id] == {str(UUID(int=101)): f"TGS-2026000123-{by_session['09:00']}-S1"}
    assert names[evening.run_id] == {str(UUID(int=102)): f"TGS-2026000123-{by_session['12:00']}-S1"}


async def test_a_run_someone_else_made_on_the_same_dates_is_for_a_person_to_judge(desk: Desk) -> None:
    # given a run on the same dates, made by hand in the portal
    sessions = tuple(one.model_copy(update={"session_id": UUID(int=900 + one.sequence)}) for one in run().sessions)
    other = run(run_id=UUID(int=9), intake_size=7, sessions=sessions)
    await desk.publish(other)
    await desk.work(5)
    async with desk.stage.units.begin() as uow:
        connection = await uow.session.connection()
        await connection.exec_driver_sql("update tpg_sync.sync_record set remote_id = null")
    # when ours never arrives, and its reply is lost
    desk.order(Kind.DROP_BEFORE, operation="C1", times=1)
    mine = await desk.publish(run())
    await desk.work(ENOUGH)
    # then nothing is sent before a person has looked
    [job] = await desk.jobs(mine)
    assert (job.state, job.error_code) == (JobState.REJECTED, "remote_differs")
    assert [hint["field"] for hint in job.hints] == ["intakeSize"]
    assert desk.gateway.store.counts["runs_created"] == 1


@pytest.mark.parametrize("kind", [Kind.DROP_AFTER, Kind.DROP_BEFORE])
async def test_an_edit_that_adds_a_session_adds_it_once(desk: Desk, kind: Kind) -> None:
    run_id = await desk.publish()
    await desk.work(5)
    desk.order(kind, operation="C2", times=1)
    added = session(3, start_on=date(2026, 3, 24), end_on=date(2026, 3, 24))
    await desk.change(run_id, sessions=(*run().sessions, added))
    await desk.work(ENOUGH)
    [remote] = desk.remote_runs
    assert len(remote.live_sessions) == 3
    assert len((await desk.record(run_id)).parts) == 3
    assert desk.gateway.store.counts["runs_edited"] == 1


async def test_an_edit_that_adds_nothing_is_simply_repeated(desk: Desk) -> None:
    run_id = await desk.publish()
    await desk.work(5)
    desk.order(Kind.DROP_AFTER, operation="C2", times=1)
    await desk.change(run_id, intake_size=28)
    await desk.work(ENOUGH)
    assert desk.remote_runs[0].content["intakeSize"] == 28
    assert "list_runs" not in [attempt.operation for attempt in await desk.attempts()]


async def test_reads_that_fail_while_looking_use_no_attempt_and_decide_nothing(desk: Desk) -> None:
    desk.order(Kind.DROP_AFTER, operation="C1", times=1)
    desk.order(Kind.ERROR_BEFORE, operation="C5", times=3, status=500)
    run_id = await desk.publish()
    await desk.work(600, step=timedelta(seconds=3))
    [publish, *_] = await desk.jobs(run_id)
    assert (publish.state, publish.attempt) == (JobState.SUCCEEDED, 1)
    assert desk.gateway.store.counts["runs_created"] == 1


async def test_timeout_after_accept_on_two_hundred_creates_ends_with_two_hundred_runs(desk: Desk) -> None:
    """Row 22: every single create is accepted and its reply withheld."""
    desk.order(Kind.DROP_AFTER, operation="C1", times=170)
    desk.order(Kind.HANG_AFTER, operation="C1", times=30, skip=170, delay_s=0.4)
    for number in range(200):
        await desk.publish(run(run_id=UUID(int=1_000 + number), schedule_info=f"Class {number}", sessions=()))
    for _ in range(60):
        await desk.work(10, step=timedelta(seconds=30))
        if all(job.finished_at for job in await desk.jobs()):
            break
    jobs = await desk.jobs()
    assert [job.state for job in jobs] == [JobState.SUCCEEDED] * 200
    assert len(desk.remote_runs) == 200
    assert desk.gateway.store.counts["runs_created"] == 200
    assert desk.gateway.store.counts.get("runs_refused_as_duplicate", 0) == 0
    assert len({job.remote_ref for job in jobs}) == 200
