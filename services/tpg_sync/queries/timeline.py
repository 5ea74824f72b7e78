"""Everything done to bring one record to TPGateway, and what happens next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from libs.contracts.envelope import Envelope
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.errors import RecordNeverSubmitted
from services.tpg_sync.models import Discrepancy, Obligation, SyncAttempt, SyncJob, SyncRecord, Wait
from services.tpg_sync.models.step import NextStep, Step, StepPlace
from services.tpg_sync.queries.discrepancies import discrepancies_of
from services.tpg_sync.queries.duties import duties_of
from services.tpg_sync.queries.jobs import open_jobs
from services.tpg_sync.queries.next_step import next_step
from services.tpg_sync.queries.steps import steps_of
from services.tpg_sync.queries.waiting import waits

LATEST: Final = 50
"""The jobs that are shown whole; older ones are in the steps."""
LATEST_CALLS: Final = 100
LATEST_WORDS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One record's way: how it stands, a page of its steps oldest first, and what comes next."""

    record: SyncRecord
    jobs: Sequence[SyncJob]
    waiting: Mapping[UUID, Sequence[Wait]]
    attempts: Sequence[SyncAttempt]
    events: Sequence[Envelope]
    duties: Sequence[Obligation]
    steps: Sequence[Step]
    earlier: StepPlace | None
    """Where the page before this one ends; None when there is none."""
    next: NextStep
    discrepancies: Sequence[Discrepancy]

    @property
    def due_at(self) -> datetime | None:
        """When the most pressing duty it meets is due; where none is owed, when its job must have succeeded."""
        coming = self.next.job
        if coming is not None and coming.deadline_at is not None and not self._owes:
            return coming.deadline_at
        if self.duties:
            return self.duties[0].due_at
        return next((job.deadline_at for job in reversed(self.jobs) if job.deadline_at is not None), None)

    @property
    def met_at(self) -> datetime | None:
        """When that was met; None while something is still owed."""
        if self._owes or self.next.job is not None:
            return None
        return self.duties[0].satisfied_at if self.duties else self.record.acked_at

    @property
    def _owes(self) -> bool:
        return bool(self.duties) and self.duties[0].satisfied_at is None


async def get_timeline(
    uow: UnitOfWork, record_type: RecordType, record_id: UUID, *, before: StepPlace | None, limit: int
) -> Timeline:
    """Raises RecordNeverSubmitted when nothing was ever owed for it."""
    record = await uow.find(SyncRecord, (record_type, record_id))
    if record is None:
        raise RecordNeverSubmitted(record_type, record_id)
    jobs, still_open = await _latest_jobs(uow, record), await open_jobs(uow, record.key)
    waiting = await waits(uow, list({job.id: job for job in [*jobs, *still_open]}.values()))
    found = await steps_of(uow, record, before=before, limit=limit + 1)
    steps = found[-limit:]
    return Timeline(
        record=record,
        jobs=jobs,
        waiting=waiting,
        attempts=await _latest_calls(uow, jobs),
        events=await _told_about(uow, record),
        duties=await duties_of(uow, record),
        steps=steps,
        earlier=steps[0].place if len(found) > limit else None,
        next=await next_step(uow, still_open, waiting),
        discrepancies=await discrepancies_of(uow, record.key),
    )


async def _latest_jobs(uow: UnitOfWork, record: SyncRecord) -> Sequence[SyncJob]:
    about = (col(SyncJob.record_type) == record.record_type, col(SyncJob.record_id) == record.record_id)
    latest = select(SyncJob).where(*about).order_by(col(SyncJob.ordinal).desc()).limit(LATEST)
    return list(reversed((await uow.session.execute(latest)).scalars().all()))


async def _latest_calls(uow: UnitOfWork, jobs: Sequence[SyncJob]) -> Sequence[SyncAttempt]:
    latest = select(SyncAttempt).where(col(SyncAttempt.job_id).in_([job.id for job in jobs]))
    latest = latest.order_by(col(SyncAttempt.started_at).desc()).limit(LATEST_CALLS)
    return list(reversed((await uow.session.execute(latest)).scalars().all()))


async def _told_about(uow: UnitOfWork, record: SyncRecord) -> list[Envelope]:
    """What this service said last about a record's jobs; an enrolment and its fee share one sequence."""
    told = text(
        "select body from tpg_sync.event where aggtype = 'sync' and aggid = :record"
        " and body::jsonb->'data'->>'record_type' = :type and body::jsonb->'data'->>'job_id' is not null"
        " order by aggseq desc limit :limit"
    )
    values = {"record": record.record_id, "type": str(record.record_type), "limit": LATEST_WORDS}
    rows = await uow.session.execute(told, values)
    return [Envelope.from_bytes(body.encode()) for body in reversed(rows.scalars().all())]
