"""Marks: one, many as a list, their history; always within what the caller may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from libs.contracts.attendance import MarkState
from libs.contracts.tpg_sync import SyncState
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.attendance.models.attendance import Attendance
from services.attendance.models.history import Operation, Revision
from services.attendance.models.run import ClassSession
from services.attendance.queries.runs import Scope, narrowed


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkFilter:
    """What narrows a list."""

    run_id: UUID | None = None
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    states: Sequence[MarkState] = ()
    sync_states: Sequence[SyncState] = ()
    in_conflict: bool | None = None
    scope: Scope | None = None


async def get_mark(uow: UnitOfWork, attendance_id: UUID, *, scope: Scope | None = None) -> Attendance:
    """One line; NotFound when it is not there or not on the caller's runs."""
    wanted = narrowed(
        select(Attendance).where(col(Attendance.id) == attendance_id).execution_options(populate_existing=True),
        Attendance.run_id,
        scope,
    )
    found: Attendance | None = (await uow.session.scalars(wanted)).one_or_none()
    if found is None:
        raise NotFound("attendance", attendance_id)
    return found


async def list_marks(
    uow: UnitOfWork, wanted: MarkFilter, *, after: UUID | None, limit: int
) -> list[tuple[Attendance, ClassSession]]:
    """Lines with their sessions, newest first."""
    query = select(Attendance, ClassSession).join(ClassSession, col(ClassSession.id) == col(Attendance.session_id))
    for column, value in (
        (Attendance.run_id, wanted.run_id),
        (Attendance.session_id, wanted.session_id),
        (Attendance.enrolment_id, wanted.enrolment_id),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    if wanted.states:
        query = query.where(col(Attendance.state).in_(wanted.states))
    if wanted.sync_states:
        query = query.where(col(Attendance.sync_state).in_(wanted.sync_states))
    if wanted.in_conflict is not None:
        conflict = col(Attendance.conflict)
        query = query.where(conflict.is_not(None) if wanted.in_conflict else conflict.is_(None))
    query = narrowed(query.where(_shown()), Attendance.run_id, wanted.scope)
    if after is not None:
        query = query.where(col(Attendance.id) < after)
    rows = await uow.session.execute(query.order_by(col(Attendance.id).desc()).limit(limit))
    return [(line, session) for line, session in rows]


def _shown() -> ColumnElement[bool]:
    """A line nobody judged, of somebody who left before the session, is no attendance; unless it was scanned."""
    return or_(
        col(Attendance.seated), col(Attendance.state) != MarkState.UNMARKED, col(Attendance.conflict).is_not(None)
    )


async def history_of(uow: UnitOfWork, attendance_id: UUID) -> list[Revision]:
    """Every change, oldest first."""
    wanted = select(Revision).where(col(Revision.attendance_id) == attendance_id).order_by(col(Revision.number))
    return list(await uow.session.scalars(wanted))


async def known_operations(
    uow: UnitOfWork, attendance_ids: Iterable[UUID], operation_ids: Iterable[UUID]
) -> set[tuple[UUID, UUID]]:
    """Which operations were taken note of, by line."""
    wanted = select(col(Operation.attendance_id), col(Operation.operation_id)).where(
        col(Operation.attendance_id).in_(set(attendance_ids)), col(Operation.operation_id).in_(set(operation_ids))
    )
    return {(line, operation) for line, operation in (await uow.session.execute(wanted)).all()}


async def lines_of_enrolment(uow: UnitOfWork, enrolment_id: UUID) -> list[Attendance]:
    wanted = select(Attendance).where(col(Attendance.enrolment_id) == enrolment_id).order_by(col(Attendance.id))
    return list(await uow.session.scalars(wanted.execution_options(populate_existing=True)))


async def find_line(uow: UnitOfWork, session_id: UUID, enrolment_id: UUID) -> Attendance | None:
    wanted = select(Attendance).where(
        col(Attendance.session_id) == session_id, col(Attendance.enrolment_id) == enrolment_id
    )
    return (await uow.session.scalars(wanted.execution_options(populate_existing=True))).one_or_none()
