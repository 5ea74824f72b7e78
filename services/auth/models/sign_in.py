from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary
from sqlmodel import Field

from libs.contracts.auth import RefreshTokenReused, SignInAccepted, SignInEnded
from libs.database.model import EnumText, instant
from services.auth.models.model import Model

REFRESH = "refresh_token"
"""The purpose of a refresh token's fingerprint."""
SUCCESSOR = "refresh_token_successor"
"""The purpose of the digest that is the next token of a renewal with a key."""


class Ending(StrEnum):
    SIGNED_OUT = "signed_out"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a cause
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a cause
    DISABLED = "disabled"


class SignIn(Model, table=True):
    """One session of one person: the family of all refresh tokens that follow from one sign-in."""

    __tablename__ = "sign_in"
    __table_args__ = (
        CheckConstraint("(ended_at is null) = (ending is null)", name="ended"),
        Index("sign_in_user_idx", "user_id", postgresql_where="ended_at is null"),  # serves ending all of a person
        Index("sign_in_expires_at_idx", "expires_at"),  # serves forgetting
    )

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="auth.user_account.id")
    began_at: datetime = instant(nullable=False)
    expires_at: datetime = instant(nullable=False)
    ended_at: datetime | None = instant(default=None, nullable=True)
    ending: Ending | None = Field(default=None, sa_column=Column(EnumText(Ending)))

    def accepted(self) -> SignInAccepted:
        return SignInAccepted(sign_in_id=self.id, user_id=self.user_id)

    def end(self, now: datetime, ending: Ending) -> SignInEnded | None:
        """None when it has ended before."""
        if self.ended_at is not None:
            return None
        self.ended_at, self.ending = now, ending
        return SignInEnded(sign_in_id=self.id, user_id=self.user_id, reason=ending.value)

    def revoke(self, now: datetime) -> RefreshTokenReused:
        """A used token came back: either its owner or a thief holds a stolen copy, so the whole family ends."""
        self.ended_at, self.ending = now, Ending.TOKEN_REUSED
        return RefreshTokenReused(sign_in_id=self.id, user_id=self.user_id)


class RefreshToken(Model, table=True):
    """Good for one use, which hands out the next. Only its digest is kept."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("refresh_token_sign_in_idx", "sign_in_id"),)

    digest: bytes = Field(sa_column=Column(LargeBinary, primary_key=True), repr=False)
    sign_in_id: UUID = Field(foreign_key="auth.sign_in.id", ondelete="CASCADE")
    issued_at: datetime = instant(nullable=False)
    expires_at: datetime = instant(nullable=False)
    used_at: datetime | None = instant(default=None, nullable=True)
