"""What a run's events mean: what is owed of it, and the time that everything on it is reckoned by."""

from datetime import datetime, time

from libs.contracts.course import RunEvent, RunFact, SessionStatus
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.sources import SINGAPORE
from services.tpg_sync.commands.owing import Owed, owe
from services.tpg_sync.models import JobKind, RunCalendar, SyncJob


def first_session_at(run: RunFact) -> datetime:
    """When TPGateway must know of the run at the latest: its first session, else the start of its first day."""
    planned = [session.start_at for session in run.sessions if session.status is not SessionStatus.CANCELLED]
    return min(planned, default=datetime.combine(run.start_on, time(), SINGAPORE))


async def owe_run(uow: UnitOfWork, event: RunEvent, kind: JobKind) -> SyncJob | None:
    """Owe TPGateway this revision of a run; None when a job for it, or for a newer one, exists already."""
    return await owe(
        uow,
        Owed(
            record_type=RecordType.RUN,
            record_id=event.run_id,
            kind=kind,
            revision=event.run.revision,
            deadline_at=first_session_at(event.run),
        ),
    )


async def keep_calendar(uow: UnitOfWork, event: RunEvent) -> None:
    """Note when the run takes place; deadlines of what hangs on it follow by themselves when it moves."""
    calendar = await uow.find(RunCalendar, event.run_id, for_update=True)
    if calendar is None:
        uow.add(RunCalendar.of(event.run_id, event.run))
    else:
        calendar.follow(event.run)
