"""Facts in: what course says of runs, enrolment of places, attendance of rates, tpg-sync of submissions; and a duty."""

import asyncio
from datetime import timedelta
from typing import Any, Final

from libs.chassis.runtime import Runtime
from libs.contracts import course, enrolment
from libs.contracts.attendance import RateChanged
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handlers
from libs.privacy.personal import PersonalVault
from libs.stamps.hearing import hear_submissions
from libs.telemetry.context import Context, entered
from services.assessment.commands.carrying import carry_next
from services.assessment.commands.erasing import erase, seal_anew
from services.assessment.commands.following import follow_course, follow_enrolment, follow_rate, follow_run
from services.assessment.commands.syncing import record_drift, record_outcome
from services.assessment.models.model import SCHEMA

SEALING: Final = timedelta(minutes=10)

handlers = Handlers(
    modes={"run": "latest", "course": "latest", "enrolment": "latest", "attendance_rate": "latest", "trainee": "any"}
)
hear_submissions(handlers, record_outcome, record_drift)


@handlers.on_all(course.RunEvent)
async def keep_run(event: course.RunEvent, uow: UnitOfWork) -> None:
    await follow_run(uow, event)


@handlers.on_all(course.CourseEvent)
async def keep_course(event: course.CourseEvent, uow: UnitOfWork) -> None:
    await follow_course(uow, event)


@handlers.on_all(enrolment.EnrolmentEvent)
async def keep_enrolment(event: enrolment.EnrolmentEvent, uow: UnitOfWork) -> None:
    await follow_enrolment(uow, event)


@handlers.on(RateChanged)
async def keep_rate(event: RateChanged, uow: UnitOfWork) -> None:
    await follow_rate(uow, event)


@handlers.on(enrolment.TraineeErased)
async def erase_results(event: enrolment.TraineeErased, uow: UnitOfWork) -> None:
    await erase(uow, event)


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
            return await carry_next(unit, PersonalVault(runtime.vault, unit, SCHEMA))


async def seal_old_results(runtime: Runtime[Any]) -> None:
    """A duty of the worker: what was sealed before people had keys of their own is sealed with those."""
    while True:
        while await seal_some(runtime):
            pass
        await asyncio.sleep(SEALING.total_seconds())


async def seal_some(runtime: Runtime[Any]) -> int:
    """Some of it in a transaction of its own; 0 when nothing is left."""
    async with runtime.units.begin() as unit:
        return await seal_anew(unit, PersonalVault(runtime.vault, unit, SCHEMA))
