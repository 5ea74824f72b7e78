from datetime import date, datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from libs.contracts.course import RunStatus
from libs.contracts.enrolment import EnrolmentStatus, FeeStatus, Sponsorship
from libs.contracts.tpg_sync import Hint, SyncState
from libs.web.body import Body
from libs.web.reason import Reason
from libs.web.views import AllowedAction, LastChange
from services.enrolment.models.codes import EntryKind
from services.enrolment.schemas.words import UNSET, Money, Paid


class EnrolmentWish(Body):
    """A draft of one person's place on one run. Outside the registration window an override needs its reason."""

    run_id: UUID
    trainee_id: UUID
    sponsorship: Sponsorship
    employer_id: UUID | None = None
    enrolled_on: date | None = None
    full_fee: Money = Decimal(0)
    nett_fee: Money | None = None
    """The full fee when left out."""
    discount: Money = Decimal(0)
    fee_due_on: date | None = None
    override: bool = False
    reason: Reason | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.sponsorship is Sponsorship.INDIVIDUAL and self.employer_id is not None:
            message = "an individual pays alone: leave employer_id out, or choose EMPLOYER"
            raise ValueError(message)
        if (self.nett_fee is not None and self.nett_fee > self.full_fee) or self.discount > self.full_fee:
            message = "nett_fee and discount are at most full_fee"
            raise ValueError(message)
        return self


class EnrolmentPatch(Body):
    """Only the fields sent change. On a confirmed enrolment both make a new one, on the same seat."""

    sponsorship: Sponsorship = UNSET
    employer_id: UUID | None = None
    reason: Reason | None = None


class FeePatch(Body):
    """Only the fields sent change."""

    full_fee: Money = UNSET
    nett_fee: Money = UNSET
    discount: Money = UNSET
    fee_due_on: date | None = None
    reason: Reason | None = None


class OverrideWish(Body):
    """Setting a rule aside needs the right to it and a reason."""

    override: bool = False
    reason: Reason | None = None


class MaybeReason(Body):
    reason: Reason | None = None


class ReasonWish(Body):
    reason: Reason


class TransferWish(Body):
    run_id: UUID
    reason: Reason
    override: bool = False


class ReinstateWish(Body):
    reason: Reason
    override: bool = False


class PaymentWish(Body):
    amount: Paid
    paid_on: date | None = None
    reason: Reason | None = None


class RefundWish(Body):
    amount: Paid
    paid_on: date | None = None
    reason: Reason


class EntryView(BaseModel):
    id: UUID
    kind: EntryKind
    amount: Decimal = Field(repr=False)
    """Negative when money went out, or never came in."""
    paid_on: date
    reverses: UUID | None
    reason: str | None
    created_at: datetime
    created_by: str


class FeeBlock(BaseModel):
    """Money, for those who may see amounts."""

    full_fee: Decimal = Field(repr=False)
    nett_fee: Decimal = Field(repr=False)
    discount: Decimal = Field(repr=False)
    paid: Decimal = Field(repr=False)
    outstanding: Decimal = Field(repr=False)
    refund_due: Decimal = Field(repr=False)
    due_on: date | None
    entries: list[EntryView]


class SyncBlock(BaseModel):
    """How far TPGateway holds one side of this record."""

    state: SyncState
    revision: int
    acked_revision: int | None
    acked_at: datetime | None
    job_id: UUID | None
    error_code: str | None
    hints: list[Hint]


class Notice(BaseModel):
    """Something that is allowed and still worth a look."""

    code: str
    message: str
    run_id: UUID | None = None


class EnrolmentSummary(BaseModel):
    """An enrolment in a list."""

    id: UUID
    version: int
    run_id: UUID
    course_reference: str
    start_on: date
    trainee_id: UUID
    trainee_name: str = Field(repr=False)
    trainee_erased: bool = False
    trainee_id_number: str = Field(repr=False)
    status: EnrolmentStatus
    sponsorship: Sponsorship
    employer_id: UUID | None
    enrolled_on: date
    waitlist_seq: int | None
    offer_ends_at: datetime | None
    fee_status: FeeStatus
    fundable: bool | None
    sync_state: SyncState
    fee_sync_state: SyncState
    remote_id: str | None
    updated_at: datetime


class EnrolmentDetail(EnrolmentSummary, LastChange):
    """An enrolment with everything its page shows."""

    override_reason: str | None
    seated_from: datetime | None
    seated_until: datetime | None
    replaces: UUID | None
    transferred_from: UUID | None
    successor_id: UUID | None
    end_reason: str | None
    funding_causes: list[str]
    policy_version: int
    created_at: datetime
    fees: FeeBlock | None
    sync: SyncBlock
    fee_sync: SyncBlock
    queue_place: int | None
    """How many stand before it, and itself; only while it waits."""
    allowed_actions: list[AllowedAction]
    warnings: list[Notice]


class SeatsView(BaseModel):
    """How a run's places are taken."""

    run_id: UUID
    run_status: RunStatus
    """As far as it was heard here: a run that was just published takes nobody in before this says so."""
    capacity: int
    confirmed: int
    offered: int
    waitlisted: int
    free: int
