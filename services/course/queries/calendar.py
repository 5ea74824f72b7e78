"""Who and what is busy when."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import selectinload
from sqlmodel import col

from libs.contracts.course import RunStatus, SessionStatus
from libs.database.unit_of_work import UnitOfWork
from libs.sources import SINGAPORE
from services.course.models.course import Course
from services.course.models.model import Model
from services.course.models.policy import Policy
from services.course.models.run import CourseRun
from services.course.models.session import Session, SessionTrainer
from services.course.queries.runs import linked_to
from services.course.schemas.run import BookedSession, Notice


@dataclass(frozen=True, slots=True)
class Booking:
    """One standing session: of which run, which, from when to when."""

    run_id: UUID
    session_id: UUID
    start_at: datetime
    end_at: datetime


async def find_trainer_booking(
    uow: UnitOfWork, trainer_id: UUID, start_at: datetime, end_at: datetime, *, outside_run: UUID
) -> Booking | None:
    """The earliest session of another run that keeps this person busy in that time."""
    wanted = _overlapping(start_at, end_at, outside_run).join(
        SessionTrainer, col(SessionTrainer.session_id) == col(Session.id)
    )
    return await _first(uow, wanted.where(col(SessionTrainer.trainer_id) == trainer_id))


async def find_venue_booking(
    uow: UnitOfWork, venue_id: UUID, start_at: datetime, end_at: datetime, *, outside_run: UUID
) -> Booking | None:
    """The earliest session of another run that stands in this room in that time."""
    return await _first(uow, _overlapping(start_at, end_at, outside_run).where(col(Session.venue_id) == venue_id))


async def booked_sessions(
    uow: UnitOfWork, from_on: date, to_on: date, *, only_user: UUID | None
) -> list[BookedSession]:
    """Sessions that touch these Singapore days, in order of time; drafts thrown away are not shown."""
    first = datetime.combine(from_on, time.min, tzinfo=SINGAPORE)
    after = datetime.combine(to_on + timedelta(days=1), time.min, tzinfo=SINGAPORE)
    wanted = (
        select(Session, CourseRun, col(Course.title))
        .join(CourseRun, col(CourseRun.id) == col(Session.run_id))
        .join(Course, col(Course.id) == col(CourseRun.course_id))
        .where(col(Session.start_at) < after, col(Session.end_at) > first)
        .where(col(CourseRun.status) != RunStatus.DISCARDED)
        .options(selectinload(Session.trainers))  # type: ignore[arg-type]  # a relationship
        .order_by(col(Session.start_at), col(Session.id))
    )
    if only_user is not None:
        wanted = wanted.where(linked_to(only_user))
    rows = (await uow.session.execute(wanted)).all()
    return [_booked(session, run, title) for session, run, title in rows]


def _booked(session: Session, run: CourseRun, title: str) -> BookedSession:
    own = {name: getattr(session, name) for name in BookedSession.model_fields if hasattr(session, name)}
    return BookedSession(
        **{**own, "remote_id": run.remote_id, "trainer_ids": list(session.trainer_ids)},
        run_status=run.status,
        course_reference=run.course_reference,
        course_title=title,
    )


async def short_journeys(uow: UnitOfWork, run: CourseRun, policy: Policy) -> list[Notice]:
    """Sessions whose trainer stands in another place less than the travel buffer before or after."""
    sessions, bookings = Model.metadata.tables["course.session"], Model.metadata.tables["course.session_trainer"]
    here, there = sessions.alias("here"), sessions.alias("there")
    mine, theirs = bookings.alias("mine"), bookings.alias("theirs")
    near = and_(
        theirs.c.trainer_id == mine.c.trainer_id,
        theirs.c.session_id != mine.c.session_id,
        theirs.c.start_at < mine.c.end_at + policy.travel_buffer,
        theirs.c.end_at > mine.c.start_at - policy.travel_buffer,
        theirs.c.status == SessionStatus.PLANNED,
    )
    wanted = (
        select(here.c.id, there.c.id, mine.c.trainer_id)
        .join_from(here, mine, mine.c.session_id == here.c.id)
        .join(theirs, near)
        .join(there, there.c.id == theirs.c.session_id)
        .where(here.c.run_id == run.id, here.c.status == SessionStatus.PLANNED, here.c.venue_id != there.c.venue_id)
    )
    return [
        Notice(
            code="short_journey",
            message=f"Trainer {trainer_id} has less than {policy.travel_buffer_minutes} minutes between here and "
            f"session {other} in another place.",
            session_id=session_id,
        )
        for session_id, other, trainer_id in await uow.session.execute(wanted)
    ]


def _overlapping(start_at: datetime, end_at: datetime, outside_run: UUID) -> Select[UUID, UUID, datetime, datetime]:
    return (
        select(col(Session.run_id), col(Session.id), col(Session.start_at), col(Session.end_at))
        .where(
            col(Session.status) != SessionStatus.CANCELLED,
            col(Session.start_at) < end_at,
            col(Session.end_at) > start_at,
            col(Session.run_id) != outside_run,
        )
        .order_by(col(Session.start_at))
        .limit(1)
    )


async def _first(uow: UnitOfWork, wanted: Select[UUID, UUID, datetime, datetime]) -> Booking | None:
    row = (await uow.session.execute(wanted)).first()
    return Booking(*row) if row else None
