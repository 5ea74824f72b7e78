"""What a result said at each of its revisions: written once, read as its history."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from libs.database.model import instant, status_column
from services.assessment.models.model import Model


class RevisionKind(StrEnum):
    FINALISED = "finalised"
    AMENDED = "amended"
    VOIDED = "voided"


class Revision(Model, table=True):
    __tablename__ = "revision"
    __table_args__ = (
        # What the keyring sealed before people had keys of their own.
        Index("revision_sealed_before_idx", "assessment_id", postgresql_where=text("get_byte(words_sealed, 0) = 1")),
    )

    assessment_id: UUID = Field(primary_key=True, foreign_key="assessment.assessment.id")
    number: int = Field(primary_key=True)
    kind: RevisionKind = status_column(RevisionKind, name="kind")
    skill_code: str
    assessed_on: date
    words_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    """Bound to the assessment, as its present words are."""
    rule_number: int
    fields: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    """The names of what differs from the revision before."""
    reason: str | None = None
    proposal_id: UUID | None = None
    made_at: datetime = instant(nullable=False)
    made_by: str
    made_as: str
    """The role under which it was made."""
