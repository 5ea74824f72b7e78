"""Once somebody's attendance of a session is on record, it is cancelled and replaced, never moved."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.course.models.session import Session


async def note_attendance(uow: UnitOfWork, session_id: UUID) -> None:
    """Freeze the session; repeating it changes nothing. It is nobody's edit: the version people read stays."""
    session = update(Session).where(col(Session.id) == session_id, col(Session.attendance_taken).is_(False))
    await uow.session.execute(session.values(attendance_taken=True))
