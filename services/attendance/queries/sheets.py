"""Sheets: one, and those whose time has come."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from libs.contracts.attendance import MarkState
from libs.contracts.course import SessionStatus
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.attendance.models.attendance import Attendance
from services.attendance.models.lifecycle import UNJUDGED
from services.attendance.models.run import TAKES_PLACE, ClassSession, Run
from services.attendance.models.sheet import Sheet, SheetState


async def find_sheet(uow: UnitOfWork, session_id: UUID) -> Sheet | None:
    return await uow.find(Sheet, session_id)


async def lock_sheet(uow: UnitOfWork, session_id: UUID) -> Sheet:
    """The sheet's row, locked for a change of it or of its lines."""
    wanted = (
        select(Sheet)
        .where(col(Sheet.id) == session_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    sheet = (await uow.session.scalars(wanted)).one_or_none()
    if sheet is None:
        raise NotFound("attendance sheet", session_id)
    return sheet


async def sheets_of(uow: UnitOfWork, run_id: UUID) -> list[Sheet]:
    """Sheets of a run, in one order."""
    wanted = select(Sheet).where(col(Sheet.run_id) == run_id).order_by(col(Sheet.id))
    return list(await uow.session.scalars(wanted))


async def id_of_next_to_open(uow: UnitOfWork, early: timedelta) -> UUID | None:
    """A session whose sheet is due and does not stand yet; also one that ended long ago."""
    wanted = (
        select(col(ClassSession.id))
        .join(Run, col(Run.id) == col(ClassSession.run_id))
        .outerjoin(Sheet, col(Sheet.id) == col(ClassSession.id))
        .where(
            col(ClassSession.start_at) <= uow.now() + early,
            col(ClassSession.status) != SessionStatus.CANCELLED,
            col(Run.status).in_(sorted(TAKES_PLACE)),
            col(Sheet.id).is_(None),
        )
        .order_by(col(ClassSession.start_at), col(ClassSession.id))
        .limit(1)
    )
    return (await uow.session.execute(wanted)).scalar_one_or_none()


async def id_of_next_to_lock(uow: UnitOfWork) -> UUID | None:
    wanted = (
        select(col(Sheet.id))
        .where(col(Sheet.state) == SheetState.OPEN, col(Sheet.lock_due_at) <= uow.now())
        .order_by(col(Sheet.lock_due_at), col(Sheet.id))
        .limit(1)
    )
    return (await uow.session.execute(wanted)).scalar_one_or_none()


async def lines_of(uow: UnitOfWork, session_id: UUID) -> list[Attendance]:
    """Every line as it stands now, in one order."""
    wanted = (
        select(Attendance)
        .where(col(Attendance.session_id) == session_id)
        .order_by(col(Attendance.enrolment_id))
        .execution_options(populate_existing=True)
    )
    return list(await uow.session.scalars(wanted))


async def count_unjudged(uow: UnitOfWork, session_id: UUID) -> int:
    """Lines of people who held their seat and whom nobody has judged."""
    wanted = (
        select(func.count())
        .select_from(Attendance)
        .where(
            col(Attendance.session_id) == session_id,
            col(Attendance.seated),
            col(Attendance.state).in_(sorted(UNJUDGED)),
        )
    )
    return int((await uow.session.execute(wanted)).scalar_one())


async def present_elsewhere(uow: UnitOfWork, session: ClassSession, trainee_ids: set[UUID]) -> dict[UUID, UUID]:
    """For each of these people who is present in another session at that time, which session that is."""
    wanted = select(col(Attendance.trainee_id), col(Attendance.session_id)).where(
        col(Attendance.trainee_id).in_(trainee_ids),
        col(Attendance.state) == MarkState.PRESENT,
        col(Attendance.session_id) != session.id,
        _overlaps(session.start_at, session.end_at),
    )
    found = (await uow.session.execute(wanted)).all()
    return {trainee_id: session_id for trainee_id, session_id in found}  # noqa: C416 - typed rows are no pairs to mypy


def _overlaps(start_at: datetime, end_at: datetime) -> ColumnElement[bool]:
    times = func.tstzrange(col(Attendance.present_from), col(Attendance.present_to), "[)")
    return times.bool_op("&&")(func.tstzrange(start_at, end_at, "[)"))
