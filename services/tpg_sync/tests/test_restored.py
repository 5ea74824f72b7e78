"""After a restore from a backup TPGateway is ahead of us: what it holds is found, and nothing is created twice."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.contracts.tpg_sync import RecordType
from libs.outbox.epoch import begin_epoch
from services.tpg_sync.models import JobState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.samples import run

STEP = timedelta(seconds=6)
AFTER_CLASS = timedelta(days=22)
FORGET = "truncate tpg_sync.sync_job, tpg_sync.sync_record, tpg_sync.run_calendar cascade"


@pytest.fixture
def knobs() -> dict[str, Any]:
    return {"sync_restore_caution": timedelta(days=30)}


async def restore(desk: Desk) -> None:
    """A backup from before anything was heard of is in place again."""
    async with desk.stage.units.begin() as uow:
        await uow.session.execute(text(FORGET))
        await begin_epoch(uow, service="tpg-sync", schema="tpg_sync")


async def tell_all(desk: Desk) -> list[tuple[RecordType, UUID]]:
    """What the owners say of a run, a place, and after class a mark and a result, until all is at TPGateway."""
    run_and_place = [(RecordType.RUN, await desk.publish()), (RecordType.ENROLMENT, await desk.enrol())]
    await desk.work(10, step=STEP)
    desk.advance(AFTER_CLASS)
    told = [(RecordType.ATTENDANCE, await desk.attend()), (RecordType.ASSESSMENT, await desk.assess())]
    await desk.work(20, step=STEP)
    return [*run_and_place, *told]


def made_there(desk: Desk) -> tuple[int, ...]:
    """How many of each kind were ever created, whatever became of them."""
    store = desk.gateway.store
    return store.counts["runs_created"], *(
        len(list(shelf.all())) for shelf in (store.enrolments, store.attendance, store.assessments)
    )


async def test_what_was_sent_after_the_backup_is_found_under_its_names_and_never_created_again(desk: Desk) -> None:
    """
    Given a run, a place, a mark and a result that reached TPGateway after the backup was taken,
    when it is restored and their owners tell of them again, on a day when the run could not be published any more,
    then each is bound to what is there, and TPGateway was asked to create nothing.
    """
    records = await tell_all(desk)
    assert made_there(desk) == (1, 1, 1, 1)
    before = [(await desk.record(record_id, kind)).remote_id for kind, record_id in records]

    await restore(desk)
    for submission in (desk.publish, desk.enrol, desk.attend, desk.assess):
        await submission()
    await desk.work(20, step=STEP)

    assert made_there(desk) == (1, 1, 1, 1)
    assert [(await desk.record(record_id, kind)).remote_id for kind, record_id in records] == before
    assert {state for _, state in await desk.states()} == {"succeeded"}
    operations = {attempt.operation for attempt in await desk.attempts()}
    assert operations.isdisjoint({"publish_runs", "create_enrolment", "upload_attendance", "create_assessment"})


async def test_what_is_not_there_is_sent_after_one_look(desk: Desk) -> None:
    """Given a restored database, when a record is new, then it is looked for once, and created once."""
    await restore(desk)
    run_id = await desk.publish()
    await desk.work(20, step=STEP)
    assert made_there(desk)[0] == 1
    [publish, *_] = await desk.jobs(run_id)
    assert (publish.state, publish.attempt) == (JobState.SUCCEEDED, 0)
    assert [attempt.operation for attempt in await desk.attempts()][:2] == ["list_runs", "publish_runs"]


async def test_what_may_not_be_sent_any_more_and_is_not_there_is_refused_as_ever(desk: Desk) -> None:
    """Given a run whose registration has begun, when it is not there, then its hints say what to mend."""
    await restore(desk)
    desk.advance(AFTER_CLASS)
    run_id = await desk.publish()
    await desk.work(10, step=STEP)
    [publish] = await desk.jobs(run_id)
    assert (publish.state, publish.error_code, bool(publish.hints)) == (JobState.REJECTED, "invalid_locally", True)
    assert made_there(desk)[0] == 0


async def test_what_is_there_in_another_shape_is_for_a_person_to_judge(desk: Desk) -> None:
    """Given a run of the undone time with the same dates and another intake, then none is published beside it."""
    await desk.publish()
    await desk.work(10, step=STEP)
    await restore(desk)
    run_id = await desk.publish(run(intake_size=7))
    await desk.work(10, step=STEP)
    [publish, *_] = await desk.jobs(run_id)
    assert (publish.state, publish.error_code) == (JobState.REJECTED, "remote_differs")
    assert made_there(desk)[0] == 1


async def test_absence_is_trusted_once_what_was_sent_before_the_restore_would_show(desk: Desk) -> None:
    """Given a window in which nothing new shows, then a look within it after the restore decides nothing yet."""
    desk.stage.runtime.settings.sync_visibility_window = timedelta(minutes=15)
    await restore(desk)
    run_id = await desk.publish()
    await desk.work(10, step=timedelta(minutes=1))
    assert (await desk.states(run_id))[0] == ("run.publish", "verifying")
    await desk.work(20, step=timedelta(minutes=1))
    assert (await desk.states(run_id))[0] == ("run.publish", "succeeded")
    later = await desk.publish(run(run_id=UUID(int=9), sessions=(), intake_size=9, schedule_info="Later"))
    await desk.work(2, step=timedelta(minutes=1))
    assert (await desk.states(later))[0] == ("run.publish", "succeeded"), "nothing is waited for a second time"


async def test_caution_ends(desk: Desk) -> None:
    """Given a restore that lies longer back than caution lasts, then nothing is looked for before it is sent."""
    await restore(desk)
    desk.advance(timedelta(days=31))
    later = timedelta(days=60)
    before = run()
    dates = ("registration_opens_on", "registration_closes_on", "start_on", "end_on")
    moved = {name: getattr(before, name) + later for name in dates}
    await desk.publish(run(**moved, sessions=()))
    await desk.work(5, step=STEP)
    assert [attempt.operation for attempt in await desk.attempts()][:1] == ["publish_runs"]
