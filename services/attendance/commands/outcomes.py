"""What tpg-sync says about a mark becomes its sync stamp."""

from libs.contracts.tpg_sync import Hint, RecordType, RemoteIds, SyncDrifted, SyncEvent, SyncReconciled
from libs.database.unit_of_work import UnitOfWork
from services.attendance.models.attendance import Attendance


async def record_outcome(
    uow: UnitOfWork,
    event: SyncEvent,
    *,
    error_code: str | None = None,
    hints: tuple[Hint, ...] = (),
    remote: RemoteIds | None = None,
) -> None:
    """Note how a submission fares; words about other records are not ours. Repeating it changes nothing."""
    if event.record_type is not RecordType.ATTENDANCE:
        return
    line = await uow.get(Attendance, event.record_id, for_update=True)
    line.hear(
        event.state,
        revision=event.record_revision,
        job_id=event.job_id,
        at=uow.now(),
        error_code=error_code,
        hints=hints,
    )
    recorded = line.synced(remote) if remote is not None else None
    if recorded is not None:
        uow.emit(recorded)


async def record_drift(uow: UnitOfWork, event: SyncDrifted | SyncReconciled) -> None:
    """Note that TPGateway's copy was changed by others, or that nothing of it is left. Repeating it changes nothing."""
    if event.record_type is not RecordType.ATTENDANCE:
        return
    line = await uow.get(Attendance, event.record_id, for_update=True)
    if isinstance(event, SyncDrifted):
        line.drift(revision=event.record_revision, codes=event.codes)
        return
    settled = line.settled()
    if settled is not None:
        uow.emit(settled)
