"""Facts in: what course says of runs, enrolment of seats, tpg-sync of submissions and scans; and the clock."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from libs.chassis.runtime import Runtime
from libs.contracts import course, enrolment
from libs.contracts.tpg_sync import OfficialScanSeen
from libs.database.unit_of_work import UnitOfWork
from libs.imports.files import forget_next_file
from libs.outbox.handlers import Handlers
from libs.stamps.hearing import hear_submissions
from libs.telemetry.context import Context, entered
from services.attendance.client import match_numbers
from services.attendance.commands import importing
from services.attendance.commands.erasing import erase
from services.attendance.commands.following import follow_course, follow_enrolment, follow_run
from services.attendance.commands.outcomes import record_drift, record_outcome
from services.attendance.commands.scanning import note_scan
from services.attendance.commands.sheets import lock_next_due, open_next_due
from services.attendance.models.batch import Batch, BatchRow

FORGETTING: Final = timedelta(minutes=10)

handlers = Handlers(
    modes={"run": "latest", "course": "latest", "enrolment": "latest", "official_scan": "any", "trainee": "any"}
)
hear_submissions(handlers, record_outcome, record_drift)


@handlers.on_all(course.RunEvent)
async def keep_run(event: course.RunEvent, uow: UnitOfWork) -> None:
    await follow_run(uow, event)


@handlers.on_all(course.CourseEvent)
async def keep_course(event: course.CourseEvent, uow: UnitOfWork) -> None:
    await follow_course(uow, event)


@handlers.on_all(enrolment.EnrolmentEvent)
async def keep_seat(event: enrolment.EnrolmentEvent, uow: UnitOfWork) -> None:
    await follow_enrolment(uow, event)


@handlers.on(OfficialScanSeen)
async def keep_scan(event: OfficialScanSeen, uow: UnitOfWork) -> None:
    await note_scan(uow, event)


@handlers.on(enrolment.TraineeErased)
async def erase_copies(event: enrolment.TraineeErased, uow: UnitOfWork) -> None:
    await erase(uow, event)


async def open_and_lock_sheets(runtime: Runtime[Any]) -> None:
    """A duty of the worker: sheets open and lock as their time comes. Any number of replicas may do it at once."""
    while True:
        while await tend_one_sheet(runtime):
            pass
        await asyncio.sleep(runtime.settings.clock_poll.total_seconds())


async def tend_one_sheet(runtime: Runtime[Any]) -> bool:
    """One sheet's step in a transaction of its own; False when the clock asks for none."""
    return await _one(runtime, open_next_due) or await _one(runtime, lock_next_due)


async def work_on_imports(runtime: Runtime[Any]) -> None:
    """A duty of the worker: judge and take the rows of files that were sent. Several replicas share the work."""
    while True:
        while await work_on_one_import(runtime):
            pass
        await asyncio.sleep(runtime.settings.import_poll.total_seconds())


async def work_on_one_import(runtime: Runtime[Any]) -> bool:
    """One step on one file; False when there is nothing to do now."""

    async def match(run_id: UUID, numbers: Sequence[str]) -> Sequence[UUID | None]:
        return await match_numbers(runtime, run_id, numbers, runtime.settings.roll_patience)

    return await importing.work_on_next(runtime.units, runtime.vault, match)


async def forget_files(runtime: Runtime[Any]) -> None:
    """A duty of the worker: files are forgotten after their time."""
    while True:
        while await forget_one_file(runtime):
            pass
        await asyncio.sleep(FORGETTING.total_seconds())


async def forget_one_file(runtime: Runtime[Any]) -> bool:
    """One file in a transaction of its own; False when none has had its time."""
    return await _one(runtime, lambda unit: forget_next_file(unit, Batch, BatchRow, runtime.settings.import_kept))


async def _one(runtime: Runtime[Any], step: Callable[[UnitOfWork], Awaitable[bool]]) -> bool:
    with entered(Context(correlation_id=runtime.ids.new())):
        async with runtime.units.begin() as unit:
            return await step(unit)
