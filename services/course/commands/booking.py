"""Locking the calendars a command is about to write into, always in the same order: run, trainers, venues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.errors import FieldError, UnknownReference
from services.course.errors import Retired, Unplannable
from services.course.models.codes import CatalogueStatus
from services.course.models.planning import Slot
from services.course.models.run import CourseRun
from services.course.models.run_trainer import RunTrainer
from services.course.models.trainer import Trainer
from services.course.models.venue import Venue
from services.course.schemas.run import SessionWish, TrainerLinkWish


@dataclass(frozen=True, slots=True)
class Person:
    """What a link to a run needs to know of somebody."""

    user_id: UUID | None
    roles: frozenset[int]


People = Mapping[UUID, Person]
Named = Iterable[tuple[str, UUID | None]]
"""Ids with the field of the request they stand in."""


async def reserve(uow: UnitOfWork, *, trainers: Named = (), venues: Named = (), run: CourseRun | None = None) -> People:
    """Lock the calendars of everybody and every room concerned; returns the people.

    Two bookings of one calendar then follow each other instead of deadlocking on the constraint. Raises
    UnknownReference for an id that is not known, Retired for one newly booked that takes no bookings.
    """
    booked_people = {link.trainer_id for link in run.trainers} if run else set()
    booked_rooms = {session.venue_id for session in run.planned()} | {run.venue_id} if run else set()
    for session in run.planned() if run else []:
        booked_people |= set(session.trainer_ids)
    people = await _lock_trainers(uow, _first_fields(trainers), booked_people)
    await _lock_venues(uow, _first_fields(venues), {room for room in booked_rooms if room is not None})
    return people


def links_of(run_id: UUID, wishes: Sequence[TrainerLinkWish], people: People) -> list[RunTrainer]:
    """Those a request names, each once with all the roles it gives them. Raises Unplannable for a role not theirs."""
    roles: dict[UUID, set[int]] = {}
    for index, wish in enumerate(wishes):
        roles.setdefault(wish.trainer_id, set()).update(wish.roles)
        if not people[wish.trainer_id].roles.issuperset(wish.roles):
            message, fix = "This person does not hold that role.", "Give it to the person first, or choose another."
            raise Unplannable([FieldError(f"trainers.{index}.roles", "not_their_role", message, fix)])
    return [
        RunTrainer(run_id=run_id, trainer_id=trainer_id, user_id=people[trainer_id].user_id, roles=sorted(numbers))
        for trainer_id, numbers in sorted(roles.items())
    ]


def slot_of(field: str, wish: SessionWish) -> Slot:
    """The wish of a request as the model judges it."""
    return Slot(
        field=field,
        start_at=wish.start_at,
        end_at=wish.end_at,
        mode=wish.mode_of_training,
        venue_id=wish.venue_id,
        trainer_ids=None if wish.trainer_ids is None else frozenset(wish.trainer_ids),
    )


def _first_fields(named: Named) -> dict[UUID, str]:
    fields: dict[UUID, str] = {}
    for field, key in named:
        if key is not None:
            fields.setdefault(key, field)
    return fields


async def _lock_trainers(uow: UnitOfWork, named: dict[UUID, str], booked: set[UUID]) -> People:
    wanted = (
        select(col(Trainer.id), col(Trainer.status), col(Trainer.user_id), col(Trainer.roles))
        .where(col(Trainer.id).in_(named.keys() | booked))
        .order_by(col(Trainer.id))
        .with_for_update(key_share=True)
    )
    statuses: dict[UUID, CatalogueStatus] = {}
    people: dict[UUID, Person] = {}
    for trainer_id, status, user_id, roles in await uow.session.execute(wanted):
        statuses[trainer_id], people[trainer_id] = status, Person(user_id, frozenset(roles))
    for trainer_id, field in named.items():
        if trainer_id not in people:
            raise UnknownReference(field, "trainer", trainer_id)
        if statuses[trainer_id] is CatalogueStatus.RETIRED and trainer_id not in booked:
            raise Retired("trainer", trainer_id)
    return people


async def _lock_venues(uow: UnitOfWork, named: dict[UUID, str], booked: set[UUID]) -> None:
    wanted = (
        select(col(Venue.id), col(Venue.status))
        .where(col(Venue.id).in_(named.keys() | booked))
        .order_by(col(Venue.id))
        .with_for_update(key_share=True)
    )
    found = {venue_id: status for venue_id, status in await uow.session.execute(wanted)}  # noqa: C416 - rows are no pairs to a type checker
    for venue_id, field in named.items():
        if venue_id not in found:
            raise UnknownReference(field, "venue", venue_id)
        if found[venue_id] is CatalogueStatus.RETIRED and venue_id not in booked:
            raise Retired("venue", venue_id)
