"""Time moves runs on: as a duty of the worker, and before any command, so that no answer waits for the worker."""

import structlog

from libs.contracts.course import RunStarted
from libs.database.unit_of_work import UnitOfWork
from libs.telemetry.context import SYSTEM_ACTOR, current, entered
from services.course.models.run import CourseRun
from services.course.queries.runs import next_due

log = structlog.get_logger()


async def advance_next_due(uow: UnitOfWork) -> bool:
    """Carry one run whose time has come to its next state; False when none is due. Safe on several replicas at once."""
    run = await next_due(uow)
    if run is None:
        return False
    run.touch(uow)
    catch_up(uow, run)
    return True


def catch_up(uow: UnitOfWork, run: CourseRun) -> bool:
    """Bring a locked run to where the clock says it is, told as the system's doing; whether anything happened."""
    events = run.advance(uow.now())
    with entered(current().acting(SYSTEM_ACTOR, SYSTEM_ACTOR)):
        for event in events:
            uow.emit(event)
            if isinstance(event, RunStarted) and event.unconfirmed:
                log.warning("run started unconfirmed", run_id=str(run.id))
    return bool(events)
