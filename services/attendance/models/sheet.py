"""The sheet of a session: opened when due, locked when it is done with."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from libs.contracts.attendance import SheetLocked, SheetOpened, SheetUnlocked
from libs.database.changes import change
from libs.database.model import Record, instant, status_column
from services.attendance.errors import SheetNotLocked, SheetNotOpen
from services.attendance.models.model import Model


class SheetState(StrEnum):
    OPEN = "open"
    LOCKED = "locked"


class Sheet(Record, Model, table=True):
    """It carries its session's id. Its version grows when it is locked and unlocked, not with every mark."""

    __tablename__ = "sheet"
    __table_args__ = (
        Index("sheet_run_idx", "run_id", "id"),
        Index("sheet_due_idx", "lock_due_at", postgresql_where=text("state = 'open'")),
        CheckConstraint("(state = 'locked') = (locked_at is not null)", name="locked"),
    )

    run_id: UUID
    state: SheetState = status_column(SheetState, SheetState.OPEN, name="state")
    policy_version: int = Field(foreign_key="attendance.policy.number")
    """The numbers it is locked by."""
    lock_due_at: datetime = instant(nullable=False)
    locked_at: datetime | None = instant(default=None, nullable=True)
    locked_by: str | None = None

    @property
    def locked(self) -> bool:
        return self.state is SheetState.LOCKED

    def opened(self, lines: int) -> SheetOpened:
        return SheetOpened(session_id=self.id, run_id=self.run_id, revision=self.version, lines=lines)

    def lock(self, now: datetime, by: str, *, unmarked: int, automatic: bool, reason: str | None = None) -> SheetLocked:
        """Nothing is changed any more without a reason. Raises SheetNotOpen."""
        if self.locked:
            raise SheetNotOpen(self.id)
        self.state, self.locked_at, self.locked_by = SheetState.LOCKED, now, by
        return SheetLocked(
            session_id=self.id,
            run_id=self.run_id,
            revision=self.version,
            unmarked=unmarked,
            automatic=automatic,
            reason=reason,
            changes=(change("state", SheetState.OPEN, SheetState.LOCKED),),
        )

    def unlock(self, now: datetime, lock_due_at: datetime, reason: str) -> SheetUnlocked:
        """Open again until `lock_due_at`. Raises SheetNotLocked."""
        if not self.locked:
            raise SheetNotLocked(self.id)
        self.state, self.locked_at, self.locked_by = SheetState.OPEN, None, None
        self.lock_due_at = max(self.lock_due_at, lock_due_at, now)
        return SheetUnlocked(
            session_id=self.id,
            run_id=self.run_id,
            revision=self.version,
            reason=reason,
            changes=(change("state", SheetState.LOCKED, SheetState.OPEN),),
        )
