"""Who wanted a person erased, who agreed, and which services have destroyed what they kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from libs.database.model import instant
from services.enrolment.errors import OwnErasure
from services.enrolment.models.model import Model

OWN = "enrolment"
KEEPERS = ("attendance", "assessment", "tpg-sync")
"""The other services that keep something about people; each says when it has destroyed it."""


class Erasure(Model, table=True):
    """One wish to erase a person, by the record that lives on; it stands until another person agrees or declines."""

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("(agreed_at is null) = (agreed_by is null)", name="agreed"),
        CheckConstraint("agreed_by <> asked_by", name="second_person"),
    )

    trainee_id: UUID = Field(primary_key=True, foreign_key="enrolment.trainee.id")
    asked_at: datetime = instant(nullable=False)
    asked_by: str
    reason: str
    policy_version: int = Field(foreign_key="enrolment.policy.number")
    """By whose retention it was judged, at last when it was agreed to."""
    agreed_at: datetime | None = instant(default=None, nullable=True)
    agreed_by: str | None = None

    def agree(self, *, by: str, at: datetime, policy_version: int) -> None:
        """Raises OwnErasure: nobody agrees to what they asked for."""
        if by == self.asked_by:
            raise OwnErasure(self.trainee_id)
        self.agreed_by, self.agreed_at, self.policy_version = by, at, policy_version


class ErasureCopy(Model, table=True):
    """One service's word that nothing about the person is left with it."""

    __tablename__ = "erasure_copy"

    trainee_id: UUID = Field(primary_key=True, foreign_key="enrolment.trainee.id")
    service: str = Field(primary_key=True)
    erased_at: datetime = instant(nullable=False)
