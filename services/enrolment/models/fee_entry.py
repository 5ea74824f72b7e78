from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field

from libs.database.model import instant, status_column
from services.enrolment.models.codes import EntryKind
from services.enrolment.models.model import Model


class FeeEntry(Model, table=True):
    """One movement of money for one enrolment, in cents; entries are added, never changed."""

    __tablename__ = "fee_entry"
    __table_args__ = (
        CheckConstraint(
            "case when kind in ('payment', 'carried_in') then amount_cents > 0 else amount_cents < 0 end", name="sign"
        ),
        CheckConstraint("(kind = 'reversal') = (reverses is not null)", name="reverses"),
        # One payment is taken back once.
        Index("fee_entry_reverses_key", "reverses", unique=True),
        Index("fee_entry_enrolment_idx", "enrolment_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    enrolment_id: UUID = Field(foreign_key="enrolment.enrolment.id")
    kind: EntryKind = status_column(EntryKind, name="kind")
    amount_cents: int = Field(sa_column=Column(BigInteger, nullable=False), repr=False)
    paid_on: date
    reverses: UUID | None = Field(default=None, foreign_key="enrolment.fee_entry.id")
    reason: str | None = None
    created_at: datetime = instant(nullable=False)
    created_by: str
