"""Runs: one with its whole aggregate, or many as a list; always within what the caller may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import selectinload
from sqlmodel import col

from libs.contracts.course import RunStatus, SessionStatus
from libs.contracts.tpg_sync import SyncState
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.course.models.course import Course
from services.course.models.run import CourseRun
from services.course.models.run_trainer import RunTrainer
from services.course.models.session import Session
from services.course.schemas.run import RunSummary

WHOLE = (
    selectinload(CourseRun.sessions).selectinload(Session.trainers),  # type: ignore[arg-type]  # relationships
    selectinload(CourseRun.trainers),  # type: ignore[arg-type]  # as above
)
"""The aggregate in four queries, however many sessions it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """What narrows a list; `only_user` is the account whose own runs alone may be seen."""

    statuses: Sequence[RunStatus] = ()
    sync_states: Sequence[SyncState] = ()
    course_id: UUID | None = None
    trainer_id: UUID | None = None
    venue_id: UUID | None = None
    from_on: date | None = None
    to_on: date | None = None
    text: str | None = None
    only_user: UUID | None = None


async def get_run(
    uow: UnitOfWork, run_id: UUID, *, only_user: UUID | None = None, for_update: bool = False
) -> CourseRun:
    """One run with sessions and people; NotFound when it is not there or not the caller's."""
    wanted = select(CourseRun).where(col(CourseRun.id) == run_id).options(*WHOLE)
    if only_user is not None:
        wanted = wanted.where(linked_to(only_user))
    if for_update:
        wanted = wanted.with_for_update(of=CourseRun).execution_options(populate_existing=True)
    run = (await uow.session.scalars(wanted)).one_or_none()
    if run is None:
        raise NotFound("course run", run_id)
    return run


async def list_runs(
    uow: UnitOfWork, wanted: RunFilter, *, after: tuple[date, UUID] | None, limit: int
) -> list[RunSummary]:
    """Runs, latest start first: one query for the runs, one for their sessions, one for their people."""
    query = _narrowed(
        select(CourseRun, col(Course.title)).join(Course, col(Course.id) == col(CourseRun.course_id)), wanted
    )
    if wanted.text:
        query = query.where(await _reading(uow, wanted.text))
    if after:
        query = query.where(tuple_(col(CourseRun.start_on), col(CourseRun.id)) < after)
    query = query.order_by(col(CourseRun.start_on).desc(), col(CourseRun.id).desc()).limit(limit)
    rows = (await uow.session.execute(query)).all()
    run_ids = [run.id for run, _ in rows]
    counted, people = await _sessions_of(uow, run_ids), await _people_of(uow, run_ids)
    return [_summary(run, title, counted.get(run.id, (0, None)), people.get(run.id, [])) for run, title in rows]


async def lock_runs(uow: UnitOfWork, run_ids: Sequence[UUID]) -> list[CourseRun]:
    """Several whole runs, locked in the order of their ids so that two such calls never wait for each other."""
    wanted = (
        select(CourseRun)
        .where(col(CourseRun.id).in_(run_ids))
        .order_by(col(CourseRun.id))
        .options(*WHOLE)
        .with_for_update(of=CourseRun)
        .execution_options(populate_existing=True)
    )
    return list(await uow.session.scalars(wanted))


async def ids_of_drafts(uow: UnitOfWork, course_id: UUID) -> list[UUID]:
    wanted = select(col(CourseRun.id)).where(
        col(CourseRun.course_id) == course_id, col(CourseRun.status) == RunStatus.DRAFT
    )
    return list(await uow.session.scalars(wanted))


async def ids_taught_by(uow: UnitOfWork, trainer_id: UUID, statuses: Sequence[RunStatus]) -> list[UUID]:
    wanted = (
        select(col(CourseRun.id))
        .join(RunTrainer, col(RunTrainer.run_id) == col(CourseRun.id))
        .where(col(RunTrainer.trainer_id) == trainer_id, col(CourseRun.status).in_(statuses))
    )
    return list(await uow.session.scalars(wanted))


async def ids_held_at(uow: UnitOfWork, venue_id: UUID, statuses: Sequence[RunStatus]) -> list[UUID]:
    held_there = select(col(Session.run_id)).where(
        col(Session.venue_id) == venue_id, col(Session.status) != SessionStatus.CANCELLED
    )
    wanted = select(col(CourseRun.id)).where(
        col(CourseRun.status).in_(statuses),
        or_(col(CourseRun.venue_id) == venue_id, col(CourseRun.id).in_(held_there)),
    )
    return list(await uow.session.scalars(wanted))


async def next_due(uow: UnitOfWork) -> CourseRun | None:
    """The run whose clock has waited longest, locked; runs another replica holds are passed over."""
    wanted = (
        select(CourseRun)
        .where(col(CourseRun.wakes_at) <= uow.now())
        .order_by(col(CourseRun.wakes_at))
        .limit(1)
        .options(*WHOLE)
        .with_for_update(of=CourseRun, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return (await uow.session.scalars(wanted)).one_or_none()


def _narrowed(query: Select[CourseRun, str], wanted: RunFilter) -> Select[CourseRun, str]:
    if wanted.statuses:
        query = query.where(col(CourseRun.status).in_(wanted.statuses))
    if wanted.sync_states:
        query = query.where(col(CourseRun.sync_state).in_(wanted.sync_states))
    if wanted.course_id:
        query = query.where(col(CourseRun.course_id) == wanted.course_id)
    if wanted.venue_id:
        query = query.where(col(CourseRun.venue_id) == wanted.venue_id)
    if wanted.from_on:
        query = query.where(col(CourseRun.end_on) >= wanted.from_on)
    if wanted.to_on:
        query = query.where(col(CourseRun.start_on) <= wanted.to_on)
    if wanted.trainer_id:
        linked = select(col(RunTrainer.run_id)).where(col(RunTrainer.trainer_id) == wanted.trainer_id)
        query = query.where(col(CourseRun.id).in_(linked))
    if wanted.only_user:
        query = query.where(linked_to(wanted.only_user))
    return query


async def _reading(uow: UnitOfWork, words: str) -> Any:
    """Runs of the courses whose reference or title has the words, or the run with this exact remote id.

    The courses are looked up first: they are few, and with their ids at hand Postgres chooses the right index.
    """
    matching = select(col(Course.id)).where(
        or_(
            col(Course.reference).icontains(words, autoescape=True),
            col(Course.title).icontains(words, autoescape=True),
        )
    )
    courses = list(await uow.session.scalars(matching))
    by_remote_id = col(CourseRun.remote_id) == words
    return or_(col(CourseRun.course_id).in_(courses), by_remote_id) if courses else by_remote_id


def linked_to(user_id: UUID) -> Any:
    """Runs this account teaches or assesses."""
    return (
        select(col(RunTrainer.run_id))
        .where(col(RunTrainer.run_id) == col(CourseRun.id), col(RunTrainer.user_id) == user_id)
        .exists()
    )


async def _sessions_of(uow: UnitOfWork, run_ids: Sequence[UUID]) -> dict[UUID, tuple[int, datetime | None]]:
    ahead = func.min(col(Session.start_at)).filter(col(Session.start_at) > uow.now())
    counted = (
        select(col(Session.run_id), func.count(), ahead)
        .where(col(Session.run_id).in_(run_ids), col(Session.status) != SessionStatus.CANCELLED)
        .group_by(col(Session.run_id))
    )
    return {run_id: (count, next_at) for run_id, count, next_at in await uow.session.execute(counted)}


async def _people_of(uow: UnitOfWork, run_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    links = select(col(RunTrainer.run_id), col(RunTrainer.trainer_id)).where(col(RunTrainer.run_id).in_(run_ids))
    people: dict[UUID, list[UUID]] = {}
    for run_id, trainer_id in await uow.session.execute(links.order_by(col(RunTrainer.trainer_id))):
        people.setdefault(run_id, []).append(trainer_id)
    return people


def _summary(run: CourseRun, title: str, counted: tuple[int, datetime | None], people: list[UUID]) -> RunSummary:
    return RunSummary(
        course_title=title,
        session_count=counted[0],
        next_session_at=counted[1],
        trainer_ids=people,
        **{name: getattr(run, name) for name in RunSummary.model_fields if hasattr(run, name)},
    )
