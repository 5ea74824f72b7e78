"""Enrolments: one, many as a list, and those a command is about to move; always within what the caller may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlmodel import col

from libs.contracts.enrolment import EnrolmentStatus, FeeStatus, Sponsorship
from libs.contracts.tpg_sync import SyncState
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.fee_entry import FeeEntry
from services.enrolment.models.lifecycle import ACTIVE
from services.enrolment.models.progress import Progress
from services.enrolment.models.run import Run
from services.enrolment.queries.runs import taught_by


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentFilter:
    """What narrows a list; `only_user` is the account whose own runs alone may be seen."""

    run_id: UUID | None = None
    trainee_id: UUID | None = None
    employer_id: UUID | None = None
    statuses: Sequence[EnrolmentStatus] = ()
    sync_states: Sequence[SyncState] = ()
    fee_statuses: Sequence[FeeStatus] = ()
    sponsorship: Sponsorship | None = None
    fundable: bool | None = None
    refund_due: bool | None = None
    from_on: date | None = None
    to_on: date | None = None
    remote_id: str | None = None
    only_user: UUID | None = None

    @property
    def by_day(self) -> bool:
        """Whether days narrow it: then it goes by day, or every newer place would have to be passed over."""
        return self.from_on is not None or self.to_on is not None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Which run and which person an enrolment ties together: neither changes while it is active."""

    run_id: UUID
    trainee_id: UUID


async def get_enrolment(uow: UnitOfWork, enrolment_id: UUID, *, only_user: UUID | None = None) -> Enrolment:
    """One enrolment; NotFound when it is not there or not on the caller's runs."""
    wanted = select(Enrolment).where(col(Enrolment.id) == enrolment_id)
    if only_user is not None:
        wanted = wanted.where(taught_by(only_user, Enrolment.run_id))
    found = (await uow.session.scalars(wanted)).one_or_none()
    if found is None:
        raise NotFound("enrolment", enrolment_id)
    return found


async def lock_enrolment(uow: UnitOfWork, enrolment_id: UUID) -> Enrolment:
    wanted = (
        select(Enrolment)
        .where(col(Enrolment.id) == enrolment_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await uow.session.scalars(wanted)).one_or_none()
    if found is None:
        raise NotFound("enrolment", enrolment_id)
    return found


async def run_id_of(uow: UnitOfWork, enrolment_id: UUID) -> UUID | None:
    """The run it is on, for ever; None when there is no such enrolment."""
    return (await uow.session.scalars(select(col(Enrolment.run_id)).where(col(Enrolment.id) == enrolment_id))).first()


async def bound_to(uow: UnitOfWork, remote_id: str) -> Enrolment | None:
    """What stands for this enrolment of TPGateway's; the newest, should there be several."""
    wanted = select(Enrolment).where(col(Enrolment.remote_id) == remote_id).order_by(col(Enrolment.id).desc()).limit(1)
    return (await uow.session.scalars(wanted)).first()


async def lock_place_of(uow: UnitOfWork, trainee_id: UUID, run_id: UUID) -> Enrolment | None:
    """The place the person has on the run, or hopes for."""
    of_both = (col(Enrolment.trainee_id) == trainee_id, col(Enrolment.run_id) == run_id)
    return next(iter(await _lock(uow, select(Enrolment).where(*of_both, _active()))), None)


async def whereabouts(uow: UnitOfWork, enrolment_id: UUID) -> Whereabouts:
    """What must be locked before the enrolment itself."""
    wanted = select(col(Enrolment.run_id), col(Enrolment.trainee_id)).where(col(Enrolment.id) == enrolment_id)
    row = (await uow.session.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound("enrolment", enrolment_id)
    return Whereabouts(*row)


async def list_enrolments(
    uow: UnitOfWork, wanted: EnrolmentFilter, *, after: tuple[date, UUID] | UUID | None, limit: int
) -> list[tuple[Enrolment, Run]]:
    """Enrolments with their runs, newest first; by the day they were enrolled on where days narrow it."""
    query = _narrowed(select(Enrolment, Run).join(Run, col(Run.id) == col(Enrolment.run_id)), wanted)
    day, number = col(Enrolment.enrolled_on), col(Enrolment.id)
    if isinstance(after, tuple):
        query = query.where(tuple_(day, number) < tuple_(*after))
    elif after is not None:
        query = query.where(number < after)
    newest = (day.desc(), number.desc()) if wanted.by_day else (number.desc(),)
    rows = await uow.session.execute(query.order_by(*newest).limit(limit))
    return [(enrolment, run) for enrolment, run in rows]


async def lock_first_waiting(uow: UnitOfWork, run_id: UUID) -> Enrolment:
    """Who waits longest; the seats are locked, so the queue stands still."""
    wanted = (
        select(Enrolment)
        .where(col(Enrolment.run_id) == run_id, col(Enrolment.status) == EnrolmentStatus.WAITLISTED)
        .order_by(col(Enrolment.waitlist_seq))
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await uow.session.scalars(wanted)).one()


async def is_first_waiting(uow: UnitOfWork, enrolment: Enrolment) -> bool:
    return await queue_place(uow, enrolment) == 1


async def queue_place(uow: UnitOfWork, enrolment: Enrolment) -> int | None:
    """1 for who is next; None for who does not wait."""
    if enrolment.status is not EnrolmentStatus.WAITLISTED:
        return None
    before = select(func.count()).where(
        col(Enrolment.run_id) == enrolment.run_id,
        col(Enrolment.status) == EnrolmentStatus.WAITLISTED,
        col(Enrolment.waitlist_seq) <= enrolment.waitlist_seq,
    )
    return (await uow.session.execute(before)).scalar_one()


async def lock_active_on(uow: UnitOfWork, run_id: UUID) -> list[Enrolment]:
    """Everybody with a place on the run, or the hope of one, locked in the order of their ids."""
    return await _lock(uow, select(Enrolment).where(col(Enrolment.run_id) == run_id, _active()))


async def lock_active_of(uow: UnitOfWork, trainee_id: UUID) -> list[Enrolment]:
    """Every place the person has, or hopes for, locked in the order of their ids."""
    return await _lock(uow, select(Enrolment).where(col(Enrolment.trainee_id) == trainee_id, _active()))


async def active_run_ids_of(uow: UnitOfWork, trainee_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """The runs on which each person has a place or hopes for one."""
    wanted = select(col(Enrolment.trainee_id), col(Enrolment.run_id)).where(
        col(Enrolment.trainee_id).in_(set(trainee_ids)), _active()
    )
    found: dict[UUID, set[UUID]] = {trainee_id: set() for trainee_id in trainee_ids}
    for trainee_id, run_id in await uow.session.execute(wanted):
        found[trainee_id].add(run_id)
    return found


async def other_places(uow: UnitOfWork, enrolment: Enrolment) -> list[Run]:
    """Other runs on which the person has a place or hopes for one."""
    wanted = (
        select(Run)
        .join(Enrolment, col(Enrolment.run_id) == col(Run.id))
        .where(col(Enrolment.trainee_id) == enrolment.trainee_id, col(Run.id) != enrolment.run_id, _active())
        .order_by(col(Run.start_on), col(Run.id))
    )
    return list(await uow.session.scalars(wanted))


async def id_of_next_expiry(uow: UnitOfWork) -> UUID | None:
    """The offer that ran out longest ago."""
    wanted = (
        select(col(Enrolment.id))
        .where(col(Enrolment.status) == EnrolmentStatus.OFFERED, col(Enrolment.offer_ends_at) <= uow.now())
        .order_by(col(Enrolment.offer_ends_at))
        .limit(1)
    )
    return (await uow.session.scalars(wanted)).one_or_none()


async def entries_of(uow: UnitOfWork, enrolment_id: UUID) -> list[FeeEntry]:
    wanted = select(FeeEntry).where(col(FeeEntry.enrolment_id) == enrolment_id).order_by(col(FeeEntry.id))
    return list(await uow.session.scalars(wanted))


async def progress_of(uow: UnitOfWork, enrolment_ids: Iterable[UUID]) -> dict[UUID, Progress]:
    wanted = select(Progress).where(col(Progress.enrolment_id).in_(set(enrolment_ids)))
    return {each.enrolment_id: each for each in await uow.session.scalars(wanted)}


def _active() -> ColumnElement[bool]:
    return col(Enrolment.status).in_(sorted(ACTIVE))


async def _lock(uow: UnitOfWork, wanted: Select[Enrolment]) -> list[Enrolment]:
    locking = wanted.order_by(col(Enrolment.id)).with_for_update(key_share=True)
    return list(await uow.session.scalars(locking.execution_options(populate_existing=True)))


def _narrowed(query: Select[Enrolment, Run], wanted: EnrolmentFilter) -> Select[Enrolment, Run]:
    for column, value in (
        (Enrolment.run_id, wanted.run_id),
        (Enrolment.trainee_id, wanted.trainee_id),
        (Enrolment.employer_id, wanted.employer_id),
        (Enrolment.sponsorship, wanted.sponsorship),
        (Enrolment.remote_id, wanted.remote_id),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    for column, values in (
        (Enrolment.status, wanted.statuses),
        (Enrolment.sync_state, wanted.sync_states),
        (Enrolment.fee_status, wanted.fee_statuses),
    ):
        if values:
            query = query.where(col(column).in_(values))
    if wanted.fundable is not None:
        query = query.where(col(Enrolment.fundable).is_(wanted.fundable))  # in the words of its index
    if wanted.refund_due:
        query = query.where(col(Enrolment.status) == EnrolmentStatus.CANCELLED, col(Enrolment.balance_cents) > 0)
    if wanted.from_on:
        query = query.where(col(Enrolment.enrolled_on) >= wanted.from_on)
    if wanted.to_on:
        query = query.where(col(Enrolment.enrolled_on) <= wanted.to_on)
    if wanted.only_user:
        query = query.where(taught_by(wanted.only_user, Enrolment.run_id))
    return query
