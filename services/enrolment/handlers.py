"""Facts in: what course says of runs, attendance and assessment of people, tpg-sync of submissions; and the clock."""

import asyncio
from typing import Any

from libs.chassis.runtime import Runtime
from libs.contracts import course
from libs.contracts.assessment import OutcomeChanged
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
from services.enrolment.commands import importing
from services.enrolment.commands.confirming import expire_next_offer
from services.enrolment.commands.following import follow_course, follow_run
from services.enrolment.commands.judging import follow_outcome, follow_rate
from services.enrolment.commands.outcomes import record_drift, record_outcome, record_success

handlers = Handlers(
    modes={"run": "latest", "course": "latest", "attendance_rate": "latest", "assessment_outcome": "latest"}
)

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


async def keep_run(event: course.RunEvent, uow: UnitOfWork) -> None:
    await follow_run(uow, event)


async def keep_course(event: course.CourseEvent, uow: UnitOfWork) -> None:
    await follow_course(uow, event)


for _run_event in RUN_EVENTS:
    handlers.on(_run_event)(keep_run)
for _course_event in COURSE_EVENTS:
    handlers.on(_course_event)(keep_course)


@handlers.on(RateChanged)
async def keep_rate(event: RateChanged, uow: UnitOfWork) -> None:
    await follow_rate(uow, event)


@handlers.on(OutcomeChanged)
async def keep_result(event: OutcomeChanged, uow: UnitOfWork) -> None:
    await follow_outcome(uow, event)


@handlers.on(SyncQueued)
async def note_pending(event: SyncQueued, uow: UnitOfWork) -> None:
    await record_outcome(uow, event)


@handlers.on(SyncVerifying)
async def note_unknown(event: SyncVerifying, uow: UnitOfWork) -> None:
    await record_outcome(uow, event)


@handlers.on(SyncSucceeded)
async def note_accepted(event: SyncSucceeded, uow: UnitOfWork) -> None:
    await record_success(uow, event, event.remote)


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
async def show_drift(event: SyncDrifted, uow: UnitOfWork) -> None:
    await record_drift(uow, event)


@handlers.on(SyncReconciled)
async def note_reconciled(event: SyncReconciled, uow: UnitOfWork) -> None:
    await record_drift(uow, event)


async def expire_offers(runtime: Runtime[Any]) -> None:
    """A duty of the worker: end offers as their time comes. Any number of replicas may do it at once."""
    while True:
        while await expire_one(runtime):
            pass
        await asyncio.sleep(runtime.settings.clock_poll.total_seconds())


async def expire_one(runtime: Runtime[Any]) -> bool:
    """One offer's end in a transaction of its own; False when none has run out."""
    with entered(Context(correlation_id=runtime.ids.new())):
        async with runtime.units.begin() as unit:
            return await expire_next_offer(unit)


async def work_on_imports(runtime: Runtime[Any]) -> None:
    """A duty of the worker: judge and take the rows of files that were sent. Several replicas share the work."""
    while True:
        while await importing.work_on_next(runtime.units, runtime.vault):
            pass
        await asyncio.sleep(runtime.settings.import_poll.total_seconds())
