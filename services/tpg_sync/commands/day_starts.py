"""Keeps how everything stood as each Singapore day began."""

from sqlalchemy.dialects.postgresql import insert

from libs.contracts.tpg_sync import ObligationLevel
from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from services.tpg_sync.models import DayStart, JobState
from services.tpg_sync.queries.obligations import tally
from services.tpg_sync.queries.status import count_jobs

STUCK = (JobState.REJECTED, JobState.DEAD_LETTERED)
ON_THEIR_WAY = (JobState.QUEUED, JobState.RETRY_WAIT, JobState.VERIFYING, JobState.BLOCKED)


async def keep_day_start(uow: UnitOfWork) -> bool:
    """Write today's, unless it is there; True when it was written. Safe to repeat, and in several workers at once.

    The caller commits. A day on which no worker lived has none.
    """
    day = singapore_day(uow.now())
    if await uow.session.get(DayStart, day) is not None:
        return False
    cells, jobs = await tally(uow), await count_jobs(uow)
    pressing = [cell for cell in cells if cell.level is not ObligationLevel.GREEN]
    start = insert(DayStart).values(
        day=day,
        taken_at=uow.now(),
        breached=sum(cell.count for cell in cells if cell.breached),
        red=sum(cell.count for cell in pressing if cell.level is ObligationLevel.RED),
        amber=sum(cell.count for cell in pressing if cell.level is ObligationLevel.AMBER),
        money_at_risk_cents=sum(cell.money_cents for cell in pressing),
        stuck=sum(jobs[state] for state in STUCK),
        waiting=sum(jobs[state] for state in ON_THEIR_WAY),
    )
    await uow.session.execute(start.on_conflict_do_nothing())
    return True
