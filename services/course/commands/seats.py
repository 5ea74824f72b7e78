"""What enrolment says of a run's seats becomes the run's count."""

from sqlalchemy import update
from sqlmodel import col

from libs.contracts.enrolment import RunSeatsCounted
from libs.database.unit_of_work import UnitOfWork
from services.course.models.run import CourseRun


async def note_seats(uow: UnitOfWork, event: RunSeatsCounted) -> None:
    """Keep how many places are confirmed; repeating it changes nothing.

    It is nobody's edit: the version people read stays, and TPGateway hears of it with the run's next edit.
    """
    run = update(CourseRun).where(col(CourseRun.id) == event.run_id)
    await uow.session.execute(run.values(registered_count=event.confirmed))
