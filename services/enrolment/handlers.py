"""Facts in: what course says of runs, attendance and assessment of people, tpg-sync of submissions; and the clock."""

import asyncio
from datetime import timedelta
from typing import Any, Final

from libs.chassis.runtime import Runtime
from libs.contracts import course
from libs.contracts.assessment import OutcomeChanged
from libs.contracts.attendance import RateChanged
from libs.contracts.erasure import CopiesErased
from libs.database.unit_of_work import UnitOfWork
from libs.imports.files import forget_next_file
from libs.outbox.handlers import Handlers
from libs.privacy.personal import PersonalVault
from libs.stamps.hearing import hear_submissions
from libs.telemetry.context import Context, entered
from services.enrolment.commands.confirming import expire_next_offer
from services.enrolment.commands.erasing import note_copies_erased
from services.enrolment.commands.following import follow_course, follow_run
from services.enrolment.commands.importing.working import work_on_next
from services.enrolment.commands.judging import follow_outcome, follow_rate
from services.enrolment.commands.keeping import seal_anew
from services.enrolment.commands.outcomes import record_drift, record_outcome
from services.enrolment.models.batch import Batch, BatchRow
from services.enrolment.models.model import SCHEMA

KEEPING: Final = timedelta(minutes=10)

handlers = Handlers(
    modes={
        "run": "latest",
        "course": "latest",
        "attendance_rate": "latest",
        "assessment_outcome": "latest",
        "trainee_copies": "any",
    }
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


@handlers.on(CopiesErased)
async def note_who_forgot(event: CopiesErased, uow: UnitOfWork) -> None:
    await note_copies_erased(uow, event)


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


async def keep_little(runtime: Runtime[Any]) -> None:
    """A duty of the worker: people sealed long ago get keys of their own, and files are forgotten after their time."""
    while True:
        while await keep_less(runtime):
            pass
        await asyncio.sleep(KEEPING.total_seconds())


async def keep_less(runtime: Runtime[Any]) -> bool:
    """One step of each in a transaction of its own; False when there is nothing to do."""
    async with runtime.units.begin() as unit:
        sealed = await seal_anew(unit, PersonalVault(runtime.vault, unit, SCHEMA))
    async with runtime.units.begin() as unit:
        forgot = await forget_next_file(unit, Batch, BatchRow, runtime.settings.import_kept)
    return bool(sealed) or forgot
