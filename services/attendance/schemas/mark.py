from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from libs.contracts.attendance import MarkMethod, MarkState
from libs.contracts.tpg_sync import Hint, SyncState
from libs.web.body import Body
from libs.web.reason import Reason
from libs.web.views import AllowedAction
from services.attendance.models.codes import MarkNote
from services.attendance.schemas.words import UNSET, BaseRevision, Evidence, Minutes

MOST_LINES = 1_000
Judged = Literal[MarkState.PRESENT, MarkState.ABSENT]
ByHand = Literal[MarkMethod.TRAINER, MarkMethod.PAPER]
_NOTES_OF = {
    MarkState.PRESENT: {None, MarkNote.LATE, MarkNote.LEFT_EARLY},
    MarkState.ABSENT: {None, MarkNote.EXCUSED},
}


def _fit(state: MarkState | None, minutes: int | None, note: MarkNote | None) -> None:
    if state is MarkState.ABSENT and minutes is not None:
        message = "nobody who is absent is credited minutes: leave minutes_credited out"
        raise ValueError(message)
    if state is not None and note not in _NOTES_OF[state]:
        message = "late and left_early go with present, excused with absent"
        raise ValueError(message)


class LineWish(Body):
    """One person's mark. A device that may be offline names its operation, when it was made and what it had seen."""

    enrolment_id: UUID
    state: Judged
    minutes_credited: Minutes | None = None
    """Less than the session for who came late or left early; the whole session when left out."""
    note: MarkNote | None = None
    base_revision: BaseRevision | None = None
    operation_id: UUID | None = None
    made_at: AwareDatetime | None = None
    reason: Reason | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.made_at is None) != (self.operation_id is None):
            message = "operation_id and made_at go together"
            raise ValueError(message)
        _fit(self.state, self.minutes_credited, self.note)
        return self


class MarksWish(Body):
    """Marks of one session: everybody present with exceptions, or a list of lines, or both.

    `operation_id` and `made_at` here belong to `all_present`; each line has its own.
    """

    session_id: UUID
    all_present: bool = False
    exceptions: list[LineWish] = Field(default=[], max_length=MOST_LINES)
    lines: list[LineWish] = Field(default=[], max_length=MOST_LINES)
    method: ByHand = MarkMethod.TRAINER
    evidence: Evidence | None = None
    operation_id: UUID | None = None
    made_at: AwareDatetime | None = None
    reason: Reason | None = None
    """For every line that names none of its own; needed once the sheet is locked."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.exceptions and not self.all_present:
            message = "exceptions go with all_present; send lines instead"
            raise ValueError(message)
        if (self.made_at is None) != (self.operation_id is None):
            message = "operation_id and made_at go together"
            raise ValueError(message)
        return self


class MarkPatch(Body):
    """Only the fields sent change. Once the sheet is locked a reason is needed."""

    state: Judged = UNSET
    minutes_credited: Minutes | None = None
    note: MarkNote | None = None
    reason: Reason | None = None


class ReasonWish(Body):
    reason: Reason


class ReMarkWish(Body):
    reason: Reason
    minutes_credited: Minutes | None = None
    note: Literal[MarkNote.LATE, MarkNote.LEFT_EARLY] | None = None


class Outcome(StrEnum):
    """What became of one line of a request.

    `superseded`: understood, and something that outranks it stands. `duplicate`: taken note of before. `conflict`: a
    person must look, for it disagrees with an official scan, or with a revision its maker had not seen. `refused`: it
    cannot be, for the reason given. Conflicts and refusals are not kept here: the device keeps them.
    """

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"
    REFUSED = "refused"


class LineOutcome(BaseModel):
    enrolment_id: UUID
    operation_id: UUID | None = None
    outcome: Outcome
    code: str | None = None
    message: str | None = None
    allowed: list[str] = []
    attendance_id: UUID | None = None
    state: MarkState | None = None
    """As it stands now."""
    revision: int | None = None


class SyncBlock(BaseModel):
    state: SyncState
    submission_revision: int
    acked_revision: int | None
    acked_at: datetime | None
    job_id: UUID | None
    error_code: str | None
    hints: list[Hint]


class MarkSummary(BaseModel):
    id: UUID
    version: int
    session_id: UUID
    session_sequence: int
    session_start_at: datetime
    run_id: UUID
    enrolment_id: UUID
    trainee_id: UUID
    state: MarkState
    method: MarkMethod | None
    note: MarkNote | None
    minutes_credited: int
    revision: int
    seated: bool
    conflict: str | None
    marked_at: datetime | None
    sync_state: SyncState


class RevisionView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    number: int
    action: str
    state: MarkState
    method: MarkMethod | None
    note: MarkNote | None
    minutes_credited: int
    reason: str | None
    evidence: str | None
    made_at: datetime
    recorded_at: datetime
    actor_id: str
    actor_role: str


class MarkDetail(MarkSummary):
    checked_in_at: datetime | None
    marked_by: str | None
    reason: str | None
    evidence: str | None
    scanned_at: datetime | None
    sync: SyncBlock
    allowed_actions: list[AllowedAction]
    revisions: list[RevisionView]


class MarksAnswer(BaseModel):
    session_id: UUID
    outcomes: list[LineOutcome]
    counts: dict[str, Any]
