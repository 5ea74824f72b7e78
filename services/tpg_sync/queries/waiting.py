"""Who waits for whom: the records beside one, read in as few questions as the case needs."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlmodel import col

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import (
    CLOSED,
    Beside,
    JobKind,
    JobState,
    RecordKey,
    RunCalendar,
    SyncJob,
    SyncRecord,
    Wait,
)

CALL_OUT: Final = (JobState.IN_FLIGHT, JobState.VERIFYING)
Asked = tuple[JobKind, SyncRecord]


async def beside(uow: UnitOfWork, asked: Sequence[Asked]) -> Beside:
    """Everything the needs of these jobs can be judged by, as it stands now."""
    keys = {key for _, record in asked for key in _hung_on(record)}
    emptied = [record.record_id for kind, record in asked if kind is JobKind.RUN_DELETE]
    if not keys and not emptied:
        return Beside()
    found = [*await _records(uow, keys), *await _still_there(uow, emptied)]
    heirs = await _heirs(uow, [one.record_id for one in found if one.record_type is RecordType.ENROLMENT])
    gone = {one.key for _, record in asked for one in found if one.record_id == record.replaces}
    gone |= {one.key for one in found if one.run_id in emptied}
    return Beside([*found, *heirs], await busy(uow, gone))


async def calendars_of(uow: UnitOfWork, records: Iterable[SyncRecord]) -> dict[UUID, RunCalendar]:
    """The time of the runs these records belong to, as far as it was heard."""
    run_ids = {record.run_id for record in records if record.run_id is not None}
    if not run_ids:
        return {}
    found = await uow.session.execute(select(RunCalendar).where(col(RunCalendar.run_id).in_(run_ids)))
    return {calendar.run_id: calendar for calendar in found.scalars()}


def _hung_on(record: SyncRecord) -> set[RecordKey]:
    ids = {
        (RecordType.RUN, record.run_id),
        (RecordType.ENROLMENT, record.enrolment_id),
        (RecordType.ENROLMENT, record.replaces),
    }
    return {(record_type, record_id) for record_type, record_id in ids if record_id is not None}


async def _records(uow: UnitOfWork, keys: Iterable[RecordKey]) -> Sequence[SyncRecord]:
    wanted = list(keys)
    if not wanted:
        return []
    of_them = tuple_(col(SyncRecord.record_type), col(SyncRecord.record_id)).in_(wanted)
    return (await uow.session.execute(select(SyncRecord).where(of_them))).scalars().all()


async def _still_there(uow: UnitOfWork, run_ids: Sequence[UUID]) -> Sequence[SyncRecord]:
    """Enrolments on these runs that TPGateway has, or may have as soon as a call comes home."""
    if not run_ids:
        return []
    out = select(col(SyncJob.record_id)).where(
        col(SyncJob.record_type) == RecordType.ENROLMENT, col(SyncJob.state).in_(CALL_OUT)
    )
    there = select(SyncRecord).where(
        col(SyncRecord.record_type) == RecordType.ENROLMENT,
        col(SyncRecord.run_id).in_(run_ids),
        or_(col(SyncRecord.remote_id).is_not(None), col(SyncRecord.record_id).in_(out)),
    )
    return (await uow.session.execute(there)).scalars().all()


async def _heirs(uow: UnitOfWork, enrolment_ids: Sequence[UUID]) -> list[SyncRecord]:
    """Those created in place of these, in place of those, and so on."""
    heirs: list[SyncRecord] = []
    asked = list(enrolment_ids)
    while asked:
        statement = select(SyncRecord).where(col(SyncRecord.replaces).in_(asked))
        found = (await uow.session.execute(statement)).scalars().all()
        heirs += found
        asked = [one.record_id for one in found]
    return heirs


async def busy(uow: UnitOfWork, keys: Iterable[RecordKey]) -> set[RecordKey]:
    """Those of these records about which something is still to be done."""
    wanted = list(keys)
    if not wanted:
        return set()
    statement = select(col(SyncJob.record_type), col(SyncJob.record_id)).where(
        tuple_(col(SyncJob.record_type), col(SyncJob.record_id)).in_(wanted), col(SyncJob.state).not_in(CLOSED)
    )
    found = await uow.session.execute(statement)
    return {(RecordType(record_type), record_id) for record_type, record_id in found.all()}


async def hanging_on(uow: UnitOfWork, records: Sequence[SyncRecord]) -> ColumnElement[bool]:
    """Which jobs may have waited for one of these records. Wider than need be is harmless: each is judged anew."""
    runs = [one.record_id for one in records if one.record_type is RecordType.RUN]
    enrolments = [one for one in records if one.record_type is RecordType.ENROLMENT]
    places = await _places(uow, enrolments)
    on_runs = [one.run_id for one in enrolments if one.run_id is not None]
    return or_(
        col(SyncRecord.run_id).in_(runs),
        col(SyncRecord.enrolment_id).in_(places),
        col(SyncRecord.replaces).in_(places),
        and_(col(SyncJob.kind) == JobKind.RUN_DELETE, col(SyncRecord.record_id).in_(on_runs)),
    )


async def _places(uow: UnitOfWork, enrolments: Sequence[SyncRecord]) -> set[UUID]:
    """These enrolments and all whose place they took: what hangs on those hangs on these now."""
    places = {one.record_id for one in enrolments}
    asked = [one.replaces for one in enrolments if one.replaces is not None]
    while asked:
        places |= set(asked)
        before = await _records(uow, [(RecordType.ENROLMENT, one) for one in asked])
        asked = [one.replaces for one in before if one.replaces is not None and one.replaces not in places]
    return places


async def waits(uow: UnitOfWork, jobs: Sequence[SyncJob]) -> dict[UUID, list[Wait]]:
    """What each blocked job among these waits for now; the others wait for nothing but their turn."""
    blocked = [job for job in jobs if job.state is JobState.BLOCKED]
    records = {record.key: record for record in await _records(uow, {job.key for job in blocked})}
    around = await beside(uow, [(JobKind(job.kind), records[job.key]) for job in blocked])
    needs = {job.id: around.missing(JobKind(job.kind), records[job.key]) for job in blocked}
    newest = await _newest_open(uow, {need.key for missing in needs.values() for need in missing})
    return {
        job_id: [Wait(need, newest.get(need.key) or around.standing_of(need)) for need in missing]
        for job_id, missing in needs.items()
    }


async def missing_for(uow: UnitOfWork, kind: JobKind, record: SyncRecord) -> list[Wait]:
    """What a job of this kind about this record would wait for."""
    around = await beside(uow, [(kind, record)])
    needs = around.missing(kind, record)
    newest = await _newest_open(uow, {need.key for need in needs})
    return [Wait(need, newest.get(need.key) or around.standing_of(need)) for need in needs]


async def _newest_open(uow: UnitOfWork, keys: Iterable[RecordKey]) -> dict[RecordKey, JobState]:
    wanted = list(keys)
    if not wanted:
        return {}
    statement = (
        select(SyncJob)
        .where(tuple_(col(SyncJob.record_type), col(SyncJob.record_id)).in_(wanted), col(SyncJob.state).not_in(CLOSED))
        .order_by(col(SyncJob.ordinal))
    )
    return {job.key: JobState(job.state) for job in (await uow.session.execute(statement)).scalars()}
