"""Facts in: what tpg-sync says of submissions, enrolment of seats, attendance of sessions, and what the clock says."""

import asyncio
from typing import Any

import structlog

from libs.chassis.runtime import Runtime
from libs.contracts.attendance import AttendanceCheckedIn, AttendanceMarked
from libs.contracts.enrolment import RunSeatsCounted
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handlers
from libs.stamps.hearing import hear_submissions
from libs.telemetry.context import Context, entered
from services.course.commands.attendance import note_attendance
from services.course.commands.clock import advance_next_due
from services.course.commands.outcomes import record_drift, record_outcome
from services.course.commands.seats import note_seats

log = structlog.get_logger()

handlers = Handlers(modes={"run_seats": "latest", "attendance": "any"})
hear_submissions(handlers, record_outcome, record_drift)


@handlers.on(AttendanceMarked)
async def freeze_marked(event: AttendanceMarked, uow: UnitOfWork) -> None:
    await note_attendance(uow, event.attendance.session_id)


@handlers.on(AttendanceCheckedIn)
async def freeze_checked_in(event: AttendanceCheckedIn, uow: UnitOfWork) -> None:
    await note_attendance(uow, event.attendance.session_id)


@handlers.on(RunSeatsCounted)
async def count_seats(event: RunSeatsCounted, uow: UnitOfWork) -> None:
    await note_seats(uow, event)


async def follow_the_clock(runtime: Runtime[Any]) -> None:
    """A duty of the worker: start, hold and end runs as their times come. Any number of replicas may do it at once."""
    while True:
        while await advance_one(runtime):
            pass
        await asyncio.sleep(runtime.settings.clock_poll.total_seconds())


async def advance_one(runtime: Runtime[Any]) -> bool:
    """One run's step in a transaction of its own; False when no run is due."""
    with entered(Context(correlation_id=runtime.ids.new())):
        async with runtime.units.begin() as unit:
            return await advance_next_due(unit)
