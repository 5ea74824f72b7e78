"""A person's word on what is stuck: requeue, discard, release the lane. One unit of work each."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from libs.contracts.tpg_sync import LaneReleased, SyncDiscarded, SyncQueued, SyncState
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.commands.owing import facts
from services.tpg_sync.commands.waiting import release_waiting
from services.tpg_sync.errors import LaneNotHeld, NewerJobExists, StillAwaited
from services.tpg_sync.models import (
    CLOSED,
    LANE_ID,
    READINGS,
    WAITING_FOR_A_PERSON,
    JobKind,
    JobState,
    SyncJob,
    SyncLane,
    SyncRecord,
)
from services.tpg_sync.queries.jobs import JobFilter, open_jobs
from services.tpg_sync.queries.waiting import missing_for

BULK_LIMIT = 1_000
_LEFT_BY = {JobState.DEAD_LETTERED: SyncState.DEAD, JobState.BLOCKED: SyncState.NOT_APPLICABLE}
"""What a discarded job leaves its record as, where that is not `rejected`."""
ON_THEIR_WAY = frozenset(JobState) - CLOSED - WAITING_FOR_A_PERSON


async def requeue_job(uow: UnitOfWork, job_id: UUID, *, version: int | None, reason: str) -> SyncJob:
    """Send a rejected or dead job again, with the record as its owner has it then."""
    job = await _locked_with_record(uow, job_id)
    job.expect(version)
    await _requeue(uow, job, reason)
    return job


async def _requeue(uow: UnitOfWork, job: SyncJob, reason: str) -> None:
    newer = [other for other in await open_jobs(uow, job.key) if other.ordinal > job.ordinal]
    if any(other.kind not in READINGS for other in newer):
        raise NewerJobExists(job.id)
    job.requeue(uow.now(), reason=reason)
    uow.emit(SyncQueued(**facts(job), state=SyncState.PENDING).because(reason))


async def discard_job(uow: UnitOfWork, job_id: UUID, *, version: int | None, reason: str) -> SyncJob:
    """Give a rejected or dead job up; the record keeps saying so until another job succeeds.

    A blocked one can be given up once nobody brings what it waits for (else StillAwaited): of a seat that was given up,
    say. Nothing of its record is owed then, until its owner says something new or a comparison finds it missing.
    """
    job = await _locked_with_record(uow, job_id)
    job.expect(version)
    if job.state is JobState.BLOCKED:
        await _require_awaited_by_nobody(uow, job)
    state = _LEFT_BY.get(JobState(job.state), SyncState.REJECTED)
    job.discard(uow.now(), reason=reason)
    uow.emit(SyncDiscarded(**facts(job), state=state).because(reason))
    await uow.session.flush()
    await release_waiting(uow, [await uow.get(SyncRecord, job.key)])
    return job


async def _require_awaited_by_nobody(uow: UnitOfWork, job: SyncJob) -> None:
    """Where all it waits for is on its way, it goes on by itself."""
    waiting = await missing_for(uow, JobKind(job.kind), await uow.get(SyncRecord, job.key))
    if all(wait.state in ON_THEIR_WAY for wait in waiting):
        raise StillAwaited(job.id, [f"{wait.need.record_type} {wait.need.record_id}" for wait in waiting])


async def _locked_with_record(uow: UnitOfWork, job_id: UUID) -> SyncJob:
    """Locks in the order every writer uses: the record, then its job."""
    seen = await uow.get(SyncJob, job_id)
    await uow.get(SyncRecord, seen.key, for_update=True)
    return await uow.get(SyncJob, job_id, for_update=True)


@dataclass(frozen=True, slots=True)
class Bulk:
    """How many jobs the filter found, and how many of them were queued again."""

    matching: int
    requeued: int


async def requeue_jobs(uow: UnitOfWork, wanted: JobFilter, *, dry_run: bool, reason: str) -> Bulk:
    """Requeue the rejected and dead jobs a filter finds, at most BULK_LIMIT a time; a dry run only counts."""
    conditions = (*wanted.conditions(), col(SyncJob.state).in_(WAITING_FOR_A_PERSON))
    counted = await uow.session.execute(select(func.count()).select_from(SyncJob).where(*conditions))
    matching = int(counted.scalar_one())
    if dry_run:
        return Bulk(matching, 0)
    found = await uow.session.execute(
        select(col(SyncJob.id))
        .where(*conditions)
        .order_by(col(SyncJob.record_type), col(SyncJob.record_id))
        .limit(BULK_LIMIT)
    )
    requeued = 0
    for job_id in found.scalars().all():
        job = await _locked_with_record(uow, job_id)
        if job.state in WAITING_FOR_A_PERSON:
            await _requeue(uow, job, reason)
            requeued += 1
    return Bulk(matching, requeued)


async def release_lane(uow: UnitOfWork, *, reason: str) -> SyncLane:
    """Send again after credentials, certificate or key were mended."""
    lane = await uow.get(SyncLane, LANE_ID, for_update=True)
    if lane.held_cause is None:
        raise LaneNotHeld
    lane.release()
    uow.emit(LaneReleased(lane_id=lane.id).because(reason))
    return lane
