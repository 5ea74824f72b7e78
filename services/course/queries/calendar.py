"""Who and what is busy when."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlmodel import col

from libs.contracts.course import SessionStatus
from libs.database.unit_of_work import UnitOfWork
from services.course.models.model import Model
from services.course.models.policy import Policy
from services.course.models.run import CourseRun
from services.course.models.session import Session, SessionTrainer
from services.course.schemas.run import Notice


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
