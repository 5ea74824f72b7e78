"""Facts in: what course says of runs, attendance and assessment of people, tpg-sync of submissions; and the clock."""

import asyncio
from typing import Any

from libs.chassis.runtime import Runtime
from libs.contracts import course
from libs.contracts.assessment import OutcomeChanged
from libs.contracts.attendance import RateChanged
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handlers
from libs.stamps.hearing import hear_submissions
from libs.telemetry.context import Context, entered
from services.enrolment.commands.confirming import expire_next_offer
from services.enrolment.commands.following import follow_course, follow_run
from services.enrolment.commands.importing.working import work_on_next
from services.enrolment.commands.judging import follow_outcome, follow_rate
from services.enrolment.commands.outcomes import record_drift, record_outcome

handlers = Handlers(
    modes={"run": "latest", "course": "latest", "attendance_rate": "latest", "assessment_outcome": "latest"}
)
hear_submissions(handlers, record_outcome, record_drift)


@handlers.on_all(course.RunEvent)
async def keep_run(event: course.RunEvent, uow: UnitOfWork) -> None:
    await follow_run(uow, event)


@handlers.on_all(course.CourseEvent)
async def keep_course(event: course.CourseEvent, uow: UnitOfWork) -> None:
    await follow_course(uow, event)


@handlers.on(RateChanged)
async def keep_rate(event: RateChanged, uow: UnitOfWork) -> None:
    await follow_rate(uow, event)


@handlers.on(OutcomeChanged)
async def keep_result(event: OutcomeChanged, uow: UnitOfWork) -> None:
    await follow_outcome(uow, event)


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
        while await work_on_next(runtime.units, runtime.vault):
            pass
        await asyncio.sleep(runtime.settings.import_poll.total_seconds())
