"""Whose time is over: what of a person still stands here, and until when they are kept.

A person is one record and all that were merged into it. Days are Singapore's; the last day of a run is the later of its
end and the end of its last session, make-ups included. Kept "for n years" after day D means until D of that year.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, Select, and_, case, cast, column, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col

from libs.contracts.enrolment import EnrolmentStatus
from libs.contracts.tpg_sync import SyncState
from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.erasure import Erasure, ErasureCopy
from services.enrolment.models.lifecycle import UNSEATED
from services.enrolment.models.policy import Policy
from services.enrolment.models.run import Run
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.policy import policy_in_force

LIVE = UNSEATED | {EnrolmentStatus.CONFIRMED}
SETTLED_THERE = (SyncState.NOT_APPLICABLE, SyncState.SYNCED)
_ZONE = "Asia/Singapore"


@dataclass(frozen=True, slots=True)
class Place:
    """One enrolment, as far as it stands in the way."""

    id: UUID
    trainee_id: UUID
    run_id: UUID
    live: bool
    owed_there: bool
    unsettled: bool
    kept_until: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a person stands here, by the numbers in force today."""

    policy: Policy
    places: Sequence[Place]
    kept_until: date
    today: date

    @property
    def obstacles(self) -> list[tuple[str, str]]:
        """A code and a sentence for each reason why the person cannot be erased now; ids and days alone."""
        found = [
            (code, f"Enrolment {place.id} {words}")
            for place in self.places
            for code, stands, words in (
                ("enrolment_live", place.live, "is not over."),
                ("submission_open", place.owed_there, "is not settled with TPGateway."),
                ("fee_unsettled", place.unsettled, "has money outstanding or to be paid back."),
            )
            if stands
        ]
        if self.kept_until >= self.today:
            found.append(("retention", f"Records are kept until {self.kept_until.isoformat()}."))
        return found


async def family_of(uow: UnitOfWork, trainee_id: UUID) -> list[UUID]:
    """The record itself and all that were merged into it, over however many steps."""
    members = select(col(Trainee.id)).where(col(Trainee.id) == trainee_id).cte("members", recursive=True)
    members = members.union(select(col(Trainee.id)).join(members, col(Trainee.merged_into) == members.c.id))
    return sorted((await uow.session.execute(select(members.c.id))).scalars())


async def standing_of(uow: UnitOfWork, family: Collection[UUID]) -> Standing:
    """What stands in the way of erasing these records of one person, as far as this service knows."""
    policy = await policy_in_force(uow)
    wanted = (
        select(
            col(Enrolment.id),
            col(Enrolment.trainee_id),
            col(Enrolment.run_id),
            _live(),
            _owed_there(),
            _unsettled(),
            _kept_until(_last_day(), policy),
        )
        .join(Run, col(Run.id) == col(Enrolment.run_id))
        .where(col(Enrolment.trainee_id).in_(family))
        .order_by(col(Enrolment.id))
    )
    places = [Place(*row) for row in await uow.session.execute(wanted)]
    entered = select(func.max(_kept_until(_entered_on(), policy))).where(col(Trainee.id).in_(family))
    since_entry: date = (await uow.session.execute(entered)).scalar_one()
    kept_until = max([since_entry, *(place.kept_until for place in places)])
    return Standing(policy, places, kept_until, singapore_day(uow.now()))


async def erasable_now(uow: UnitOfWork) -> ColumnElement[bool]:
    """The condition on a trainee of whom, merged records included, nothing stands here and retention is over."""
    policy, today = await policy_in_force(uow), singapore_day(uow.now())
    kept = _kept_until(_entered_on(), policy) >= today
    held = or_(kept, exists(_standing_places(policy, today)))
    merged = col(Trainee.merged_into).is_not(None)
    blocked = select(col(Trainee.merged_into).label("id")).where(merged, held).cte("blocked", recursive=True)
    blocked = blocked.union(
        select(col(Trainee.merged_into)).join(blocked, col(Trainee.id) == blocked.c.id).where(merged)
    )
    return and_(col(Trainee.erased_at).is_(None), ~held, col(Trainee.id).not_in(select(blocked.c.id)))


async def erasure_of(uow: UnitOfWork, trainee_id: UUID) -> Erasure | None:
    return await uow.find(Erasure, trainee_id)


async def copies_of(uow: UnitOfWork, family: Collection[UUID]) -> dict[UUID, dict[str, datetime]]:
    """For each record, which services have destroyed what they kept, and when."""
    found: dict[UUID, dict[str, datetime]] = {trainee_id: {} for trainee_id in family}
    for copy in await uow.session.scalars(select(ErasureCopy).where(col(ErasureCopy.trainee_id).in_(family))):
        found[copy.trainee_id][copy.service] = copy.erased_at
    return found


# -------------------------------------------------------------------------------------------------- as Postgres sees it


def _standing_places(policy: Policy, today: date) -> Select[UUID]:
    in_the_way = or_(_live(), _owed_there(), _unsettled(), _kept_until(_last_day(), policy) >= today)
    return (
        select(col(Enrolment.id))
        .join(Run, col(Run.id) == col(Enrolment.run_id))
        .where(col(Enrolment.trainee_id) == col(Trainee.id), in_the_way)
        .correlate(Trainee)
    )


def _live() -> ColumnElement[bool]:
    return col(Enrolment.status).in_(sorted(LIVE))


def _owed_there() -> ColumnElement[bool]:
    return or_(col(Enrolment.sync_state).not_in(SETTLED_THERE), col(Enrolment.fee_sync_state).not_in(SETTLED_THERE))


def _unsettled() -> ColumnElement[bool]:
    """Who completed or withdrew owes what is outstanding; who was cancelled is owed what they paid."""
    owed = case(
        (col(Enrolment.fundable).is_(False), col(Enrolment.full_fee_cents)), else_=col(Enrolment.nett_fee_cents)
    )
    owing = col(Enrolment.status).in_([EnrolmentStatus.COMPLETED, EnrolmentStatus.WITHDRAWN])
    cancelled = col(Enrolment.status) == EnrolmentStatus.CANCELLED
    return or_(and_(owing, owed > col(Enrolment.balance_cents)), and_(cancelled, col(Enrolment.balance_cents) > 0))


def _last_day() -> ColumnElement[date]:
    session = func.jsonb_array_elements(col(Run.sessions)).table_valued(column("value", JSONB), name="session")
    end_at = cast(session.c.value[1].astext, DateTime(timezone=True))
    last = select(func.max(_day_of(end_at))).select_from(session).correlate(Run).scalar_subquery()
    return func.greatest(col(Run.end_on), last)


def _entered_on() -> ColumnElement[date]:
    return _day_of(cast(col(Trainee.created_at), DateTime(timezone=True)))


def _day_of(at: ColumnElement[datetime]) -> ColumnElement[date]:
    return cast(func.timezone(_ZONE, at), Date)


def _kept_until(day: ColumnElement[date], policy: Policy) -> ColumnElement[date]:
    return cast(day + func.make_interval(policy.retention_years), Date)
