"""Lists of courses, venues and trainers: small catalogues, in a stable order, page by page."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Mapped
from sqlmodel import col

from libs.contracts.course import SessionStatus
from libs.database.unit_of_work import UnitOfWork
from services.course.models.codes import CatalogueStatus
from services.course.models.course import Course
from services.course.models.reveal import Reveal
from services.course.models.run import CourseRun
from services.course.models.session import Session, SessionTrainer
from services.course.models.trainer import Trainer
from services.course.models.venue import Venue


async def list_courses(
    uow: UnitOfWork,
    *,
    text: str | None,
    status: CatalogueStatus | None,
    funded: bool | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[Course]:
    """Courses by reference."""
    wanted = select(Course).order_by(col(Course.reference), col(Course.id)).limit(limit)
    if text:
        wanted = wanted.where(or_(_contains(col(Course.reference), text), _contains(col(Course.title), text)))
    if status:
        wanted = wanted.where(col(Course.status) == status)
    if funded is not None:
        wanted = wanted.where(col(Course.funded) == funded)
    if after:
        wanted = wanted.where(tuple_(col(Course.reference), col(Course.id)) > after)
    return list(await uow.session.scalars(wanted))


async def list_venues(
    uow: UnitOfWork,
    *,
    text: str | None,
    status: CatalogueStatus | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[Venue]:
    """Venues by name."""
    wanted = select(Venue).order_by(col(Venue.name), col(Venue.id)).limit(limit)
    if text:
        wanted = wanted.where(or_(_contains(col(Venue.name), text), _contains(col(Venue.street), text)))
    if status:
        wanted = wanted.where(col(Venue.status) == status)
    if after:
        wanted = wanted.where(tuple_(col(Venue.name), col(Venue.id)) > after)
    return list(await uow.session.scalars(wanted))


async def list_trainers(
    uow: UnitOfWork,
    *,
    status: CatalogueStatus | None,
    role: int | None,
    only_user: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[Trainer]:
    """Trainers in the order they were entered: names are stored encrypted, so the database cannot sort by them."""
    wanted = select(Trainer).order_by(col(Trainer.id)).limit(limit)
    if status:
        wanted = wanted.where(col(Trainer.status) == status)
    if role is not None:
        wanted = wanted.where(col(Trainer.roles).contains([role]))
    if only_user is not None:
        wanted = wanted.where(col(Trainer.user_id) == only_user)
    if after is not None:
        wanted = wanted.where(col(Trainer.id) > after)
    return list(await uow.session.scalars(wanted))


async def trainers_by_id(uow: UnitOfWork, trainer_ids: set[UUID]) -> dict[UUID, Trainer]:
    if not trainer_ids:
        return {}
    found = await uow.session.scalars(select(Trainer).where(col(Trainer.id).in_(trainer_ids)))
    return {trainer.id: trainer for trainer in found}


async def venues_by_id(uow: UnitOfWork, venue_ids: set[UUID]) -> dict[UUID, Venue]:
    if not venue_ids:
        return {}
    found = await uow.session.scalars(select(Venue).where(col(Venue.id).in_(venue_ids)))
    return {venue.id: venue for venue in found}


async def count_planned_at(uow: UnitOfWork, venue_id: UUID) -> int:
    """Planned sessions that still need this room."""
    wanted = select(func.count()).where(col(Session.venue_id) == venue_id, col(Session.status) == SessionStatus.PLANNED)
    return (await uow.session.execute(wanted)).scalar_one()


async def count_planned_with(uow: UnitOfWork, trainer_id: UUID) -> int:
    """Planned sessions that still need this person."""
    wanted = select(func.count()).where(
        col(SessionTrainer.trainer_id) == trainer_id, col(SessionTrainer.status) == SessionStatus.PLANNED
    )
    return (await uow.session.execute(wanted)).scalar_one()


async def published_run_exists(uow: UnitOfWork, course_id: UUID) -> bool:
    wanted = (
        select(col(CourseRun.id))
        .where(col(CourseRun.course_id) == course_id, col(CourseRun.submitted_at).is_not(None))
        .limit(1)
    )
    return (await uow.session.execute(wanted)).first() is not None


async def count_reveals(uow: UnitOfWork, actor_id: str, *, since: datetime) -> int:
    """Identity numbers this person has read since then."""
    wanted = select(func.count()).where(col(Reveal.actor_id) == actor_id, col(Reveal.revealed_at) > since)
    return (await uow.session.execute(wanted)).scalar_one()


def _contains(column: Mapped[str] | Mapped[str | None], words: str) -> Any:
    return column.icontains(words, autoescape=True)
