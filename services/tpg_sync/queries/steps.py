"""The steps of one record, page by page backwards: one question finds them in order, then their rows are read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlmodel import col

from libs.contracts.envelope import Envelope
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import HeardEvent, SyncAttempt, SyncJob, SyncRecord
from services.tpg_sync.models.step import RANKS, Step, StepKind, StepPlace

_JOBS: Final = "from tpg_sync.sync_job where record_type = :type and record_id = :record"
_CALLS: Final = """
from tpg_sync.sync_attempt call join tpg_sync.sync_job job on job.id = call.job_id
where job.record_type = :type and job.record_id = :record
"""
# An enrolment and its fee share one sequence of our events; what we said names the type of record.
STEPS: Final = text(f"""
select at, rank, id from (
    select at, {RANKS[StepKind.EVENT]} as rank, event_id::text as id
    from tpg_sync.heard_event where aggtype = :aggtype and aggid = :record
    union all select created_at, {RANKS[StepKind.JOB]}, id::text {_JOBS}
    union all select (body::jsonb->>'time')::timestamptz, {RANKS[StepKind.TOLD]}, id::text
    from tpg_sync.event where aggtype = 'sync' and aggid = :record
        and body::jsonb->'data'->>'record_type' = :type and body::jsonb->'data'->>'job_id' is not null
    union all select blocked_at, {RANKS[StepKind.BLOCKED]}, id::text {_JOBS} and blocked_at is not null
    union all select call.started_at, {RANKS[StepKind.ATTEMPT]}, call.job_id || '/' || call.number {_CALLS}
    union all select call.ended_at, {RANKS[StepKind.WAIT]}, call.job_id || '/' || call.number {_CALLS}
        and call.next_at is not null
) as step
where cast(:at as timestamptz) is null
    or (at, rank, id) < (cast(:at as timestamptz), cast(:rank as int), cast(:id as text))
order by at desc, rank desc, id desc limit :limit
""")  # noqa: S608 - constant text
KINDS: Final = {rank: kind for kind, rank in RANKS.items()}


async def steps_of(uow: UnitOfWork, record: SyncRecord, *, before: StepPlace | None, limit: int) -> list[Step]:
    """At most `limit` steps before a place (of all: the latest ones), oldest first."""
    at, rank, step_id = before or (None, 0, "")
    values = {
        "type": str(record.record_type),
        "aggtype": "enrolment" if record.record_type is RecordType.FEE else str(record.record_type),
        "record": record.record_id,
        "at": at,
        "rank": rank,
        "id": step_id,
        "limit": limit,
    }
    rows = (await uow.session.execute(STEPS, values)).all()
    found = [(KINDS[row.rank], row.at, row.id) for row in reversed(rows)]
    return await _read(uow, record, found)


async def _read(uow: UnitOfWork, record: SyncRecord, found: Sequence[tuple[StepKind, datetime, str]]) -> list[Step]:
    ids: dict[StepKind, list[str]] = {kind: [one for known, _, one in found if known is kind] for kind in StepKind}
    heard = await _heard(uow, ids[StepKind.EVENT])
    told = await _told(uow, record.record_id, ids[StepKind.TOLD])
    calls = await _calls(uow, [*ids[StepKind.ATTEMPT], *ids[StepKind.WAIT]])
    jobs = await _jobs(uow, [*ids[StepKind.JOB], *ids[StepKind.BLOCKED], *(one.partition("/")[0] for one in calls)])
    return [
        Step(
            kind=kind,
            at=at,
            id=step_id,
            heard=heard.get(step_id),
            told=told.get(step_id),
            job=jobs.get(step_id.partition("/")[0]),
            attempt=calls.get(step_id),
        )
        for kind, at, step_id in found
    ]


async def _heard(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, HeardEvent]:
    found = await _rows(uow, select(HeardEvent).where(col(HeardEvent.event_id).in_(map(UUID, ids))), ids)
    return {str(one.event_id): one for one in found}


async def _jobs(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, SyncJob]:
    found = await _rows(uow, select(SyncJob).where(col(SyncJob.id).in_(map(UUID, set(ids)))), ids)
    return {str(one.id): one for one in found}


async def _calls(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, SyncAttempt]:
    keys = [(UUID(job_id), int(number)) for job_id, _, number in (one.partition("/") for one in set(ids))]
    wanted = tuple_(col(SyncAttempt.job_id), col(SyncAttempt.number)).in_(keys)
    found = await _rows(uow, select(SyncAttempt).where(wanted), ids)
    return {f"{one.job_id}/{one.number}": one for one in found}


async def _rows(uow: UnitOfWork, statement: Any, ids: Sequence[str]) -> Iterable[Any]:
    return (await uow.session.execute(statement)).scalars().all() if ids else ()


async def _told(uow: UnitOfWork, record_id: UUID, ids: Sequence[str]) -> dict[str, Envelope]:
    if not ids:
        return {}
    bodies = text("select body from tpg_sync.event where aggtype = 'sync' and aggid = :record and id = any(:ids)")
    rows = await uow.session.execute(bodies, {"record": record_id, "ids": list(map(UUID, ids))})
    envelopes = [Envelope.from_bytes(body.encode()) for body in rows.scalars()]
    return {str(one.id): one for one in envelopes}
