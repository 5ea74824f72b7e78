"""What tpg-sync says about an enrolment and about its fee becomes their sync stamps."""

from libs.contracts.tpg_sync import Hint, RecordType, RemoteIds, SyncDrifted, SyncEvent, SyncReconciled
from libs.database.unit_of_work import UnitOfWork
from services.enrolment.commands.judging import judge_one
from services.enrolment.commands.seating import at_desk_of
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.queries.enrolments import lock_enrolment


async def record_outcome(
    uow: UnitOfWork,
    event: SyncEvent,
    *,
    remote: RemoteIds | None = None,
    error_code: str | None = None,
    hints: tuple[Hint, ...] = (),
) -> None:
    """Note how a submission fares; words about other records are not ours. Repeating it changes nothing."""
    if event.record_type is RecordType.ENROLMENT and remote is not None:
        await _record_success(uow, event, remote)
    elif event.record_type in {RecordType.ENROLMENT, RecordType.FEE}:
        _hear(await lock_enrolment(uow, event.record_id), event, uow, error_code, hints)


async def _record_success(uow: UnitOfWork, event: SyncEvent, remote: RemoteIds) -> None:
    """TPGateway holds it: note the name it has there, and judge the grant anew by when it was accepted."""
    async with at_desk_of(uow, event.record_id) as desk:
        enrolment = await lock_enrolment(uow, event.record_id)
        _hear(enrolment, event, uow)
        recorded = enrolment.synced(remote, enrolment.sync_state, revision=event.record_revision, at=uow.now())
        if recorded is not None:
            uow.emit(recorded)
        await judge_one(uow, enrolment, desk.run)


async def record_drift(uow: UnitOfWork, event: SyncDrifted | SyncReconciled) -> None:
    """Note that TPGateway's copy was changed by others, or that nothing of it is left. Repeating it changes nothing."""
    if event.record_type not in {RecordType.ENROLMENT, RecordType.FEE}:
        return
    enrolment = await lock_enrolment(uow, event.record_id)
    fee = event.record_type is RecordType.FEE
    if isinstance(event, SyncDrifted):
        (enrolment.drift_fee if fee else enrolment.drift)(revision=event.record_revision, codes=event.codes)
    else:
        (enrolment.settle_fee if fee else enrolment.settle)()


def _hear(
    enrolment: Enrolment,
    event: SyncEvent,
    uow: UnitOfWork,
    error_code: str | None = None,
    hints: tuple[Hint, ...] = (),
) -> None:
    hear = enrolment.hear if event.record_type is RecordType.ENROLMENT else enrolment.hear_fee
    hear(
        event.state,
        revision=event.record_revision,
        job_id=event.job_id,
        at=uow.now(),
        error_code=error_code,
        hints=hints,
    )
