"""What tpg-sync can be told to do: owe a submission, requeue, discard, release the lane. One unit of work each."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from libs.contracts.course import RunEvent, RunFact, SessionStatus
from libs.contracts.tpg_sync import (
    LaneReleased,
    RecordType,
    RemoteIds,
    SyncDiscarded,
    SyncQueued,
    SyncState,
    SyncSucceeded,
)
from libs.database.unit_of_work import UnitOfWork
from libs.sources import SINGAPORE
from libs.telemetry.context import current
from libs.telemetry.tracing import inject
from services.tpg_sync.errors import LaneNotHeld, NewerJobExists
from services.tpg_sync.models import (
    GROUP_OF,
    LANE_ID,
    READINGS,
    UNSENT,
    WAITING_FOR_A_PERSON,
    JobKind,
    JobState,
    SyncJob,
    SyncLane,
    SyncRecord,
)
from services.tpg_sync.queries import JobFilter, open_jobs

ORDINAL_STEP = 2
"""Leaves room for a reading job between an intent and the next."""
BULK_LIMIT = 1_000


def idempotency_key(record_type: RecordType, record_id: UUID, kind: JobKind, revision: int) -> str:
    """Record + intent + revision. Not the payload: A, then B, then A again must be sent three times."""
    return hashlib.sha256(f"{record_type}/{record_id}|{kind}|{revision}".encode()).hexdigest()


def first_session_at(run: RunFact) -> datetime:
    """When TPGateway must know of the run at the latest: its first session, else the start of its first day."""
    planned = [session.start_at for session in run.sessions if session.status is not SessionStatus.CANCELLED]
    return min(planned, default=datetime.combine(run.start_on, time(), SINGAPORE))


async def owe_run(uow: UnitOfWork, event: RunEvent, kind: JobKind) -> SyncJob | None:
    """Owe TPGateway this revision of a run; None when a job for it, or for a newer one, exists already.

    Older jobs that were not sent, or that wait for a person, are superseded: the new one carries the whole state.
    """
    record = await lock_record(uow, RecordType.RUN, event.run_id)
    jobs = await open_jobs(uow, record.record_id)
    if await _already_owed(uow, record, kind, event.run.revision):
        return None
    for job in jobs:
        if job.state in UNSENT | WAITING_FOR_A_PERSON:
            job.supersede(uow.now())
    call_out = any(job.state in (JobState.IN_FLIGHT, JobState.VERIFYING) for job in jobs)
    job = new_job(uow, record, kind, revision=event.run.revision, deadline_at=first_session_at(event.run))
    uow.add(job)
    await _inherit_dependants(uow, [old.id for old in jobs if old.state == JobState.SUPERSEDED], job.id)
    if kind is JobKind.RUN_DELETE and record.remote_id is None and not call_out:
        _close_unsent(uow, job)
        return job
    uow.emit(SyncQueued(**facts(job), state=SyncState.PENDING))
    return job


async def lock_record(uow: UnitOfWork, record_type: RecordType, record_id: UUID) -> SyncRecord:
    """The record's row, made when it is new, locked until the end: one writer per record."""
    row = {"record_id": record_id, "record_type": record_type, "parts": {}, "last_ordinal": 0}
    await uow.session.execute(insert(SyncRecord).values(**row).on_conflict_do_nothing())
    return await uow.get(SyncRecord, record_id, for_update=True)


async def _already_owed(uow: UnitOfWork, record: SyncRecord, kind: JobKind, revision: int) -> bool:
    """A publish or edit of this revision, or of a newer one, carries all of it; so does a delete for a delete."""
    same = (JobKind.RUN_DELETE,) if kind is JobKind.RUN_DELETE else (JobKind.RUN_PUBLISH, JobKind.RUN_EDIT)
    found = select(col(SyncJob.id)).where(
        col(SyncJob.record_id) == record.record_id,
        col(SyncJob.kind).in_(same),
        col(SyncJob.record_revision) >= revision,
    )
    return (await uow.session.execute(found.limit(1))).first() is not None


def new_job(
    uow: UnitOfWork, record: SyncRecord, kind: JobKind, *, revision: int, deadline_at: datetime | None
) -> SyncJob:
    """The next job of a record, on the present journey; the caller adds it."""
    record.last_ordinal += ORDINAL_STEP
    context = current()
    return SyncJob(
        id=uow.new_id(),
        record_type=record.record_type,
        record_id=record.record_id,
        record_revision=revision,
        ordinal=record.last_ordinal,
        kind=kind,
        endpoint_group=GROUP_OF[kind],
        idempotency_key=idempotency_key(RecordType(record.record_type), record.record_id, kind, revision),
        not_before=uow.now(),
        deadline_at=deadline_at,
        correlation_id=context.correlation_id,
        causation_id=uow.causation_id or context.causation_id,
        traceparent=_traceparent(),
        created_at=uow.now(),
        updated_at=uow.now(),
    )


def _traceparent() -> str | None:
    """The trace this intent belongs to: the call to TPGateway continues it."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent")


def reading_job(uow: UnitOfWork, parent: SyncJob, *, delay: timedelta) -> SyncJob:
    """Ask later what TPGateway calls the sessions it has just taken; comes before the record's next intent."""
    now = uow.now()
    return SyncJob(
        id=uow.new_id(),
        record_type=parent.record_type,
        record_id=parent.record_id,
        record_revision=parent.record_revision,
        sent_revision=parent.sent_revision,
        ordinal=parent.ordinal + 1,
        kind=JobKind.RUN_SESSIONS,
        endpoint_group=GROUP_OF[JobKind.RUN_SESSIONS],
        idempotency_key=f"{parent.idempotency_key}/sessions/{parent.series}",
        not_before=now + delay,
        deadline_at=parent.deadline_at,
        payload_enc=parent.payload_enc,
        payload_hash=parent.payload_hash,
        correlation_id=parent.correlation_id,
        causation_id=parent.causation_id,
        traceparent=parent.traceparent,
        created_at=now,
        updated_at=now,
    )


def facts(job: SyncJob) -> dict[str, Any]:
    """What every event about a job says of it."""
    return {
        "record_id": job.record_id,
        "record_type": job.record_type,
        "job_id": job.id,
        "kind": job.kind,
        "record_revision": job.sent_revision or job.record_revision,
    }


def _close_unsent(uow: UnitOfWork, job: SyncJob) -> None:
    """A removal of something TPGateway never had: done by having nothing to do."""
    job.close_without_sending(uow.now())
    uow.emit(SyncSucceeded(**facts(job), state=SyncState.NOT_APPLICABLE, remote=RemoteIds()))


async def _inherit_dependants(uow: UnitOfWork, old: Sequence[UUID], new: UUID) -> None:
    """Whoever waited for a superseded job waits for the one that carries its state."""
    for job_id in old:
        waiting = update(SyncJob).where(
            col(SyncJob.state) == JobState.BLOCKED, col(SyncJob.depends_on).contains([job_id])
        )
        await uow.session.execute(
            waiting.values(depends_on=func.array_replace(SyncJob.depends_on, job_id, new)),
            execution_options={"synchronize_session": False},
        )


async def requeue_job(uow: UnitOfWork, job_id: UUID, *, version: int | None, reason: str) -> SyncJob:
    """Send a rejected or dead job again, with the record as its owner has it then."""
    job = await _locked_with_record(uow, job_id)
    job.expect(version)
    await _requeue(uow, job, reason)
    return job


async def _requeue(uow: UnitOfWork, job: SyncJob, reason: str) -> None:
    newer = [other for other in await open_jobs(uow, job.record_id) if other.ordinal > job.ordinal]
    if any(other.kind not in READINGS for other in newer):
        raise NewerJobExists(job.id)
    job.requeue(uow.now(), reason=reason)
    uow.emit(SyncQueued(**facts(job), state=SyncState.PENDING).because(reason))


async def discard_job(uow: UnitOfWork, job_id: UUID, *, version: int | None, reason: str) -> SyncJob:
    """Give a rejected or dead job up; the record keeps saying so until another job succeeds."""
    job = await _locked_with_record(uow, job_id)
    job.expect(version)
    state = SyncState.DEAD if job.state == JobState.DEAD_LETTERED else SyncState.REJECTED
    job.discard(uow.now(), reason=reason)
    uow.emit(SyncDiscarded(**facts(job), state=state).because(reason))
    return job


async def _locked_with_record(uow: UnitOfWork, job_id: UUID) -> SyncJob:
    """Locks in the order every writer uses: the record, then its job."""
    seen = await uow.get(SyncJob, job_id)
    await uow.get(SyncRecord, seen.record_id, for_update=True)
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
        select(col(SyncJob.id)).where(*conditions).order_by(col(SyncJob.record_id)).limit(BULK_LIMIT)
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
