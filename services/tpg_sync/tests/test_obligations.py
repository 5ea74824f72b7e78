"""What raises, moves, meets and drops duties, told through the same handlers as submissions."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from libs.contracts.attendance import (
    AttendanceFact,
    AttendanceMarked,
    MarkState,
    RateChanged,
    SheetLocked,
    SheetUnlocked,
)
from libs.contracts.course import RunCancelled, RunPublished, RunRescheduled, RunStatus
from libs.contracts.enrolment import EnrolmentCancelled, EnrolmentConfirmed
from libs.contracts.envelope import seal
from libs.contracts.event import Event
from libs.contracts.tpg_sync import ObligationLevel, RecordType, SyncState, SyncSucceeded
from libs.outbox.handlers import Handlers
from libs.outbox.hearing import Heard, understand
from libs.outbox.inbox import Inbox
from libs.sources import TimeOrderedIds
from libs.testing.clock import TestClock
from libs.testing.stage import MakeStage, Stage
from services.tpg_sync.handlers import handlers, together
from services.tpg_sync.main import tpg_sync
from services.tpg_sync.models import Obligation, ObligationKey, ObligationState, SyncJob
from services.tpg_sync.tests.calendar_story import Author
from services.tpg_sync.tests.calendar_told import run_fact
from services.tpg_sync.tests.desk import fact_of, fact_of_enrolment
from services.tpg_sync.tests.samples import ENROLMENT, RUN, UEN, enrolment, run

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
K, S = ObligationKey, ObligationState


@pytest.fixture
async def calendar(stage: MakeStage) -> Stage:
    return await stage(tpg_sync, clock=TestClock(NOW), tpg_uen=UEN)


async def hear(stage: Stage, event: Event, *, happened_at: datetime | None = None) -> None:
    _, handle = handlers.by_routing_key[event.routing_key()]
    async with stage.units.begin() as uow:
        uow.told_at = happened_at
        await handle(event, uow)


async def duty(stage: Stage, key: ObligationKey, subject_id: UUID) -> Obligation:
    async with stage.units.reading() as uow:
        found = select(Obligation).where(text("key = :key and subject_id = :subject"))
        return (await uow.session.execute(found, {"key": key.value, "subject": subject_id})).scalar_one()


async def publish(stage: Stage, **changed: Any) -> None:
    event = RunRescheduled if changed else RunPublished
    await hear(stage, event(run_id=RUN, run=fact_of(run(**changed))))


async def enrol(stage: Stage, **told: Any) -> None:
    await hear(stage, EnrolmentConfirmed(enrolment_id=ENROLMENT, enrolment=fact_of_enrolment(enrolment(), **told)))


def acknowledged(kind: str, record_type: RecordType, record_id: UUID) -> SyncSucceeded:
    return SyncSucceeded(
        record_id=record_id,
        record_type=record_type,
        job_id=UUID(int=1),
        kind=kind,
        record_revision=1,
        state=SyncState.SYNCED,
    )


async def test_one_fact_makes_the_job_and_the_duty_in_one_transaction(calendar: Stage) -> None:
    await publish(calendar)
    await enrol(calendar)
    async with calendar.units.reading() as uow:
        kinds = {job.kind for job in (await uow.session.execute(select(SyncJob))).scalars()}
    assert {str(one) for one in kinds} == {"run.publish", "enrolment.create"}
    submit = await duty(calendar, K.ENROLMENT_SUBMIT, ENROLMENT)
    assert submit.due_at == datetime(2026, 4, 6, 16, tzinfo=UTC), "start 23 March + 14 days, in Singapore"
    assert (submit.policy, submit.money_cents, submit.level) == ("2026-01", 50_000, ObligationLevel.GREEN)


async def test_a_run_that_moves_takes_its_duties_along(calendar: Stage) -> None:
    await publish(calendar)
    await enrol(calendar)
    before = await duty(calendar, K.ENROLMENT_SUBMIT, ENROLMENT)
    # when
    await publish(
        calendar, revision=2, start_on=run().start_on + timedelta(days=7), end_on=run().end_on + timedelta(days=7)
    )
    # then it is the same row at another time, and who read it before must read it again
    after = await duty(calendar, K.ENROLMENT_SUBMIT, ENROLMENT)
    assert (after.id, after.due_at - before.due_at) == (before.id, timedelta(days=7))
    assert after.version > before.version


async def test_what_happened_counts_not_when_it_was_heard(calendar: Stage) -> None:
    # given an enrolment TPGateway took in time, of which this service hears a month later
    await publish(calendar)
    await enrol(calendar)
    calendar.clock.set(NOW + timedelta(days=60))
    await hear(
        calendar,
        acknowledged("enrolment.create", RecordType.ENROLMENT, ENROLMENT),
        happened_at=NOW + timedelta(days=1),
    )
    met = await duty(calendar, K.ENROLMENT_SUBMIT, ENROLMENT)
    assert (met.state, met.level, met.breached) == (S.MET, ObligationLevel.GREEN, False)


async def test_duties_of_what_is_gone_are_dropped_and_come_back_with_it(calendar: Stage) -> None:
    await publish(calendar)
    await enrol(calendar)
    gone = fact_of_enrolment(enrolment(), status="cancelled", revision=2)
    await hear(calendar, EnrolmentCancelled(enrolment_id=ENROLMENT, enrolment=gone))
    assert (await duty(calendar, K.ENROLMENT_SUBMIT, ENROLMENT)).state is S.DROPPED
    # when it is reinstated
    await enrol(calendar, revision=3)
    assert (await duty(calendar, K.ENROLMENT_SUBMIT, ENROLMENT)).state is S.OPEN
    # when the whole run is cancelled
    await hear(calendar, RunCancelled(run_id=RUN, run=fact_of(run(revision=2), RunStatus.CANCELLED)))
    for key, subject in ((K.ENROLMENT_SUBMIT, ENROLMENT), (K.RUN_CONFIRM, RUN), (K.SESSIONS_SUBMIT, UUID(int=101))):
        assert (await duty(calendar, key, subject)).state is S.DROPPED


async def test_a_place_nobody_submits_owes_nothing(calendar: Stage) -> None:
    await publish(calendar)
    await enrol(calendar, submitted=False)
    async with calendar.units.reading() as uow:
        rows = (await uow.session.execute(select(Obligation))).scalars().all()
    assert {row.subject_id for row in rows} == {RUN, UUID(int=101), UUID(int=102)}


async def test_a_locked_sheet_with_nobody_open_is_complete_until_it_is_unlocked(calendar: Stage) -> None:
    # given a run of three lessons in the past, a place on it, and no marks
    author = Author(7)
    story = author.run()
    while story.cancelled_at is not None:
        story = author.run()
    lesson, place = story.lessons[0], story.places[0]
    calendar.clock.set(story.ended_at + timedelta(hours=1))
    held = run_fact(story, story.ended_at, "in_progress")
    await hear(calendar, RunPublished(run_id=story.run_id, run=held), happened_at=story.published_at)
    seat = fact_of_enrolment(enrolment(), run_id=story.run_id)
    confirmed = EnrolmentConfirmed(enrolment_id=place.enrolment_id, enrolment=seat)
    await hear(calendar, confirmed, happened_at=place.confirmed_at)
    sheet = {"session_id": lesson.session_id, "run_id": story.run_id}
    assert (await duty(calendar, K.ATTENDANCE_MARKED, lesson.session_id)).state is S.OPEN
    # when it is locked with somebody left open, then unlocked, then locked with nobody
    for event, state in (
        (SheetLocked(**sheet, revision=1, unmarked=1), S.OPEN),
        (SheetUnlocked(**sheet, revision=2), S.OPEN),
        (SheetLocked(**sheet, revision=3, unmarked=0), S.MET),
        (SheetUnlocked(**sheet, revision=4), S.OPEN),
    ):
        await hear(calendar, event, happened_at=lesson.end + timedelta(hours=2))
        assert (await duty(calendar, K.ATTENDANCE_MARKED, lesson.session_id)).state is state


async def test_a_rate_out_of_reach_is_red_at_once_and_an_alarm_that_passed_is_met(calendar: Stage) -> None:
    await publish(calendar)
    await enrol(calendar)
    figures = {"enrolment_id": ENROLMENT, "run_id": RUN, "scheduled_minutes": 400, "required_pct": 75, "met": False}
    lost = RateChanged(**figures, credited_minutes=0, held_minutes=200, reachable=False, complete=False)
    await hear(calendar, lost)
    alarm = await duty(calendar, K.ATTENDANCE_THRESHOLD_RISK, ENROLMENT)
    assert (alarm.state, alarm.level, alarm.breached) == (S.OPEN, ObligationLevel.RED, False)
    # when a late correction credits what was missed
    mended = RateChanged(
        **{**figures, "met": True}, credited_minutes=200, held_minutes=200, reachable=True, complete=False
    )
    await hear(calendar, mended)
    alarm = await duty(calendar, K.ATTENDANCE_THRESHOLD_RISK, ENROLMENT)
    assert (alarm.state, alarm.level) == (S.MET, ObligationLevel.GREEN)


def test_tables_that_want_an_aggregate_in_two_modes_are_refused() -> None:
    with pytest.raises(ValueError, match="two modes"):
        together(Handlers(modes={"run": "ordered"}), Handlers(modes={"run": "latest"}))


def test_what_submissions_hear_the_calendar_does_not_take_away() -> None:
    assert handlers.mode("course") == "latest"
    assert {handlers.mode(one) for one in ("sync", "attendance_rate", "assessment_outcome")} == {"ordered"}


def delivered(event: Event, *, sequence: int, at: datetime) -> Heard:
    """The event as it comes from the wire."""
    envelope = seal(
        event,
        service="synthetic",
        event_id=TimeOrderedIds().new(),
        sequence=sequence,
        at=at,
        correlation_id=UUID(int=5),
        causation_id=None,
        actor_id="synthetic",
        actor_role="service",
    )
    return understand(handlers, envelope.to_bytes())


async def test_through_the_inbox_an_old_word_is_judged_by_its_own_time_and_once(calendar: Stage) -> None:
    # given everything about an enrolment, delivered two months late, the acknowledgement before its cause, and twice
    inbox = Inbox(
        consumer="tpg-sync",
        schema="tpg_sync",
        units=calendar.units,
        handlers=handlers,
        chance=random.Random(1),
        ceilings=[timedelta(0)],
        gap_wait=timedelta(seconds=30),
    )
    seat = EnrolmentConfirmed(enrolment_id=ENROLMENT, enrolment=fact_of_enrolment(enrolment()))
    letters = [
        delivered(acknowledged("enrolment.create", RecordType.ENROLMENT, ENROLMENT), sequence=1, at=NOW + timedelta(1)),
        delivered(seat, sequence=1, at=NOW),
        delivered(RunPublished(run_id=RUN, run=fact_of(run())), sequence=1, at=NOW),
    ]
    calendar.clock.set(NOW + timedelta(days=60))
    # when
    for letter in [*letters, *letters]:
        await inbox.take_in([letter])
    # then
    met = await duty(calendar, K.ENROLMENT_SUBMIT, ENROLMENT)
    assert (met.state, met.satisfied_at, met.trigger_at) == (S.MET, NOW + timedelta(days=1), NOW)
    assert (await duty(calendar, K.RUN_CONFIRM, RUN)).breached, "nobody ever confirmed it"
    breaches = [one for one in await calendar.told() if one.event_type == "obligation.breached"]
    keys = [(one.data["obligation_key"], one.data["subject_id"]) for one in breaches]
    assert len(keys) == len(set(keys)) > 0


async def test_the_last_two_marks_of_a_sheet_may_come_at_once(calendar: Stage) -> None:
    # given a lesson that is over, and two people in it
    author = Author(7)
    story = author.run()
    while story.cancelled_at is not None:
        story = author.run()
    lesson = story.lessons[0]
    calendar.clock.set(story.ended_at)
    held = run_fact(story, story.ended_at, "in_progress")
    await hear(calendar, RunPublished(run_id=story.run_id, run=held), happened_at=story.published_at)
    people = [UUID(int=9_000_001), UUID(int=9_000_002)]
    for one in people:
        seat = EnrolmentConfirmed(enrolment_id=one, enrolment=fact_of_enrolment(enrolment(), run_id=story.run_id))
        await hear(calendar, seat, happened_at=story.published_at)
    marks = [
        AttendanceMarked(
            attendance_id=UUID(int=one.int + 500),
            attendance=AttendanceFact(
                session_id=lesson.session_id,
                run_id=story.run_id,
                enrolment_id=one,
                state=MarkState.ABSENT,
                revision=1,
                submission_revision=0,
            ),
        )
        for one in people
    ]
    # when one worker has heard the first and not committed yet, while another hears the second
    _, handle = handlers.by_routing_key[marks[0].routing_key()]
    async with calendar.units.begin() as uow:
        await handle(marks[0], uow)
        await uow.session.flush()
        second = asyncio.create_task(hear(calendar, marks[1]))
        await somebody_waits(calendar)
    await second
    # then the second saw the first
    assert (await duty(calendar, K.ATTENDANCE_MARKED, lesson.session_id)).state is S.MET


async def somebody_waits(stage: Stage) -> None:
    """Until a transaction waits for another's lock."""
    async with asyncio.timeout(10):
        while True:
            async with stage.units.reading() as uow:
                waiting = (
                    "select count(*) from pg_stat_activity "
                    "where wait_event_type = 'Lock' and datname = current_database()"
                )
                if (await uow.session.execute(text(waiting))).scalar_one():
                    return
            await asyncio.sleep(0.02)
