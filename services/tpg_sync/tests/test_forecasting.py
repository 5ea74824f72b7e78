"""Which duties only wait for TPGateway, and which for a person, as foretelling reads them from jobs and files."""

import random
from datetime import timedelta
from uuid import UUID

import pytest

from infra.tpg_simulator.faults import Kind
from services.tpg_sync.models import ObligationKey
from services.tpg_sync.policy.simulating import Supposed
from services.tpg_sync.queries.forecasting import backlog, standing_duties
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.outage_play import Play
from services.tpg_sync.tests.samples import ENROLMENT, RUN, enrolment, run

K = ObligationKey
OF_TPGATEWAY = {K.RUN_PUBLISH, K.SESSIONS_SUBMIT, K.ENROLMENT_SUBMIT, K.ENROLMENT_ACK, K.FEE_STATUS_INITIAL}


@pytest.fixture
def play(desk: Desk) -> Play:
    return Play(desk, random.Random(1))


async def duties(desk: Desk) -> list[Supposed]:
    async with desk.stage.units.reading() as uow:
        return [*await standing_duties(uow)]


async def on_their_way(desk: Desk) -> set[ObligationKey]:
    return {one.key for one in await duties(desk) if one.on_its_way}


async def run_and_place(desk: Desk, play: Play) -> None:
    """Both are published and owed; nothing has left yet."""
    await desk.publish()
    await desk.enrol()
    await play.hear_ourselves()


async def test_what_is_handed_over_is_on_its_way_and_what_people_owe_is_not(desk: Desk, play: Play) -> None:
    await run_and_place(desk, play)
    assert await on_their_way(desk) == OF_TPGATEWAY
    assert {one.key for one in await duties(desk)} > OF_TPGATEWAY, "the run waits to be confirmed"
    async with desk.stage.units.reading() as uow:
        waiting = await backlog(uow)
    assert (waiting.jobs, waiting.attempts) == (2, 0)


async def test_a_run_that_is_refused_keeps_all_that_is_on_it(desk: Desk, play: Play) -> None:
    # given TPGateway refuses the run
    await desk.publish(run(schedule_info="x" * 400))
    await desk.enrol()
    # when
    await desk.work(20)
    await play.hear_ourselves()
    # then nothing of it goes by itself
    assert ("run.publish", "rejected") in await desk.states(RUN)
    assert await on_their_way(desk) == set()


async def test_a_place_that_is_refused_keeps_what_is_its_own(desk: Desk, play: Play) -> None:
    # given a place that TPGateway refuses, and one that still waits
    await run_and_place(desk, play)
    await desk.work(3)
    other = UUID(int=ENROLMENT.int + 1)
    desk.order(Kind.ERROR_BEFORE, operation="C6", status=400, times=1)
    await desk.work(20)
    desk.outage(how="error", status=503)
    await desk.enrol(enrolment(1))
    await play.hear_ourselves()
    # then
    assert [state for _, state in await desk.states(ENROLMENT)] == ["rejected"]
    ways = {one.subject_id for one in await duties(desk) if one.on_its_way}
    assert ways == {other}


async def test_a_held_lane_keeps_everything(desk: Desk, play: Play) -> None:
    desk.order(Kind.UNAUTHORISED, times=1)
    await run_and_place(desk, play)
    await desk.work(20)
    assert (await desk.lane()).held_cause == "credentials"
    assert await on_their_way(desk) == set()


async def test_a_new_run_is_taken_until_the_day_after_its_registration_opens(desk: Desk, play: Play) -> None:
    # given a run that is not there yet, whose registration opens on the second
    await run_and_place(desk, play)
    # then all that is on it is taken until that day is over in Singapore
    until = {one.taken_until for one in await duties(desk) if one.key in OF_TPGATEWAY}
    assert [f"{at:%d %H:%M}" for at in until if at is not None] == ["03 00:00"]
    # and once it is there, no matter
    await desk.work(20)
    await play.hear_ourselves()
    assert {one.taken_until for one in await duties(desk)} == {None}


async def test_rescue_takes_longer_the_more_waits_and_the_more_was_tried(desk: Desk) -> None:
    settings = desk.stage.runtime.settings
    least = settings.recovery(jobs=0, attempts=0)
    assert least >= settings.sync_breaker_open_cap + settings.sync_ramp
    assert settings.recovery(jobs=1_000, attempts=0) == least + timedelta(seconds=3_000 / settings.tpg_rate_per_s)
    assert settings.recovery(jobs=0, attempts=3) > least
    assert settings.recovery(jobs=0, attempts=99) == settings.recovery(jobs=0, attempts=8), "that is all there are"
