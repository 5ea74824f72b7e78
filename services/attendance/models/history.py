"""What is kept of every change of a line, and which operations of devices were taken note of."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from libs.contracts.attendance import MarkState
from libs.database.model import instant, status_column
from libs.telemetry.context import Context
from services.attendance.models.attendance import Attendance
from services.attendance.models.model import Model


class Revision(Model, table=True):
    """A line as one change left it. Never changed or removed."""

    __tablename__ = "revision"

    attendance_id: UUID = Field(primary_key=True, foreign_key="attendance.attendance.id")
    number: int = Field(primary_key=True)
    action: str
    """The event that told of it."""
    state: MarkState = status_column(MarkState, name="state")
    method: str | None = None
    note: str | None = None
    minutes_credited: int = 0
    enrolment_id: UUID
    reason: str | None = None
    evidence: str | None = None
    made_at: datetime = instant(nullable=False)
    """When the person said so; on a device that was offline, earlier than it was recorded."""
    recorded_at: datetime = instant(nullable=False)
    actor_id: str
    actor_role: str
    correlation_id: UUID


class Fate(StrEnum):
    """What became of an operation that was understood; those refused are not kept and may come again."""

    APPLIED = "applied"
    SUPERSEDED = "superseded"


class Operation(Model, table=True):
    """One judgement by a device, by the id it made: heard again, it changes nothing."""

    __tablename__ = "operation"

    attendance_id: UUID = Field(primary_key=True, foreign_key="attendance.attendance.id")
    operation_id: UUID = Field(primary_key=True)
    fate: Fate = status_column(Fate, name="fate")
    heard_at: datetime = instant(nullable=False)


def revision_of(line: Attendance, action: str, context: Context, now: datetime) -> Revision:
    """The line as it stands, for good."""
    made_at = line.rank_made_at if line.rank_made_at is not None and line.marked_at == now else now
    return Revision(
        attendance_id=line.id,
        number=line.mark_revision,
        action=action,
        made_at=made_at,
        recorded_at=now,
        actor_id=context.actor_id,
        actor_role=context.actor_role,
        correlation_id=context.correlation_id,
        **{
            name: getattr(line, name)
            for name in ("state", "method", "note", "minutes_credited", "enrolment_id", "reason", "evidence")
        },
    )
