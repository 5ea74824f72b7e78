"""What every owner of submitted records hears of tpg-sync, and how it lands on their stamps."""

from typing import Any, Protocol

from libs.contracts.tpg_sync import (
    Hint,
    RemoteIds,
    SyncDeadLettered,
    SyncDiscarded,
    SyncDrifted,
    SyncEvent,
    SyncReadBack,
    SyncReconciled,
    SyncRejected,
    SyncSucceeded,
)
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handlers


class RecordOutcome(Protocol):
    """Notes how a submission fares. `remote` is there when TPGateway holds it; words about others are left alone."""

    async def __call__(
        self,
        uow: UnitOfWork,
        event: SyncEvent,
        *,
        remote: RemoteIds | None = None,
        error_code: str | None = None,
        hints: tuple[Hint, ...] = (),
    ) -> None: ...


class RecordDrift(Protocol):
    """Notes that TPGateway's copy was changed by others, or that nothing of it is left."""

    async def __call__(self, uow: UnitOfWork, event: SyncDrifted | SyncReconciled) -> None: ...


def hear_submissions(handlers: Handlers, outcome: RecordOutcome, drift: RecordDrift) -> None:
    """Hear all that tpg-sync says of submissions. Repeating a word changes nothing, if the two see to it."""

    async def note_outcome(event: SyncEvent, uow: UnitOfWork) -> None:
        if not event.foreign:
            await outcome(uow, event, **_said(event))

    async def note_drift(event: SyncReadBack, uow: UnitOfWork) -> None:
        if isinstance(event, SyncDrifted | SyncReconciled):
            await drift(uow, event)

    handlers.on_all(SyncEvent)(note_outcome)
    handlers.on_all(SyncReadBack)(note_drift)


def _said(event: SyncEvent) -> dict[str, Any]:
    match event:
        case SyncSucceeded():
            return {"remote": event.remote}
        case SyncRejected():
            return {"error_code": event.error_code, "hints": event.hints}
        case SyncDeadLettered():
            return {"error_code": event.error_code}
        case SyncDiscarded():
            return {"error_code": "discarded"}
        case _:
            return {}
