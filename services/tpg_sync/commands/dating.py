"""When open jobs are due: reckoned from their run's dates once those are known, and anew when they move."""

from datetime import date
from typing import Final

from sqlalchemy import and_, or_, select, update
from sqlmodel import col

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from services.tpg_sync.models import CLOSED, RunCalendar, SyncJob, SyncRecord
from services.tpg_sync.policy import due
from services.tpg_sync.settings import ProviderType

BATCH: Final = 500


async def date_jobs(uow: UnitOfWork, provider: ProviderType) -> int:
    """Date a batch of open jobs that have no deadline yet, or one by dates that have moved; returns how many.

    Runs bring their own with them. A job another transaction is at is left for the next time.
    """
    same = and_(
        col(SyncRecord.record_type) == col(SyncJob.record_type), col(SyncRecord.record_id) == col(SyncJob.record_id)
    )
    undated = or_(
        col(SyncJob.dated_for).is_distinct_from(col(RunCalendar.dates_version)), col(SyncJob.deadline_policy).is_(None)
    )
    statement = (
        select(SyncJob, RunCalendar)
        .join(SyncRecord, same)
        .join(RunCalendar, col(RunCalendar.run_id) == col(SyncRecord.run_id))
        .where(col(SyncJob.state).not_in(CLOSED), col(SyncJob.record_type) != RecordType.RUN, undated)
        .order_by(col(SyncJob.id))
        .limit(BATCH)
        .with_for_update(of=SyncJob, skip_locked=True)
    )
    found = (await uow.session.execute(statement)).all()
    for job, calendar in found:
        reckoned = due(RecordType(job.record_type), _day(job, calendar), provider)
        job.deadline_at, job.deadline_policy = reckoned.at, reckoned.policy
        job.dated_for = calendar.dates_version
    return len(found)


async def forget_dates(uow: UnitOfWork) -> None:
    """Have every open job dated anew: other rules are in force."""
    still_open = col(SyncJob.state).not_in(CLOSED), col(SyncJob.record_type) != RecordType.RUN
    await uow.session.execute(update(SyncJob).where(*still_open).values(deadline_policy=None))


def _day(job: SyncJob, calendar: RunCalendar) -> date:
    """The day a deadline counts from."""
    match job.record_type:
        case RecordType.ENROLMENT:
            return calendar.start_on
        case RecordType.FEE:
            return singapore_day(job.created_at)
        case _:
            return calendar.end_on
