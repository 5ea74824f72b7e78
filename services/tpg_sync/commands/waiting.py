"""Sets free what waited for other records. Judged anew from the rows each time, so it is safe to repeat."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import JobKind, JobState, SyncJob, SyncRecord
from services.tpg_sync.queries.waiting import beside, hanging_on

SWEEP = 200


async def release_waiting(uow: UnitOfWork, records: Sequence[SyncRecord]) -> int:
    """Queue whoever waited for these records and has nothing left to wait for. Call it after they were flushed.

    A job another transaction is at is left to it, or to the sweep: who never waits here is never waited for in turn.
    """
    if not records:
        return 0
    waiting = _blocked().where(await hanging_on(uow, records))
    return len(await _free(uow, waiting))


async def sweep_waiting(uow: UnitOfWork, *, after: UUID | None = None) -> UUID | None:
    """Judge a batch of blocked jobs anew, whoever they wait for; the id to go on after, None at the end."""
    batch = _blocked().limit(SWEEP)
    if after is not None:
        batch = batch.where(col(SyncJob.id) > after)
    seen = await _free(uow, batch)
    return seen[-1] if len(seen) == SWEEP else None


def _blocked() -> Select[SyncJob, SyncRecord]:
    same = and_(
        col(SyncRecord.record_type) == col(SyncJob.record_type), col(SyncRecord.record_id) == col(SyncJob.record_id)
    )
    return (
        select(SyncJob, SyncRecord)
        .join(SyncRecord, same)
        .where(col(SyncJob.state) == JobState.BLOCKED)
        .order_by(col(SyncJob.id))
        .with_for_update(of=SyncJob, skip_locked=True)
    )


async def _free(uow: UnitOfWork, waiting: Select[SyncJob, SyncRecord]) -> list[UUID]:
    """Queue those that wait for nothing more; answers whom it looked at."""
    found = [(row[0], row[1]) for row in (await uow.session.execute(waiting)).all()]
    around = await beside(uow, [(JobKind(job.kind), record) for job, record in found])
    for job, record in found:
        if not around.missing(JobKind(job.kind), record):
            job.unblock(uow.now())
    return [job.id for job, _ in found]
