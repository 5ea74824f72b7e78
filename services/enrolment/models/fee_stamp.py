"""Money of one enrolment: what is asked, what was paid, and how far TPGateway holds the collection status."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.contracts.enrolment import FeeStatus
from libs.contracts.tpg_sync import Hint, SyncState
from libs.database.model import instant, status_column

_FAILED = frozenset({SyncState.REJECTED, SyncState.DEAD})


def cents(default: int = 0) -> Any:
    return Field(default=default, sa_column=Column(BigInteger, nullable=False), repr=False)


class FeeStamp(SQLModel):
    """`fee_revision` counts what TPGateway must learn through fee collection; the stamp says how far it has."""

    full_fee_cents: int = cents()
    nett_fee_cents: int = cents()
    discount_cents: int = cents()
    balance_cents: int = cents()
    """What was paid and not given back or carried on: the sum of this enrolment's fee entries."""
    fee_due_on: date | None = None
    fee_status: FeeStatus = status_column(FeeStatus, FeeStatus.PENDING, name="fee_status")
    fee_revision: int = 1
    fee_sync_state: SyncState = status_column(SyncState, SyncState.NOT_APPLICABLE, name="fee_sync_state")
    fee_sync_revision: int | None = None
    fee_acked_revision: int | None = None
    fee_acked_at: datetime | None = instant(default=None, nullable=True)
    fee_sync_job_id: UUID | None = None
    fee_sync_error_code: str | None = None
    fee_sync_hints: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))

    def collection(self) -> FeeStatus:
        """What the balance says of the nett fee."""
        if self.balance_cents >= self.nett_fee_cents:
            return FeeStatus.FULL
        return FeeStatus.PARTIAL if self.balance_cents > 0 else FeeStatus.PENDING

    def hear_fee(
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
        if state is SyncState.SYNCED and revision > (self.fee_acked_revision or 0):
            self.fee_acked_revision, self.fee_acked_at = revision, at
        if self.fee_sync_revision is not None and revision < self.fee_sync_revision:
            return
        self.fee_sync_revision, self.fee_sync_job_id = revision, job_id
        overtaken = revision < self.fee_revision and state in _FAILED | {SyncState.SYNCED}
        self.fee_sync_state = SyncState.STALE if overtaken else state
        self.fee_sync_error_code = error_code
        self.fee_sync_hints = [hint.model_dump(mode="json") for hint in hints]

    def drift_fee(self, *, revision: int, codes: tuple[str, ...]) -> None:
        """TPGateway's collection status was changed by somebody else; seen when `revision` was its newest of us."""
        if self.fee_sync_revision is not None and revision < self.fee_sync_revision:
            return
        self.fee_sync_state = SyncState.DRIFTED
        self.fee_sync_error_code = ", ".join(codes)
        self.fee_sync_hints = []

    def settle_fee(self) -> None:
        """Nothing is left of a drift; without one this changes nothing."""
        if self.fee_sync_state is not SyncState.DRIFTED:
            return
        same = self.fee_acked_revision == self.fee_revision
        self.fee_sync_state = SyncState.SYNCED if same else SyncState.STALE
        self.fee_sync_error_code = None
