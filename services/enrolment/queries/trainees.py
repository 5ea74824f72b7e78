"""Trainees: by id, by page, and by what is known of them through blind indexes alone."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.reveal import Reveal
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.retention import erasable_now
from services.enrolment.queries.runs import taught_by
from services.enrolment.schemas.person import DuplicateNotice

FOUND_AT_MOST = 50


async def get_trainee(uow: UnitOfWork, trainee_id: UUID, *, only_user: UUID | None = None) -> Trainee:
    """One person; NotFound when they are not there or not the caller's."""
    wanted = _seen_by(select(Trainee).where(col(Trainee.id) == trainee_id), only_user)
    trainee = (await uow.session.scalars(wanted)).one_or_none()
    if trainee is None:
        raise NotFound("trainee", trainee_id)
    return trainee


async def lock_trainees(uow: UnitOfWork, trainee_ids: Iterable[UUID]) -> dict[UUID, Trainee]:
    """People locked for a change, in the order of their ids."""
    wanted = (
        select(Trainee)
        .where(col(Trainee.id).in_(set(trainee_ids)))
        .order_by(col(Trainee.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {trainee.id: trainee for trainee in await uow.session.scalars(wanted)}
    for trainee_id in trainee_ids:
        if trainee_id not in found:
            raise NotFound("trainee", trainee_id)
    return found


async def keep_trainee(uow: UnitOfWork, trainee_id: UUID) -> Trainee | None:
    """The person, kept from being changed or merged until the end; None when not known.

    Taken before any seat, so that whoever changes the person and whoever seats them wait in one order.
    """
    wanted = (
        select(Trainee)
        .where(col(Trainee.id) == trainee_id)
        .with_for_update(key_share=True, read=True)
        .execution_options(populate_existing=True)
    )
    return (await uow.session.scalars(wanted)).one_or_none()


async def trainees_by_id(uow: UnitOfWork, trainee_ids: Iterable[UUID]) -> dict[UUID, Trainee]:
    found = await uow.session.scalars(select(Trainee).where(col(Trainee.id).in_(set(trainee_ids))))
    return {trainee.id: trainee for trainee in found}


async def list_trainees(
    uow: UnitOfWork,
    *,
    run_id: UUID | None,
    only_user: UUID | None,
    after: UUID | None,
    limit: int,
    erasable: bool = False,
) -> list[Trainee]:
    """People in the order they were entered: names are stored encrypted, so the database cannot sort by them.

    `erasable` leaves those of whom nothing stands here any more and whose retention is over.
    """
    wanted = _seen_by(select(Trainee).where(col(Trainee.merged_into).is_(None)), only_user)
    if erasable:
        wanted = wanted.where(await erasable_now(uow))
    if run_id is not None:
        on_it = select(col(Enrolment.trainee_id)).where(col(Enrolment.run_id) == run_id)
        wanted = wanted.where(col(Trainee.id).in_(on_it))
    if after is not None:
        wanted = wanted.where(col(Trainee.id) > after)
    return list(await uow.session.scalars(wanted.order_by(col(Trainee.id)).limit(limit)))


async def find_trainees(
    uow: UnitOfWork, columns: Mapping[str, Sequence[bytes | str]], *, only_user: UUID | None
) -> list[Trainee]:
    """People each of whose columns has one of these values."""
    wanted = _seen_by(select(Trainee), only_user)
    for name, values in columns.items():
        wanted = wanted.where(getattr(Trainee, name).in_(values))
    return list(await uow.session.scalars(wanted.order_by(col(Trainee.id)).limit(FOUND_AT_MOST)))


async def find_known(uow: UnitOfWork, id_number_indexes: Collection[bytes]) -> dict[bytes, Trainee]:
    """Who has each of these identity numbers; the one that lives on where the record was merged."""
    wanted = select(Trainee).where(col(Trainee.id_number_index).in_(id_number_indexes))
    found = await uow.session.scalars(wanted)
    known = {trainee.id_number_index: trainee for trainee in found if trainee.id_number_index is not None}
    while merged := {trainee.merged_into for trainee in known.values() if trainee.merged_into is not None}:
        into = await trainees_by_id(uow, merged)
        known = {index: into[each.merged_into] if each.merged_into else each for index, each in known.items()}
    return known


async def keep_known(uow: UnitOfWork, id_number_indexes: Collection[bytes]) -> dict[bytes, Trainee]:
    """The same people, kept from being changed or merged until the end; locked in the order of their ids."""
    known = await find_known(uow, id_number_indexes)
    wanted = (
        select(Trainee)
        .where(col(Trainee.id).in_({trainee.id for trainee in known.values()}))
        .order_by(col(Trainee.id))
        .with_for_update(key_share=True, read=True)
        .execution_options(populate_existing=True)
    )
    kept = {trainee.id: trainee for trainee in await uow.session.scalars(wanted)} if known else {}
    return {index: kept[trainee.id] for index, trainee in known.items()}


async def find_alike(uow: UnitOfWork, trainee: Trainee) -> list[DuplicateNotice]:
    """Who may be the same person: strong by name and birth date, weak by e-mail or phone. Nobody is merged by this."""
    same = [col(Trainee.person_index) == trainee.person_index]
    if trainee.email_index is not None:
        same.append(col(Trainee.email_index) == trainee.email_index)
    if trainee.phone_index is not None:
        same.append(col(Trainee.phone_index) == trainee.phone_index)
    wanted = (
        select(Trainee)
        .where(or_(*same), col(Trainee.id) != trainee.id, col(Trainee.merged_into).is_(None))
        .order_by(col(Trainee.id))
        .limit(FOUND_AT_MOST)
    )
    notices = [_notice(trainee, other) for other in await uow.session.scalars(wanted)]
    return sorted(notices, key=lambda notice: notice.strength)


async def count_reveals(uow: UnitOfWork, actor_id: str, *, since: datetime) -> int:
    """Identity numbers this person has read since then."""
    wanted = select(func.count()).where(col(Reveal.actor_id) == actor_id, col(Reveal.revealed_at) > since)
    return (await uow.session.execute(wanted)).scalar_one()


def _seen_by(query: Select[Trainee], only_user: UUID | None) -> Select[Trainee]:
    if only_user is None:
        return query
    on_their_runs = (
        select(col(Enrolment.id))
        .where(col(Enrolment.trainee_id) == col(Trainee.id), taught_by(only_user, Enrolment.run_id))
        .exists()
    )
    return query.where(on_their_runs)


def _notice(trainee: Trainee, other: Trainee) -> DuplicateNotice:
    if trainee.person_index == other.person_index:
        message = f"Trainee {other.id} has the same name and birth date."
        return DuplicateNotice(strength="strong", trainee_id=other.id, fields=["full_name", "born_on"], message=message)
    fields = [
        name
        for name in ("email", "phone")
        if getattr(trainee, f"{name}_index") is not None
        and getattr(trainee, f"{name}_index") == getattr(other, f"{name}_index")
    ]
    message = f"Trainee {other.id} has the same {' and '.join(fields)}."
    return DuplicateNotice(strength="weak", trainee_id=other.id, fields=fields, message=message)
