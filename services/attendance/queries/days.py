"""Sheets by day, across runs: what is to be marked, and how far each has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, true, tuple_
from sqlmodel import col

from libs.contracts.attendance import MarkState
from libs.contracts.course import SessionStatus
from libs.database.unit_of_work import UnitOfWork
from libs.sources import SINGAPORE
from services.attendance.models.attendance import Attendance
from services.attendance.models.lifecycle import UNJUDGED
from services.attendance.models.run import TAKES_PLACE, ClassSession, Run
from services.attendance.models.sheet import Sheet, SheetState
from services.attendance.queries.runs import Scope, narrowed
from services.attendance.schemas.sheet import SheetOfDay


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFilter:
    """What narrows the list; days are Singapore's, the last one included."""

    from_on: date | None = None
    to_on: date | None = None
    states: Sequence[SheetState] = ()
    to_mark: bool = False
    scope: Scope | None = None


async def sheets_by_day(
    uow: UnitOfWork, wanted: DayFilter, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[SheetOfDay]:
    """Sessions of runs that take place, the latest to begin first, each with its sheet and how many are judged."""
    of_session = col(Attendance.session_id) == col(ClassSession.id)
    unjudged = col(Attendance.seated) & col(Attendance.state).in_(sorted(UNJUDGED))
    counts = (
        select(
            func.count()
            .filter(or_(col(Attendance.seated), col(Attendance.state) != MarkState.UNMARKED))
            .label("people"),
            func.count().filter(col(Attendance.state) == MarkState.PRESENT).label("present"),
            func.count().filter(col(Attendance.state) == MarkState.ABSENT).label("absent"),
            func.count().filter(unjudged).label("unmarked"),
        )
        .where(of_session)
        .lateral("counts")
    )
    query = (
        select(ClassSession, Sheet, col(Run.course_reference), counts)
        .join(Run, col(Run.id) == col(ClassSession.run_id))
        .outerjoin(Sheet, col(Sheet.id) == col(ClassSession.id))
        .join(counts, true())
        .where(col(Run.status).in_(sorted(TAKES_PLACE)))
        .order_by(col(ClassSession.start_at).desc(), col(ClassSession.id).desc())
        .limit(limit)
    )
    if wanted.to_mark:
        anybody = select(col(Attendance.id)).where(of_session, unjudged).exists()
        query = query.where(
            col(ClassSession.start_at) <= uow.now(),
            col(ClassSession.status) != SessionStatus.CANCELLED,
            or_(col(Sheet.id).is_(None), anybody),
        )
    if after is not None:
        query = query.where(tuple_(col(ClassSession.start_at), col(ClassSession.id)) < after)
    rows = (await uow.session.execute(narrowed(_within_days(query, wanted), ClassSession.run_id, wanted.scope))).all()
    return [_row(*row) for row in rows]


def _within_days(query: Select[Any], wanted: DayFilter) -> Select[Any]:
    if wanted.from_on is not None:
        query = query.where(col(ClassSession.start_at) >= _start_of(wanted.from_on))
    if wanted.to_on is not None:
        query = query.where(col(ClassSession.start_at) < _start_of(wanted.to_on + timedelta(days=1)))
    if wanted.states:
        query = query.where(col(Sheet.state).in_(sorted(wanted.states)))
    return query


def _start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SINGAPORE)


def _row(session: ClassSession, sheet: Sheet | None, course_reference: str, *counts: int) -> SheetOfDay:
    people, present, absent, unmarked = counts
    return SheetOfDay(
        session_id=session.id,
        run_id=session.run_id,
        sequence=session.sequence,
        start_at=session.start_at,
        end_at=session.end_at,
        session_status=session.status,
        state=sheet.state if sheet else None,
        lock_due_at=sheet.lock_due_at if sheet else None,
        mode_of_training=session.mode_of_training,
        course_reference=course_reference,
        people=people,
        present=present,
        absent=absent,
        unmarked=unmarked,
    )
