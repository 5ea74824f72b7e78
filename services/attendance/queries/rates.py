"""Rates, and what they are computed from."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.contracts.attendance import MarkState
from libs.database.unit_of_work import UnitOfWork
from services.attendance.models.attendance import Attendance
from services.attendance.models.rate import Rate
from services.attendance.queries.runs import Scope, narrowed


async def credited_minutes(uow: UnitOfWork, run_id: UUID, enrolment_ids: Iterable[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Minutes by enrolment and session, of those present."""
    wanted = select(col(Attendance.enrolment_id), col(Attendance.session_id), col(Attendance.minutes_credited)).where(
        col(Attendance.run_id) == run_id,
        col(Attendance.enrolment_id).in_(set(enrolment_ids)),
        col(Attendance.state) == MarkState.PRESENT,
    )
    minutes: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for enrolment_id, session_id, credited in (await uow.session.execute(wanted)).all():
        minutes[enrolment_id][session_id] = credited
    return minutes


async def rates_by_enrolment(uow: UnitOfWork, run_id: UUID) -> dict[UUID, Rate]:
    found = await uow.session.scalars(
        select(Rate).where(col(Rate.run_id) == run_id).execution_options(populate_existing=True)
    )
    return {rate.enrolment_id: rate for rate in found}


async def list_rates(
    uow: UnitOfWork, *, run_id: UUID | None, enrolment_id: UUID | None, scope: Scope | None,
    after: UUID | None, limit: int,
) -> list[Rate]:  # fmt: skip
    """By enrolment."""
    query = select(Rate).order_by(col(Rate.enrolment_id)).limit(limit)
    if run_id is not None:
        query = query.where(col(Rate.run_id) == run_id)
    if enrolment_id is not None:
        query = query.where(col(Rate.enrolment_id) == enrolment_id)
    if after is not None:
        query = query.where(col(Rate.enrolment_id) > after)
    return list(await uow.session.scalars(narrowed(query, Rate.run_id, scope)))
