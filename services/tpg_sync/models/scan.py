"""Where TPGateway's own scans are looked for: sessions of funded courses, for a day after they end."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from libs.database.model import instant
from services.tpg_sync.models.model import Model, json_column


class ScanWatch(Model, table=True):
    """One session that is over, whose official scans arrive at TPGateway by and by."""

    __tablename__ = "scan_watch"
    __table_args__ = (Index("scan_watch_due_idx", "next_at", postgresql_where=text("not done")),)

    session_id: UUID = Field(primary_key=True)
    run_id: UUID
    ended_at: datetime = instant(nullable=False)
    next_at: datetime = instant(nullable=False)
    """Not looked at again before; nor before the scans can be there at all."""
    seen: list[str] = json_column(list)
    """TPGateway's ids of the rows that were told already: none is told twice."""
    done: bool = False


class CourseFunding(Model, table=True):
    """Whether a course is funded: only those owe official scans."""

    __tablename__ = "course_funding"

    course_id: UUID = Field(primary_key=True)
    funded: bool
