"""Who has a place on a run, and from when to when: what enrolment says, never edited by hand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from libs.contracts.enrolment import EnrolmentFact, EnrolmentStatus
from libs.database.model import instant, status_column
from services.attendance.models.model import Model

_SITTING = ("run_id", "trainee_id", "seated_from", "seated_until", "replaces")


class Seat(Model, table=True):
    """One enrolment. Attendance may be taken for sessions that begin while it holds its seat, whatever comes later."""

    __tablename__ = "seat"
    __table_args__ = (
        Index("seat_run_idx", "run_id", "id"),
        Index("seat_replaces_idx", "replaces"),
        Index("seat_remote_id_idx", "remote_id"),
    )

    id: UUID = Field(primary_key=True)
    run_id: UUID
    trainee_id: UUID
    status: EnrolmentStatus = status_column(EnrolmentStatus)
    seated_from: datetime | None = instant(default=None, nullable=True)
    seated_until: datetime | None = instant(default=None, nullable=True)
    replaces: UUID | None = None
    remote_id: str | None = None

    def follow(self, fact: EnrolmentFact) -> bool:
        """Keep what is told; whether it says anything new of who sits where, and when."""
        known = seat_known_of(fact)
        moved = any(getattr(self, name) != known[name] for name in _SITTING)
        for name, value in known.items():
            setattr(self, name, value)
        return moved


def seat_known_of(fact: EnrolmentFact) -> dict[str, Any]:
    names = ("run_id", "trainee_id", "status", "seated_from", "seated_until", "replaces", "remote_id")
    return {name: getattr(fact, name) for name in names}
