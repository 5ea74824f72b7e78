"""Events in: what a run's owner says decides what is owed to TPGateway. In order, so each job is made exactly once."""

from typing import Final

from libs.contracts.course import (
    RunCancelled,
    RunChanged,
    RunEnded,
    RunEvent,
    RunPublished,
    RunRescheduled,
    RunSessionsChanged,
    RunStatus,
)
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handlers
from services.tpg_sync import commands
from services.tpg_sync.models import JobKind

PUBLISHED: Final = frozenset({RunStatus.OPEN, RunStatus.CONFIRMED, RunStatus.IN_PROGRESS, RunStatus.ENDED})

handlers = Handlers(modes={"run": "ordered"})


@handlers.on(RunPublished)
async def owe_publish(event: RunPublished, uow: UnitOfWork) -> None:
    await commands.owe_run(uow, event, JobKind.RUN_PUBLISH)


@handlers.on(RunChanged)
async def owe_edit_of_fields(event: RunChanged, uow: UnitOfWork) -> None:
    await _owe_edit(event, uow)


@handlers.on(RunSessionsChanged)
async def owe_edit_of_sessions(event: RunSessionsChanged, uow: UnitOfWork) -> None:
    await _owe_edit(event, uow)


@handlers.on(RunRescheduled)
async def owe_edit_of_dates(event: RunRescheduled, uow: UnitOfWork) -> None:
    await _owe_edit(event, uow)


@handlers.on(RunEnded)
async def owe_edit_of_cut_run(event: RunEnded, uow: UnitOfWork) -> None:
    """A run cut short has lost sessions; one that simply ended is at a revision already owed, and adds nothing."""
    await _owe_edit(event, uow)


@handlers.on(RunCancelled)
async def owe_removal(event: RunCancelled, uow: UnitOfWork) -> None:
    await commands.owe_run(uow, event, JobKind.RUN_DELETE)


async def _owe_edit(event: RunEvent, uow: UnitOfWork) -> None:
    """Drafts are nobody's business yet, and what is cancelled is removed, not edited."""
    if event.run.status in PUBLISHED:
        await commands.owe_run(uow, event, JobKind.RUN_EDIT)
