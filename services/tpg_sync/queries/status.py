"""How submission stands as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import CLOSED, DUE_STATES, LANE_ID, JobState, SyncBreaker, SyncJob, SyncLane


@dataclass(frozen=True, slots=True)
class Status:
    """How submission stands: what waits, what stops it, and how fast it may go."""

    counts: dict[JobState, int]
    oldest_due_at: datetime | None
    deadlines_at_risk: int
    lane: SyncLane
    breakers: Sequence[SyncBreaker]


async def get_status(uow: UnitOfWork, *, now: datetime, risk_within: timedelta) -> Status:
    oldest = select(func.min(col(SyncJob.not_before))).where(
        col(SyncJob.state).in_(DUE_STATES), col(SyncJob.not_before) <= now
    )
    risky = (
        select(func.count())
        .select_from(SyncJob)
        .where(col(SyncJob.state).not_in(CLOSED), col(SyncJob.deadline_at) < now + risk_within)
    )
    breakers = (await uow.session.execute(select(SyncBreaker).order_by(col(SyncBreaker.name)))).scalars().all()
    return Status(
        counts=await count_jobs(uow),
        oldest_due_at=(await uow.session.execute(oldest)).scalar_one_or_none(),
        deadlines_at_risk=int((await uow.session.execute(risky)).scalar_one()),
        lane=await uow.get(SyncLane, LANE_ID),
        breakers=breakers,
    )


async def count_jobs(uow: UnitOfWork) -> dict[JobState, int]:
    """How many are in each state."""
    by_state = select(col(SyncJob.state), func.count()).group_by(col(SyncJob.state))
    counts = {JobState(state): int(count) for state, count in (await uow.session.execute(by_state)).all()}
    return {state: counts.get(state, 0) for state in JobState}
