"""One disagreement with TPGateway, from its first sighting until it is mended or accepted."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, Index, text
from sqlmodel import Field

from libs.contracts.tpg_sync import RecordType
from libs.database.model import EnumText, Versioned, instant, status_column
from services.tpg_sync.errors import DiscrepancyNotInState
from services.tpg_sync.models.codes import CODE_RULES, Action, Code, Verdict
from services.tpg_sync.models.model import Model, json_column
from services.tpg_sync.models.record import RecordKey


class DiscrepancyState(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    """Somebody looks into it."""
    ACCEPTED = "accepted"
    """A person left it as it is; opened again when theirs changes."""
    RESOLVED = "resolved"


D = DiscrepancyState
UNRESOLVED = frozenset({D.OPEN, D.ASSIGNED})


class Discrepancy(Model, Versioned, table=True):
    """The same disagreement seen again is the same row. Holds references, field names and keyed digests, no values."""

    __tablename__ = "discrepancy"
    __table_args__ = (
        Index("discrepancy_subject_idx", "code", "subject", unique=True, postgresql_where=text("state <> 'resolved'")),
        Index("discrepancy_run_idx", "run_id", "state"),
        Index("discrepancy_record_idx", "record_type", "record_id", postgresql_where=text("record_id is not null")),
        Index("discrepancy_bulk_idx", "bulk_id", postgresql_where=text("bulk_id is not null")),
        Index("discrepancy_state_idx", "state", "id"),
    )

    id: UUID = Field(primary_key=True)
    code: Code = status_column(Code, name="code")
    subject: str
    run_id: UUID | None = None
    """The run it was seen on; None for a run of theirs that we do not know."""
    course_reference: str | None = None
    record_type: RecordType = status_column(RecordType, name="record_type")
    record_id: UUID | None = None
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    remote_ref: str | None = None
    fields: list[str] = json_column(list)
    ours_digest: str = ""
    acked_digest: str = ""
    theirs_digest: str = ""
    verdict: Verdict = status_column(Verdict, name="verdict")
    suggested: Action = status_column(Action, name="suggested")
    state: DiscrepancyState = status_column(DiscrepancyState, DiscrepancyState.OPEN, name="state")
    first_seen_at: datetime = instant(nullable=False)
    last_seen_at: datetime = instant(nullable=False)
    resolved_at: datetime | None = instant(default=None, nullable=True)
    deadline_at: datetime | None = instant(default=None, nullable=True)
    """What must be mended by then, or TPGateway takes it no more."""
    assignee_id: str | None = None
    resolution: Action | None = Field(default=None, sa_column=Column(EnumText(Action), nullable=True))
    """What was decided; None when it went by itself."""
    requested_by: str | None = None
    """Who decided it; where two persons are needed, who asks the second."""
    approved_by: str | None = None
    reason: str | None = None
    refusal: str | None = None
    """Why the last decision could not be carried out."""
    job_id: UUID | None = None
    """The last job that is to mend it."""
    bulk_id: UUID | None = None
    """The decision about many that it was part of."""
    pulled_ref: str | None = None
    """The fact of TPGateway's that its owner was told of, so that it is told once."""

    @property
    def key(self) -> RecordKey | None:
        return None if self.record_id is None else (RecordType(self.record_type), self.record_id)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What may be decided about it.

        Of attendance, only a fact of TPGateway's own, a scan, can be taken over; and a push takes a session away there
        only if it was ours.
        """
        rule = CODE_RULES[self.code]
        mending = (one for one in rule.actions if one is self.suggested or one not in rule.where_suggested)
        return (*mending, Action.ACCEPT, Action.ASSIGN)

    def _move(self, to: DiscrepancyState, *, among: frozenset[DiscrepancyState]) -> None:
        if self.state not in among:
            raise DiscrepancyNotInState(self.id, self.state, to, among)
        self.state = to
        self.version += 1

    def see_again(self, now: datetime, theirs: str) -> bool:
        """Still there. True when what was accepted is not what is there now, and it is open again."""
        changed = self.theirs_digest != theirs
        self.last_seen_at = now
        if self.state != DiscrepancyState.ACCEPTED or not changed:
            return False
        self._move(DiscrepancyState.OPEN, among=frozenset({DiscrepancyState.ACCEPTED}))
        self.resolution = self.reason = self.requested_by = self.approved_by = None
        return True

    def assign(self, to: str, *, reason: str) -> None:
        self._move(DiscrepancyState.ASSIGNED, among=UNRESOLVED)
        self.assignee_id, self.reason = to, reason

    def accept(self, *, by: str, reason: str) -> None:
        self._move(DiscrepancyState.ACCEPTED, among=UNRESOLVED)
        self.resolution, self.requested_by, self.reason = Action.ACCEPT, by, reason

    def ask(self, action: Action, *, by: str, reason: str) -> None:
        """One person wants it; another has to agree."""
        self._move(DiscrepancyState.ASSIGNED, among=UNRESOLVED)
        self.resolution, self.requested_by, self.reason, self.approved_by = action, by, reason, None

    def decide(self, action: Action, *, by: str, reason: str, approved_by: str | None = None) -> None:
        """It is being mended; it is resolved when the next reading shows it gone."""
        self._move(DiscrepancyState.ASSIGNED, among=UNRESOLVED)
        self.resolution, self.requested_by, self.reason, self.approved_by = action, by, reason, approved_by

    def refuse(self, cause: str) -> None:
        """What was decided cannot be done; it is open again, and says why."""
        self._move(DiscrepancyState.OPEN, among=UNRESOLVED)
        self.resolution, self.refusal = None, cause

    def resolve(self, now: datetime) -> None:
        """It is there no more."""
        self._move(DiscrepancyState.RESOLVED, among=frozenset(D) - {D.RESOLVED})
        self.resolved_at = now
