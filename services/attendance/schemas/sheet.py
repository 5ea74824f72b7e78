from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from libs.contracts.attendance import MarkMethod, MarkState
from libs.contracts.course import SessionStatus
from libs.contracts.tpg_sync import SyncState
from libs.web.body import Body
from libs.web.reason import Reason
from services.attendance.models.codes import MarkNote
from services.attendance.models.sheet import SheetState


class LockWish(Body):
    reason: Reason | None = None


class UnlockWish(Body):
    reason: Reason


class SheetLine(BaseModel):
    """One person. Name and masked number are null when enrolment could not be asked."""

    attendance_id: UUID
    version: int
    enrolment_id: UUID
    trainee_id: UUID
    name: str | None = Field(repr=False)
    id_masked: str | None = Field(repr=False)
    erased: bool = False
    state: MarkState
    method: MarkMethod | None
    note: MarkNote | None
    minutes_credited: int
    revision: int
    seated: bool
    conflict: str | None
    checked_in_at: datetime | None
    sync_state: SyncState


class SheetView(BaseModel):
    """A session's sheet. `names_available` says whether enrolment answered who the people are."""

    session_id: UUID
    run_id: UUID
    version: int
    state: SheetState
    sequence: int
    start_at: datetime
    end_at: datetime
    mode_of_training: str
    is_makeup: bool
    session_status: SessionStatus
    lock_due_at: datetime
    locked_at: datetime | None
    locked_by: str | None
    policy_version: int
    names_available: bool
    counts: dict[str, int]
    lines: list[SheetLine]


class SheetSummary(BaseModel):
    session_id: UUID
    run_id: UUID
    sequence: int
    start_at: datetime
    end_at: datetime
    session_status: SessionStatus
    state: SheetState | None
    """None while the sheet is not open yet."""
    lock_due_at: datetime | None


class SheetOfDay(SheetSummary):
    """A sheet among those of a day, and how far it has come; `unmarked` counts whom nobody has judged."""

    course_reference: str
    mode_of_training: str
    people: int
    present: int
    absent: int
    unmarked: int
