"""What tpg-sync says about a result becomes its sync stamp."""

from libs.contracts.tpg_sync import Hint, RecordType, RemoteIds, SyncDrifted, SyncEvent, SyncReconciled
from libs.database.unit_of_work import UnitOfWork
from services.assessment.queries.assessments import lock_assessment


async def record_outcome(
    uow: UnitOfWork,
    event: SyncEvent,
    *,
    remote: RemoteIds | None = None,
    error_code: str | None = None,
    hints: tuple[Hint, ...] = (),
) -> None:
    """Note how a submission fares; words about other records are not ours. Repeating it changes nothing."""
    if event.record_type is not RecordType.ASSESSMENT:
        return
    assessment = await lock_assessment(uow, event.record_id)
    assessment.hear(
        event.state,
        revision=event.record_revision,
        job_id=event.job_id,
        at=uow.now(),
        error_code=error_code,
        hints=hints,
    )
    recorded = None if remote is None else assessment.synced(remote, assessment.sync_state)
    if recorded is not None:
        uow.emit(recorded)


async def record_drift(uow: UnitOfWork, event: SyncDrifted | SyncReconciled) -> None:
    """Note that TPGateway's copy was changed by others, or that nothing of it is left. Repeating it changes nothing."""
    if event.record_type is not RecordType.ASSESSMENT:
        return
    assessment = await lock_assessment(uow, event.record_id)
    if isinstance(event, SyncDrifted):
        assessment.drift(revision=event.record_revision, codes=event.codes)
    else:
        assessment.settle()
