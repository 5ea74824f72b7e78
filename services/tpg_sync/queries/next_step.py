"""What happens next with a record: told from its open jobs, the lane and the circuits, as they stand now."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import (
    HOST_GROUP,
    LANE_ID,
    WAITING_FOR_A_PERSON,
    BreakerState,
    JobState,
    SyncBreaker,
    SyncJob,
    SyncLane,
    Wait,
)
from services.tpg_sync.models.step import NextKind, NextStep


async def next_step(uow: UnitOfWork, open_jobs: Sequence[SyncJob], waits: Mapping[UUID, Sequence[Wait]]) -> NextStep:
    """Of the jobs still open, oldest first, the first decides: a record's jobs go one after the other."""
    if not open_jobs:
        return NextStep(kind=NextKind.NOTHING)
    job = open_jobs[0]
    if job.state in WAITING_FOR_A_PERSON:
        return NextStep(kind=NextKind.PERSON, job=job)
    if job.state is JobState.BLOCKED:
        return NextStep(kind=NextKind.BLOCKED, job=job, waits=tuple(waits.get(job.id, ())))
    if job.state is JobState.IN_FLIGHT:
        return NextStep(kind=NextKind.SENDING, job=job, at=job.lease_until)
    return await _due(uow, job)


async def _due(uow: UnitOfWork, job: SyncJob) -> NextStep:
    lane = await uow.get(SyncLane, LANE_ID)
    if lane.held_cause is not None:
        return NextStep(kind=NextKind.HELD, job=job, at=lane.probe_at, held_cause=lane.held_cause)
    ways = select(col(SyncBreaker.open_until)).where(
        col(SyncBreaker.name).in_((HOST_GROUP, job.endpoint_group)),
        col(SyncBreaker.state) == BreakerState.OPEN,
        col(SyncBreaker.open_until).is_not(None),
    )
    opens = [at for at in (await uow.session.execute(ways)).scalars() if at is not None]
    at = max([job.not_before, *opens])
    kind = NextKind.LOOK if job.state is JobState.VERIFYING else NextKind.TRY
    return NextStep(kind=kind, job=job, at=at, closed_circuit=at > job.not_before)
