"""How far TPGateway holds a record: a projection of what tpg-sync says, never edited by hand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.contracts.tpg_sync import Hint, SyncState
from libs.database.model import EnumText, instant

_FAILED = frozenset({SyncState.REJECTED, SyncState.DEAD})


class SyncStateText(EnumText):
    """A sync state as text; each table's own migration lets no other value in."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(SyncState)


class SyncStamp(SQLModel):
    """Columns and steps of a submitted record, for the table of any owner.

    `revision` counts what TPGateway must learn of; the other columns say how far it has.

    The record's `version` stands still when only this stamp changes: a person editing is not sent away because a job
    moved on.
    """

    revision: int = 1
    submitted_at: datetime | None = instant(default=None, nullable=True)
    """When the record was first owed to TPGateway; from then on it is never deleted."""
    sync_state: SyncState = Field(default=SyncState.NOT_APPLICABLE, sa_type=SyncStateText, nullable=False)
    remote_id: str | None = None
    sync_revision: int | None = None
    """The newest revision tpg-sync has spoken of."""
    acked_revision: int | None = None
    """The newest revision TPGateway holds."""
    acked_at: datetime | None = instant(default=None, nullable=True)
    sync_job_id: UUID | None = None
    sync_error_code: str | None = None
    sync_hints: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB, nullable=False)

    def owe(self) -> None:
        """A submitted field changed: one more revision, and what TPGateway holds, if anything, is old."""
        self.revision += 1
        if self.submitted_at is not None:
            self.sync_state = SyncState.STALE

    def hear(
        self,
        state: SyncState,
        *,
        revision: int,
        job_id: UUID,
        at: datetime,
        error_code: str | None = None,
        hints: tuple[Hint, ...] = (),
    ) -> None:
        """Note an outcome for `revision`. A late word about an older one never outshines a newer one."""
        if state is SyncState.SYNCED and revision > (self.acked_revision or 0):
            self.acked_revision, self.acked_at = revision, at
        if self.sync_revision is not None and revision < self.sync_revision:
            return
        self.sync_revision, self.sync_job_id = revision, job_id
        overtaken = revision < self.revision and state in _FAILED | {SyncState.SYNCED}
        self.sync_state = SyncState.STALE if overtaken else state
        self.sync_error_code = error_code
        self.sync_hints = [hint.model_dump(mode="json") for hint in hints]

    def drift(self, *, revision: int, codes: tuple[str, ...]) -> None:
        """TPGateway's copy was changed by somebody else; seen when `revision` was the newest they had of us."""
        if self.sync_revision is not None and revision < self.sync_revision:
            return
        self.sync_state = SyncState.DRIFTED
        self.sync_error_code = ", ".join(codes)
        self.sync_hints = []

    def settle(self) -> None:
        """Nothing is left of a drift; without one this changes nothing."""
        if self.sync_state is not SyncState.DRIFTED:
            return
        self.sync_state = SyncState.SYNCED if self.acked_revision == self.revision else SyncState.STALE
        self.sync_error_code = None
