"""What tpg-sync says about a run becomes the run's sync stamp."""

from libs.contracts.tpg_sync import Hint, RecordType, RemoteIds, SyncDrifted, SyncEvent, SyncReconciled
from libs.database.unit_of_work import UnitOfWork
from services.course.queries.runs import get_run


async def record_outcome(
    uow: UnitOfWork,
    event: SyncEvent,
    *,
    remote: RemoteIds | None = None,
    error_code: str | None = None,
    hints: tuple[Hint, ...] = (),
) -> None:
    """Note how a run's submission fares; words about other records are not ours. Repeating it changes nothing."""
    if event.record_type is not RecordType.RUN:
        return
    run = await get_run(uow, event.record_id, for_update=True)
    run.hear(
        event.state,
        revision=event.record_revision,
        job_id=event.job_id,
        at=uow.now(),
        error_code=error_code,
        hints=hints,
    )
    recorded = run.synced(remote, run.sync_state) if remote is not None else None
    if recorded is not None:
        uow.emit(recorded)


async def record_drift(uow: UnitOfWork, event: SyncDrifted | SyncReconciled) -> None:
    """Note that TPGateway's copy was changed by others, or that nothing of it is left. Repeating it changes nothing."""
    if event.record_type is not RecordType.RUN:
        return
    run = await get_run(uow, event.record_id, for_update=True)
    if isinstance(event, SyncDrifted):
        run.drift(revision=event.record_revision, codes=event.codes)
    else:
        run.settle()
