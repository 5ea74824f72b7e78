"""Who has, or had, a place on a run."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.attendance.models.seat import Seat


async def seats_at(uow: UnitOfWork, run_id: UUID, instant: datetime) -> list[Seat]:
    """Who held a seat at that instant, whatever became of it since; of a replaced enrolment, the one that followed."""
    successor = aliased(Seat)
    followed = (
        select(col(successor.id))
        .where(col(successor.replaces) == col(Seat.id), col(successor.seated_from).is_not(None))
        .exists()
    )
    wanted = (
        select(Seat)
        .where(
            col(Seat.run_id) == run_id,
            col(Seat.seated_from) <= instant,
            or_(col(Seat.seated_until).is_(None), col(Seat.seated_until) > instant),
            ~followed,
        )
        .order_by(col(Seat.id))
    )
    return list(await uow.session.scalars(wanted))


async def ever_seated(uow: UnitOfWork, run_id: UUID) -> list[Seat]:
    wanted = select(Seat).where(col(Seat.run_id) == run_id, col(Seat.seated_from).is_not(None)).order_by(col(Seat.id))
    return list(await uow.session.scalars(wanted))


async def seat_called(uow: UnitOfWork, run_id: UUID, reference: str) -> UUID | None:
    """The enrolment with this id, or with this reference at TPGateway, on the run."""
    wanted = select(col(Seat.id)).where(col(Seat.run_id) == run_id)
    try:
        wanted = wanted.where(col(Seat.id) == UUID(reference))
    except ValueError:
        wanted = wanted.where(col(Seat.remote_id) == reference)
    return (await uow.session.execute(wanted.order_by(col(Seat.id).desc()).limit(1))).scalar_one_or_none()
