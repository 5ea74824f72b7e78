"""Runs as enrolment knows them, with their seats."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, true
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.enrolment.models.run import CourseTerms, Run, RunAccount
from services.enrolment.models.run_seats import RunSeats


async def lock_seats(uow: UnitOfWork, run_ids: Iterable[UUID]) -> dict[UUID, RunSeats]:
    """The counter rows of runs, locked in the order of their ids so that two such calls never wait for each other."""
    wanted = (
        select(RunSeats)
        .where(col(RunSeats.run_id).in_(sorted(run_ids)))
        .order_by(col(RunSeats.run_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {seats.run_id: seats for seats in await uow.session.scalars(wanted)}


async def runs_with_funding(uow: UnitOfWork, run_ids: Iterable[UUID]) -> dict[UUID, tuple[Run, bool]]:
    """Runs, each with whether grants are paid for its course; one not heard of yet is judged strictly."""
    wanted = (
        select(Run, func.coalesce(col(CourseTerms.funded), true()))
        .outerjoin(CourseTerms, col(CourseTerms.course_id) == col(Run.course_id))
        .where(col(Run.id).in_(set(run_ids)))
        .execution_options(populate_existing=True)
    )
    return {run.id: (run, funded) for run, funded in await uow.session.execute(wanted)}


async def get_seats(uow: UnitOfWork, run_id: UUID, *, only_user: UUID | None = None) -> RunSeats:
    wanted = select(RunSeats).where(col(RunSeats.run_id) == run_id)
    if only_user is not None:
        wanted = wanted.where(taught_by(only_user, RunSeats.run_id))
    seats = (await uow.session.scalars(wanted)).one_or_none()
    if seats is None:
        raise NotFound("course run", run_id)
    return seats


async def is_funded(uow: UnitOfWork, course_id: UUID) -> bool:
    """Whether grants are paid for the course; one not heard of yet is judged strictly."""
    terms = await uow.find(CourseTerms, course_id)
    return terms is None or terms.funded


async def forget_accounts(uow: UnitOfWork, run_id: UUID) -> None:
    """Make room for the accounts linked to the run now."""
    await uow.session.execute(delete(RunAccount).where(col(RunAccount.run_id) == run_id))


def taught_by(user_id: UUID, run_id: Any) -> Any:
    """Whether the run is one this account teaches or assesses."""
    return (
        select(col(RunAccount.run_id))
        .where(col(RunAccount.run_id) == run_id, col(RunAccount.user_id) == user_id)
        .exists()
    )
