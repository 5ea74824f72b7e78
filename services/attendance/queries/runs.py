"""Runs and their sessions as attendance knows them, and whose they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from libs.contracts.course import SessionStatus
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.attendance.models.run import ClassSession, CourseTerms, Run, RunAccount


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose runs may be seen or marked; the account of somebody with `own` reach."""

    user_id: UUID
    teaching: bool = False
    """Only those the account teaches, not those it assesses."""


async def lock_run(uow: UnitOfWork, run_id: UUID) -> Run:
    """The run's row, locked: whoever changes marks on it goes one after the other."""
    wanted = (
        select(Run)
        .where(col(Run.id) == run_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    run = (await uow.session.scalars(wanted)).one_or_none()
    if run is None:
        raise NotFound("course run", run_id)
    return run


async def get_run(uow: UnitOfWork, run_id: UUID, *, scope: Scope | None) -> Run:
    wanted = select(Run).where(col(Run.id) == run_id)
    if scope is not None:
        wanted = wanted.where(within(scope, Run.id))
    run = (await uow.session.scalars(wanted)).one_or_none()
    if run is None:
        raise NotFound("course run", run_id)
    return run


async def get_session(uow: UnitOfWork, session_id: UUID, *, scope: Scope | None = None) -> ClassSession:
    """One session; NotFound when it is not there or not on the caller's runs."""
    wanted = select(ClassSession).where(col(ClassSession.id) == session_id).execution_options(populate_existing=True)
    if scope is not None:
        wanted = wanted.where(within(scope, ClassSession.run_id))
    session = (await uow.session.scalars(wanted)).one_or_none()
    if session is None:
        raise NotFound("session", session_id)
    return session


async def sessions_of(uow: UnitOfWork, run_id: UUID) -> list[ClassSession]:
    """Every session of a run, in order."""
    wanted = (
        select(ClassSession)
        .where(col(ClassSession.run_id) == run_id)
        .order_by(col(ClassSession.sequence), col(ClassSession.id))
    )
    return list(await uow.session.scalars(wanted))


async def session_numbered(uow: UnitOfWork, run_id: UUID, sequence: int) -> ClassSession | None:
    """The session people call by this number; one that was cancelled only when no other has it."""
    wanted = (
        select(ClassSession)
        .where(col(ClassSession.run_id) == run_id, col(ClassSession.sequence) == sequence)
        .order_by((col(ClassSession.status) == SessionStatus.CANCELLED), col(ClassSession.id))
        .limit(1)
    )
    return (await uow.session.scalars(wanted)).one_or_none()


async def terms_of(uow: UnitOfWork, course_id: UUID) -> CourseTerms | None:
    return await uow.find(CourseTerms, course_id)


async def is_funded(uow: UnitOfWork, course_id: UUID) -> bool:
    """Whether grants are paid for the course; one not heard of yet is judged strictly."""
    terms = await terms_of(uow, course_id)
    return terms is None or terms.funded


async def run_ids_of_course(uow: UnitOfWork, course_id: UUID) -> list[UUID]:
    wanted = select(col(Run.id)).where(col(Run.course_id) == course_id).order_by(col(Run.id))
    return list(await uow.session.scalars(wanted))


async def forget_accounts(uow: UnitOfWork, run_id: UUID) -> None:
    """Make room for the accounts linked to the run now."""
    await uow.session.execute(delete(RunAccount).where(col(RunAccount.run_id) == run_id))


def within(scope: Scope, run_id: Any) -> Any:
    """Whether the run is one of the account's."""
    linked = select(col(RunAccount.run_id)).where(
        col(RunAccount.run_id) == run_id, col(RunAccount.user_id) == scope.user_id
    )
    if scope.teaching:
        linked = linked.where(col(RunAccount.teaches))
    return linked.exists()


def narrowed(query: Any, run_id: Any, scope: Scope | None) -> Any:
    return query if scope is None else query.where(within(scope, run_id))


async def sessions_by_id(uow: UnitOfWork, session_ids: Iterable[UUID]) -> dict[UUID, ClassSession]:
    found = await uow.session.scalars(select(ClassSession).where(col(ClassSession.id).in_(set(session_ids))))
    return {session.id: session for session in found}
