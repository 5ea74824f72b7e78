"""What is owed to TPGateway: one job for each intention about each revision of a record."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from libs.contracts.tpg_sync import RecordType, RemoteIds, SyncQueued, SyncState, SyncSucceeded
from libs.database.unit_of_work import UnitOfWork
from libs.telemetry.context import current
from libs.telemetry.tracing import inject
from services.tpg_sync.commands.waiting import release_waiting
from services.tpg_sync.models import (
    GROUP_OF,
    KINDS_OF,
    READINGS,
    REMOVALS,
    UNSENT,
    WAITING_FOR_A_PERSON,
    JobKind,
    JobState,
    RecordKey,
    SyncJob,
    SyncRecord,
    Ties,
)
from services.tpg_sync.queries.jobs import open_jobs
from services.tpg_sync.queries.waiting import beside

ORDINAL_STEP = 2
"""Leaves room for a reading job between an intent and the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One intention about one revision of a record, and what the record hangs on."""

    record_type: RecordType
    record_id: UUID
    kind: JobKind
    revision: int
    ties: Ties = field(default_factory=Ties)
    deadline_at: datetime | None = None
    """Where the owner's word alone decides it; else it is reckoned from the run's dates by the engine."""
    takes_back: bool = False
    """It undoes what is there: with nothing there, there is nothing to send."""

    @property
    def key(self) -> RecordKey:
        return self.record_type, self.record_id

    @property
    def removes(self) -> bool:
        return self.kind in REMOVALS


def idempotency_key(record_type: RecordType, record_id: UUID, kind: JobKind, revision: int) -> str:
    """Record + intent + revision. Not the payload: A, then B, then A again must be sent three times."""
    return hashlib.sha256(f"{record_type}/{record_id}|{kind}|{revision}".encode()).hexdigest()


async def owe(uow: UnitOfWork, owed: Owed) -> SyncJob | None:
    """Owe TPGateway this; None when a job for this revision, or for a newer one, exists already.

    Older jobs that were not sent, or that wait for a person, are superseded: the new one carries the whole state.
    """
    record = await lock_record(uow, owed.record_type, owed.record_id, ties=owed.ties)
    jobs = await open_jobs(uow, record.key, hold=True)
    if await _already_owed(uow, record, owed):
        return None
    record.ended = owed.removes or owed.takes_back
    supersede_unsent(uow, jobs)
    job = new_job(uow, record, owed.kind, revision=owed.revision, deadline_at=owed.deadline_at)
    call_out = any(one.state in (JobState.IN_FLIGHT, JobState.VERIFYING) for one in jobs)
    if (owed.removes or owed.takes_back) and not call_out and record.nothing_there:
        uow.add(job)
        await _close_unsent(uow, record, job)
        return job
    if (await beside(uow, [(owed.kind, record)])).missing(owed.kind, record):
        job.begin_blocked()
    uow.add(job)
    uow.emit(SyncQueued(**facts(job), state=SyncState.PENDING))
    return job


async def lock_record(
    uow: UnitOfWork, record_type: RecordType, record_id: UUID, *, ties: Ties | None = None
) -> SyncRecord:
    """The record's row, made when it is new, locked until the end: one writer per record."""
    row: dict[str, Any] = {
        "record_id": record_id,
        "record_type": record_type,
        "parts": {},
        "former_ids": [],
        "ended": False,
        "foreign": False,
        "last_ordinal": 0,
    }
    await uow.session.execute(insert(SyncRecord).values(**row).on_conflict_do_nothing())
    record = await uow.get(SyncRecord, (record_type, record_id), for_update=True)
    if ties is not None:
        record.tie(ties)
    return record


async def _already_owed(uow: UnitOfWork, record: SyncRecord, owed: Owed) -> bool:
    """Any job but a removal of this revision, or of a newer one, carries all of it; so does a removal for a removal."""
    kinds = KINDS_OF[owed.record_type] - READINGS
    same = kinds & REMOVALS if owed.removes else kinds - REMOVALS
    found = select(col(SyncJob.id)).where(
        col(SyncJob.record_type) == record.record_type,
        col(SyncJob.record_id) == record.record_id,
        col(SyncJob.kind).in_(same),
        col(SyncJob.record_revision) >= owed.revision,
    )
    return (await uow.session.execute(found.limit(1))).first() is not None


def supersede_unsent(uow: UnitOfWork, jobs: Sequence[SyncJob]) -> None:
    """A newer word speaks for the record: what was not sent, or waits for a person, is void. The caller holds them.

    Not what takes away a session that is none of ours: no later word of ours carries that.
    """
    for job in jobs:
        if job.state in UNSENT | WAITING_FOR_A_PERSON and job.kind is not JobKind.RUN_DROP_SESSION:
            job.supersede(uow.now())


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
        remote_type=remote_type_of(RecordType(record.record_type)),
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


def remote_type_of(record_type: RecordType) -> RecordType:
    """Which record at TPGateway is touched: a fee is part of its enrolment."""
    return RecordType.ENROLMENT if record_type is RecordType.FEE else record_type


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
        remote_type=parent.remote_type,
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


def tell_void(uow: UnitOfWork, job: SyncJob) -> None:
    """Its owner learns that nothing of it is owed any more; no other word of ours would say so."""
    uow.emit(SyncSucceeded(**facts(job), state=SyncState.NOT_APPLICABLE, remote=RemoteIds()))


async def _close_unsent(uow: UnitOfWork, record: SyncRecord, job: SyncJob) -> None:
    """A removal of something TPGateway does not have: done by having nothing to do."""
    job.close_without_sending(uow.now())
    tell_void(uow, job)
    await uow.session.flush()
    await release_waiting(uow, [record])
