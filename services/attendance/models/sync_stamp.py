"""How far TPGateway holds a record: a projection of what tpg-sync says, never edited by hand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.contracts.tpg_sync import Hint, SyncState
from libs.database.model import instant, status_column

_FAILED = frozenset({SyncState.REJECTED, SyncState.DEAD})


class SyncStamp(SQLModel):
    """`submission_revision` counts what TPGateway must learn of; the other columns say how far it has.

    The record's `version` stands still when only this stamp changes: a person editing is not sent away because a job
    moved on.
    """

    submission_revision: int = 0
    submitted_at: datetime | None = instant(default=None, nullable=True)
    """When it was first owed to TPGateway, or was first held there by a scan; from then on it is never deleted."""
    sync_state: SyncState = status_column(SyncState, SyncState.NOT_APPLICABLE, name="sync_state")
    remote_id: str | None = None
    sync_revision: int | None = None
    """The newest submission revision tpg-sync has spoken of."""
    acked_revision: int | None = None
    """The newest submission revision TPGateway holds."""
    acked_at: datetime | None = instant(default=None, nullable=True)
    sync_job_id: UUID | None = None
    sync_error_code: str | None = None
    sync_hints: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    drift_codes: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    """What a reconciliation found TPGateway to hold otherwise, by the codes of discrepancies."""

    def owe(self, now: datetime) -> None:
        """TPGateway must learn of this: one more revision, and what it holds, if anything, is old."""
        self.submission_revision += 1
        self.sync_state = SyncState.PENDING if self.submitted_at is None else SyncState.STALE
        if self.submitted_at is None:
            self.submitted_at = now

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
        overtaken = revision < self.submission_revision and state in _FAILED | {SyncState.SYNCED}
        self.sync_state = SyncState.STALE if overtaken else state
        self.sync_error_code = error_code
        self.sync_hints = [hint.model_dump(mode="json") for hint in hints]
        if state is SyncState.SYNCED:
            self.drift_codes = []

    def hear_read_back(self, state: SyncState, codes: tuple[str, ...], *, revision: int) -> None:
        """What a reconciliation saw. What is owed anew meanwhile stays owed."""
        if revision < self.submission_revision:
            return
        self.sync_state = state
        self.drift_codes = list(codes)
