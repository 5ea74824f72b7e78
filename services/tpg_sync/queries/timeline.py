"""Everything done to bring one record to TPGateway."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from libs.contracts.envelope import Envelope
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.errors import RecordNeverSubmitted
from services.tpg_sync.models import Discrepancy, SyncAttempt, SyncJob, SyncRecord
from services.tpg_sync.queries.discrepancies import discrepancies_of
from services.tpg_sync.queries.jobs import list_attempts


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything done to bring one record to TPGateway, oldest first."""

    record: SyncRecord
    jobs: Sequence[SyncJob]
    attempts: Sequence[SyncAttempt]
    events: Sequence[Envelope]
    discrepancies: Sequence[Discrepancy] = ()


async def get_timeline(uow: UnitOfWork, record_type: RecordType, record_id: UUID) -> Timeline:
    """Raises RecordNeverSubmitted when nothing was ever owed for it."""
    record = await uow.find(SyncRecord, (record_type, record_id))
    if record is None:
        raise RecordNeverSubmitted(record_type, record_id)
    about = (col(SyncJob.record_type) == record_type, col(SyncJob.record_id) == record_id)
    jobs = (await uow.session.execute(select(SyncJob).where(*about).order_by(col(SyncJob.ordinal)))).scalars().all()
    attempts = await list_attempts(uow, [job.id for job in jobs])
    told = await _told_about(uow, record_type, record_id)
    return Timeline(record, jobs, attempts, told, await discrepancies_of(uow, record.key))


async def _told_about(uow: UnitOfWork, record_type: RecordType, record_id: UUID) -> list[Envelope]:
    """What this service has said about a record's jobs, oldest first; an enrolment and its fee share one sequence."""
    told = text("select body from tpg_sync.event where aggtype = 'sync' and aggid = :record order by aggseq")
    rows = await uow.session.execute(told, {"record": record_id})
    envelopes = [Envelope.from_bytes(body.encode()) for body in rows.scalars()]
    return [one for one in envelopes if one.data["record_type"] == record_type and "job_id" in one.data]
