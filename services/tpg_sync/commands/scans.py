"""Which sessions to look at for official scans."""

from sqlalchemy.dialects.postgresql import insert

from libs.contracts.course import CourseEvent, RunSessionHeld
from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import CourseFunding, ScanWatch


async def keep_funding(uow: UnitOfWork, event: CourseEvent) -> None:
    """Note whether the course is funded; the newest word counts."""
    row = {"course_id": event.course_id, "funded": event.course.funded}
    kept = insert(CourseFunding).values(**row)
    await uow.session.execute(kept.on_conflict_do_update(index_elements=["course_id"], set_={"funded": row["funded"]}))


async def watch_session(uow: UnitOfWork, event: RunSessionHeld) -> None:
    """A session is over: look for its scans from some time after. Hearing it twice changes nothing."""
    ended = next((one.end_at for one in event.run.sessions if one.session_id == event.session_id), None)
    if ended is None:
        return
    row = {
        "session_id": event.session_id,
        "run_id": event.run_id,
        "ended_at": ended,
        "next_at": ended,
        "seen": [],
        "done": False,
    }
    await uow.session.execute(insert(ScanWatch).values(**row).on_conflict_do_nothing())
