from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field

from libs.database.model import instant
from services.auth.models.model import Model

_ENOUGH_DOUBLINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LockoutPolicy:
    """After `failures` within `window` nobody gets in for `first`, then twice as long, up to `longest`."""

    failures: int
    window: timedelta
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta


class Guard(Model, table=True):
    """Failed sign-ins for one email, whether it has an account or not: a lock must not tell which emails do."""

    __tablename__ = "guard"
    __table_args__ = (Index("guard_failed_at_idx", "failed_at"),)  # serves forgetting

    email_index: bytes = Field(sa_column=Column(LargeBinary, primary_key=True), repr=False)
    failures: int = 0
    lockouts: int = 0
    failed_at: datetime = instant(nullable=False)
    locked_until: datetime | None = instant(default=None, nullable=True)

    def left(self, now: datetime) -> timedelta | None:
        """How much longer nobody gets in; None when somebody may try."""
        return self.locked_until - now if self.locked_until is not None and now < self.locked_until else None

    def fail(self, now: datetime, policy: LockoutPolicy) -> bool:
        """Count one failure; True when it was the one that locks."""
        quiet = now - self.failed_at
        if quiet > policy.window:
            self.failures = 0
        if quiet > policy.forgotten_after:
            self.lockouts = 0
        self.failed_at = now
        self.failures += 1
        if self.failures < policy.failures:
            return False
        self.failures = 0
        self.lockouts += 1
        doublings = min(self.lockouts - 1, _ENOUGH_DOUBLINGS)
        self.locked_until = now + min(policy.first * 2**doublings, policy.longest)
        return True

    def clear(self) -> None:
        self.failures, self.lockouts, self.locked_until = 0, 0, None
