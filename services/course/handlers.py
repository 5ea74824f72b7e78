"""Facts in: what tpg-sync says of a run's submission, what enrolment says of its seats, what the clock says."""

import asyncio
from typing import Any

import structlog

from libs.chassis.runtime import Runtime
from libs.contracts.enrolment import RunSeatsCounted
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
from services.course.commands.clock import advance_next_due
from services.course.commands.outcomes import record_drift, record_outcome
from services.course.commands.seats import note_seats

log = structlog.get_logger()

handlers = Handlers(modes={"run_seats": "latest"})


@handlers.on(SyncQueued)
async def note_pending(event: SyncQueued, uow: UnitOfWork) -> None:
    await record_outcome(uow, event)


@handlers.on(SyncVerifying)
async def note_unknown(event: SyncVerifying, uow: UnitOfWork) -> None:
    await record_outcome(uow, event)


@handlers.on(SyncSucceeded)
async def record_remote_ids(event: SyncSucceeded, uow: UnitOfWork) -> None:
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
async def show_drift(event: SyncDrifted, uow: UnitOfWork) -> None:
    await record_drift(uow, event)


@handlers.on(SyncReconciled)
async def note_reconciled(event: SyncReconciled, uow: UnitOfWork) -> None:
    await record_drift(uow, event)


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
