"""Facts in: what course says of runs, enrolment of places, attendance of rates, tpg-sync of submissions; and a duty."""

import asyncio
from typing import Any

from libs.chassis.runtime import Runtime
from libs.contracts import course, enrolment
from libs.contracts.attendance import RateChanged
from libs.contracts.tpg_sync import (
    SyncDeadLettered,
    SyncDiscarded,
    SyncDrifted,
    SyncQueued,
    SyncReconciled,
    SyncRejected,
    SyncSucceeded,
    SyncVerifying,
)
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handlers
from libs.telemetry.context import Context, entered
from services.assessment.commands.carrying import carry_next
from services.assessment.commands.following import follow_course, follow_enrolment, follow_rate, follow_run
from services.assessment.commands.syncing import record_drift, record_outcome

handlers = Handlers(modes={"run": "latest", "course": "latest", "enrolment": "latest", "attendance_rate": "latest"})

RUN_EVENTS = (
    course.RunCreated,
    course.RunChanged,
    course.RunSessionsChanged,
    course.RunPublished,
    course.RunConfirmed,
    course.RunRescheduled,
    course.RunCancelled,
    course.RunStarted,
    course.RunSessionHeld,
    course.RunEnded,
    course.RunClosed,
    course.RunReopened,
    course.RunDiscarded,
    course.RunSyncRecorded,
)
COURSE_EVENTS = (course.CourseCreated, course.CourseChanged, course.CourseRetired)
ENROLMENT_EVENTS = (
    enrolment.EnrolmentRegistered,
    enrolment.EnrolmentChanged,
    enrolment.EnrolmentWaitlisted,
    enrolment.EnrolmentOffered,
    enrolment.EnrolmentConfirmed,
    enrolment.EnrolmentCancelled,
    enrolment.EnrolmentWithdrawn,
    enrolment.EnrolmentTransferred,
    enrolment.EnrolmentReplaced,
    enrolment.EnrolmentCompleted,
    enrolment.EnrolmentFeeChanged,
    enrolment.EnrolmentFundingJudged,
    enrolment.EnrolmentSyncRecorded,
)


async def keep_run(event: course.RunEvent, uow: UnitOfWork) -> None:
    await follow_run(uow, event)


async def keep_course(event: course.CourseEvent, uow: UnitOfWork) -> None:
    await follow_course(uow, event)


async def keep_enrolment(event: enrolment.EnrolmentEvent, uow: UnitOfWork) -> None:
    await follow_enrolment(uow, event)


for _run_event in RUN_EVENTS:
    handlers.on(_run_event)(keep_run)
for _course_event in COURSE_EVENTS:
    handlers.on(_course_event)(keep_course)
for _enrolment_event in ENROLMENT_EVENTS:
    handlers.on(_enrolment_event)(keep_enrolment)


@handlers.on(RateChanged)
async def keep_rate(event: RateChanged, uow: UnitOfWork) -> None:
    await follow_rate(uow, event)


@handlers.on(SyncQueued)
async def note_pending(event: SyncQueued, uow: UnitOfWork) -> None:
    await record_outcome(uow, event)


@handlers.on(SyncVerifying)
async def note_unknown(event: SyncVerifying, uow: UnitOfWork) -> None:
    await record_outcome(uow, event)


@handlers.on(SyncSucceeded)
async def note_accepted(event: SyncSucceeded, uow: UnitOfWork) -> None:
    await record_outcome(uow, event, remote=event.remote)


@handlers.on(SyncRejected)
async def show_hints(event: SyncRejected, uow: UnitOfWork) -> None:
    await record_outcome(uow, event, error_code=event.error_code, hints=event.hints)


@handlers.on(SyncDeadLettered)
async def show_dead(event: SyncDeadLettered, uow: UnitOfWork) -> None:
    await record_outcome(uow, event, error_code=event.error_code)


@handlers.on(SyncDiscarded)
async def note_given_up(event: SyncDiscarded, uow: UnitOfWork) -> None:
    await record_outcome(uow, event, error_code="discarded")


@handlers.on(SyncDrifted)
async def note_drift(event: SyncDrifted, uow: UnitOfWork) -> None:
    await record_drift(uow, event)


@handlers.on(SyncReconciled)
async def note_agreement(event: SyncReconciled, uow: UnitOfWork) -> None:
    await record_drift(uow, event)


async def carry_results(runtime: Runtime[Any]) -> None:
    """A duty of the worker: results follow who was enrolled anew. It needs the vault, so no handler can do it."""
    while True:
        while await carry_one(runtime):
            pass
        await asyncio.sleep(runtime.settings.carry_poll.total_seconds())


async def carry_one(runtime: Runtime[Any]) -> bool:
    """One enrolment's results in a transaction of its own; False when none has to move."""
    with entered(Context(correlation_id=runtime.ids.new())):
        async with runtime.units.begin() as unit:
            return await carry_next(unit, runtime.vault)
