from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary
from sqlmodel import Field

from libs.contracts.auth import SigningKeyRotated
from libs.database.model import instant, status_column
from services.auth.models.model import Model

PRIVATE_KEY = "signing_key"
"""What the vault binds the private half to."""


class KeyState(StrEnum):
    NEXT = "next"
    ACTIVE = "active"
    RETIRING = "retiring"


class SigningKey(Model, table=True):
    """An Ed25519 key, published before it signs and until its last token has expired.

    next ──▶ active ──▶ retiring ──▶ forgotten
    """

    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint("(private_sealed is null) = (state = 'retiring')", name="private_gone"),
        CheckConstraint("(verifies_until is not null) = (state = 'retiring')", name="ends"),
        Index("signing_key_active_key", "state", unique=True, postgresql_where="state = 'active'"),
        Index("signing_key_next_key", "state", unique=True, postgresql_where="state = 'next'"),
    )

    id: UUID = Field(primary_key=True)
    state: KeyState = status_column(KeyState, KeyState.NEXT, name="state")
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    private_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    created_at: datetime = instant(nullable=False)
    activated_at: datetime | None = instant(default=None, nullable=True)
    verifies_until: datetime | None = instant(default=None, nullable=True)

    def activate(self, now: datetime) -> SigningKeyRotated:
        self.state, self.activated_at = KeyState.ACTIVE, now
        return SigningKeyRotated(signing_key_id=self.id)

    def retire(self, verifies_until: datetime) -> None:
        """Sign no more, ever: the private half is destroyed."""
        self.state, self.private_sealed, self.verifies_until = KeyState.RETIRING, None, verifies_until
