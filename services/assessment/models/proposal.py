"""What waits for a second person, and what was set aside for whom: rows that say who asked and who decided."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from libs.database.model import instant, status_column
from services.assessment.errors import NotYourProposal, OwnProposal
from services.assessment.models.model import Model


class ProposalKind(StrEnum):
    AMENDMENT = "amendment"
    VOID = "void"


class ProposalStatus(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Proposal(Model, table=True):
    """A change to a result that stands, asked for by one person; another one decides."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index("proposal_one_open_key", "assessment_id", unique=True, postgresql_where=text("status = 'open'")),
        Index("proposal_assessment_idx", "assessment_id", "id"),
        Index("proposal_status_idx", "status", "id"),
        # What the keyring sealed before people had keys of their own.
        Index("proposal_sealed_before_idx", "id", postgresql_where=text("get_byte(values_sealed, 0) = 1")),
        CheckConstraint("(status = 'withdrawn') = (decided_by = proposed_by)", name="second_person"),
        CheckConstraint("(status = 'open') = (decided_at is null)", name="decided"),
        CheckConstraint("(kind = 'amendment') = (values_sealed is not null)", name="values"),
    )

    id: UUID = Field(primary_key=True)
    assessment_id: UUID = Field(foreign_key="assessment.assessment.id")
    kind: ProposalKind = status_column(ProposalKind, name="kind")
    status: ProposalStatus = status_column(ProposalStatus, ProposalStatus.OPEN)
    values_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    fields: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    """The names of what it would change."""
    reason: str
    proposed_by: str
    proposed_at: datetime = instant(nullable=False)
    decided_by: str | None = None
    decided_at: datetime | None = instant(default=None, nullable=True)
    decision_reason: str | None = None

    def decide(self, status: ProposalStatus, *, by: str, at: datetime, reason: str | None) -> None:
        """Raises OwnProposal: nobody decides what they asked for."""
        if by == self.proposed_by:
            raise OwnProposal(self.id)
        self._end(status, by, at, reason)

    def withdraw(self, *, by: str, at: datetime, reason: str) -> None:
        """Raises NotYourProposal: only who asked takes it back; others decline."""
        if by != self.proposed_by:
            raise NotYourProposal(self.id)
        self._end(ProposalStatus.WITHDRAWN, by, at, reason)

    def _end(self, status: ProposalStatus, by: str, at: datetime, reason: str | None) -> None:
        self.status, self.decided_by, self.decided_at, self.decision_reason = status, by, at, reason


class OverrideRule(StrEnum):
    MIN_ATTENDANCE = "min_attendance"
    MAKEUP_WINDOW = "makeup_window"


class Override(Model, table=True):
    """A rule set aside once, for one assessment, by somebody with the right to it."""

    __tablename__ = "rule_override"
    __table_args__ = (Index("rule_override_once_key", "assessment_id", "rule", unique=True),)

    id: UUID = Field(primary_key=True)
    assessment_id: UUID = Field(foreign_key="assessment.assessment.id", ondelete="CASCADE")
    rule: OverrideRule = status_column(OverrideRule, name="rule")
    reason: str
    granted_by: str
    granted_at: datetime = instant(nullable=False)
