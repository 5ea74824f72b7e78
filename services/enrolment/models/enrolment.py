"""A trainee's place on one run: every transition checks, changes, and returns the fact. No I/O here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from libs.contracts.enrolment import (
    EnrolmentCancelled,
    EnrolmentChanged,
    EnrolmentCompleted,
    EnrolmentConfirmed,
    EnrolmentEvent,
    EnrolmentFact,
    EnrolmentFundingJudged,
    EnrolmentOffered,
    EnrolmentRegistered,
    EnrolmentReplaced,
    EnrolmentStatus,
    EnrolmentSyncRecorded,
    EnrolmentTransferred,
    EnrolmentWaitlisted,
    EnrolmentWithdrawn,
    FeeStatus,
    Sponsorship,
)
from libs.contracts.event import Change
from libs.contracts.tpg_sync import RemoteIds, SyncState
from libs.database.changes import apply, change
from libs.database.model import Record, instant, status_column
from libs.stamps.sync_stamp import SyncStamp
from services.enrolment.models.fee_stamp import FeeStamp
from services.enrolment.models.funding import Verdict
from services.enrolment.models.lifecycle import ACTIVE, UNSEATED, EnrolmentAction, require
from services.enrolment.models.model import Model

E = TypeVar("E", bound=EnrolmentEvent)

SEATED = frozenset({EnrolmentStatus.CONFIRMED, EnrolmentStatus.COMPLETED})
AMOUNTS = frozenset({"full_fee_cents", "nett_fee_cents", "discount_cents", "balance_cents"})
"""Fields whose values never stand in an event."""
FIXED_REMOTELY = frozenset({"sponsorship", "employer_id"})
"""What TPGateway cannot change: it is cancelled there and created anew."""
_COLLECTED = (FeeStatus.PENDING, FeeStatus.PARTIAL, FeeStatus.FULL)

CARRIED = (
    "trainee_id",
    "sponsorship",
    "employer_id",
    "enrolled_on",
    "full_fee_cents",
    "nett_fee_cents",
    "discount_cents",
    "fee_due_on",
)
"""What a successor takes over as it is."""


def _listed(statuses: frozenset[EnrolmentStatus]) -> str:
    return ", ".join(f"'{status}'" for status in sorted(statuses))


@dataclass(frozen=True, slots=True)
class Held:
    """An enrolment as TPGateway holds it: its name there, since when, and how far it says the fee is collected."""

    remote_id: str
    since: datetime
    fee_status: FeeStatus


class Enrolment(Record, SyncStamp, FeeStamp, Model, table=True):
    """One person on one run, from registration to completion or to leaving."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index(
            "enrolment_one_active_key",
            "trainee_id",
            "run_id",
            unique=True,
            postgresql_where=text(f"status in ({_listed(ACTIVE)})"),
        ),
        # The queue of a run, in order; no two people stand at one place.
        Index(
            "enrolment_queue_key", "run_id", "waitlist_seq", unique=True, postgresql_where=text("status = 'waitlisted'")
        ),
        Index("enrolment_offers_idx", "offer_ends_at", postgresql_where=text("status = 'offered'")),
        # The list, newest first, alone and under each filter that narrows most.
        Index("enrolment_run_idx", "run_id", "id"),
        Index("enrolment_trainee_idx", "trainee_id", "id"),
        Index("enrolment_employer_idx", "employer_id", "id"),
        Index("enrolment_status_idx", "status", "id"),
        Index("enrolment_sync_idx", "sync_state", "id"),
        Index("enrolment_fee_status_idx", "fee_status", "id"),
        Index("enrolment_enrolled_on_idx", "enrolled_on", "id"),
        Index(
            "enrolment_refund_idx",
            "id",
            postgresql_where=text("status = 'cancelled' and balance_cents > 0"),
        ),
        Index("enrolment_grant_lost_idx", "id", postgresql_where=text("fundable is false")),
        Index("enrolment_remote_id_idx", "remote_id"),
        CheckConstraint(
            "status not in ('confirmed', 'completed') or sponsorship <> 'EMPLOYER' or employer_id is not null",
            name="employer",
        ),
        CheckConstraint("sponsorship = 'EMPLOYER' or employer_id is null", name="individual"),
        CheckConstraint("status <> 'waitlisted' or waitlist_seq is not null", name="queued"),
        CheckConstraint("(status = 'offered') = (offer_ends_at is not null)", name="offer"),
        CheckConstraint(
            "status not in ('confirmed', 'completed') or (submitted_at is not null and seated_from is not null)",
            name="seated",
        ),
        CheckConstraint(
            "nett_fee_cents between 0 and full_fee_cents and discount_cents between 0 and full_fee_cents"
            " and balance_cents >= 0",
            name="fees",
        ),
        CheckConstraint("replaces <> id and transferred_from <> id and successor_id <> id", name="not_itself"),
    )

    run_id: UUID = Field(foreign_key="enrolment.run.id")
    trainee_id: UUID = Field(foreign_key="enrolment.trainee.id")
    status: EnrolmentStatus = status_column(EnrolmentStatus, EnrolmentStatus.DRAFT)
    sponsorship: Sponsorship = status_column(Sponsorship, name="sponsorship")
    employer_id: UUID | None = Field(default=None, foreign_key="enrolment.employer.id")
    enrolled_on: date
    override_reason: str | None = None
    """Why it was taken outside the registration window."""
    waitlist_seq: int | None = Field(default=None, sa_column=Column(BigInteger))
    offer_ends_at: datetime | None = instant(default=None, nullable=True)
    seated_from: datetime | None = instant(default=None, nullable=True)
    seated_until: datetime | None = instant(default=None, nullable=True)
    replaces: UUID | None = Field(default=None, foreign_key="enrolment.enrolment.id")
    transferred_from: UUID | None = Field(default=None, foreign_key="enrolment.enrolment.id")
    successor_id: UUID | None = None
    end_reason: str | None = None
    """Why the place was given up."""
    fundable: bool | None = None
    """Whether the grant stands; unknown until it is judged, and for courses without grants."""
    funding_causes: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    policy_version: int = Field(foreign_key="enrolment.policy.number")
    """The numbers this enrolment was last judged by."""
    accepted_at: datetime | None = instant(default=None, nullable=True)
    """When TPGateway first held it."""
    remote_since: int = 1
    """The revision from which the remote enrolment counts: a reinstatement makes a new one."""

    # ------------------------------------------------------------------------------------------- towards a seat

    def registered(self) -> EnrolmentRegistered:
        self.fee_status = self.collection()
        return self.tell(EnrolmentRegistered)

    def wait(self, sequence: int, *, reason: str | None = None) -> EnrolmentWaitlisted:
        """Stand in the queue at this place; also when an offer ran out."""
        self.waitlist_seq, self.offer_ends_at = sequence, None
        return self.tell(EnrolmentWaitlisted, reason=reason, changes=(self._become(EnrolmentStatus.WAITLISTED),))

    def offer(self, ends_at: datetime, policy_version: int, *, reason: str | None = None) -> EnrolmentOffered:
        """A seat is held for it until then."""
        self.waitlist_seq, self.offer_ends_at, self.policy_version = None, ends_at, policy_version
        changed = self._become(EnrolmentStatus.OFFERED)
        return self.tell(EnrolmentOffered, reason=reason, changes=(changed,), offer_ends_at=ends_at)

    def confirm(self, now: datetime, policy_version: int, *, reason: str | None = None) -> EnrolmentConfirmed:
        """It has its seat and is owed to TPGateway."""
        changes = [self._become(EnrolmentStatus.CONFIRMED)]
        self._sit(now, policy_version)
        return self.tell(EnrolmentConfirmed, reason=reason, changes=changes)

    def reinstate(self, now: datetime, policy_version: int, reason: str) -> EnrolmentConfirmed:
        """Back on its seat, as a new remote enrolment."""
        changes = [self._become(EnrolmentStatus.CONFIRMED), *self._collect(self.collection())]
        changes += apply(self, {"remote_id": None, "successor_id": None})
        if self.submitted_at is not None:
            self.owe()
            self.remote_since = self.revision
        self._sit(now, policy_version)
        self.accepted_at, self.seated_until, self.end_reason = None, None, None
        self.fundable, self.funding_causes = None, []
        return self.tell(EnrolmentConfirmed, reason=reason, changes=changes, reinstated=True)

    def adopt(self, held: "Held", now: datetime, policy_version: int, reason: str) -> EnrolmentConfirmed:
        """It has its seat, and TPGateway holds it already under `held.remote_id`: nothing is owed."""
        changes = [self._become(EnrolmentStatus.CONFIRMED), *apply(self, {"remote_id": held.remote_id})]
        changes += self._collect(held.fee_status)
        self.seated_from = min(now, held.since)
        self._sit(now, policy_version)
        self._held(held, now)
        self.fee_sync_state, self.fee_acked_revision, self.fee_acked_at = SyncState.SYNCED, self.fee_revision, now
        return self.tell(EnrolmentConfirmed, reason=reason, changes=changes)

    def bind(self, held: "Held", now: datetime, reason: str) -> EnrolmentSyncRecorded:
        """It has its seat, and what TPGateway holds of it is found only now."""
        changes = apply(self, {"remote_id": held.remote_id})
        self._held(held, now)
        return self.tell(EnrolmentSyncRecorded, reason=reason, changes=changes, sync_state=self.sync_state)

    # ------------------------------------------------------------------------------------------- away from it

    def cancel(self, now: datetime, reason: str | None) -> EnrolmentCancelled:
        """Give the place up; what was submitted owes TPGateway its cancellation."""
        changes = self._leave(EnrolmentStatus.CANCELLED, now, reason)
        return self.tell(EnrolmentCancelled, reason=reason, changes=changes)

    def withdraw(self, now: datetime, reason: str) -> EnrolmentWithdrawn:
        """Leave a run under way; attendance and what was paid stay."""
        self.owe()
        self.seated_until, self.end_reason = now, reason
        return self.tell(EnrolmentWithdrawn, reason=reason, changes=(self._become(EnrolmentStatus.WITHDRAWN),))

    def transfer(self, now: datetime, successor_id: UUID, reason: str) -> EnrolmentTransferred:
        """Go on in another run as `successor_id`."""
        self.successor_id = successor_id
        changes = self._leave(EnrolmentStatus.TRANSFERRED, now, reason)
        return self.tell(EnrolmentTransferred, reason=reason, changes=changes, successor_id=successor_id)

    def replaced(self, now: datetime, successor_id: UUID, reason: str) -> EnrolmentReplaced:
        """Cancelled at TPGateway and created anew as `successor_id`, on the same seat."""
        self.successor_id = successor_id
        changes = self._leave(EnrolmentStatus.CANCELLED, now, reason)
        return self.tell(EnrolmentReplaced, reason=reason, changes=changes, successor_id=successor_id)

    def successor(self, lineage: Mapping[str, Any], **given: Any) -> "Enrolment":
        """The enrolment that follows this one, not yet seated."""
        return Enrolment(**lineage, **{**{name: getattr(self, name) for name in CARRIED}, **given})

    def complete(self) -> EnrolmentCompleted:
        return self.tell(EnrolmentCompleted, changes=(self._become(EnrolmentStatus.COMPLETED),))

    # ------------------------------------------------------------------------------------------- changes

    def amend(
        self, values: Mapping[str, Any], *, owed: bool = True, reason: str | None = None
    ) -> EnrolmentChanged | None:
        """Change fields in place; None when nothing differs. A confirmed one is owed anew."""
        changes = apply(self, values, personal=AMOUNTS)
        if not changes:
            return None
        if owed:
            self._owe_if_held()
        return self.tell(EnrolmentChanged, reason=reason, changes=changes)

    def parts_changed(self, part: str) -> EnrolmentChanged:
        """Contact details of its trainee or employer changed; TPGateway is owed them."""
        self._owe_if_held()
        return self.tell(EnrolmentChanged, changes=(change(part, None, None),))

    def collect(self, *, back: bool = False) -> Change | None:
        """Bring the collection status to what the balance says; the change, if it moved. `back` is for reversals."""
        if self.fee_status is FeeStatus.CANCELLED or (self.falls_back and not back):
            return None
        moved = self._collect(self.collection())
        if not moved:
            return None
        self.fee_revision += 1
        if self.submitted_at is not None:
            self.fee_sync_state = SyncState.STALE
        return moved[0]

    def judged(self, verdict: Verdict | None) -> EnrolmentFundingJudged | None:
        """Note the verdict; None when it says nothing new."""
        if verdict is None:
            return None
        causes = [cause.value for cause in verdict.causes]
        if (self.fundable, self.funding_causes) == (verdict.fundable, causes):
            return None
        changes = apply(self, {"fundable": verdict.fundable, "funding_causes": causes})
        return self.tell(EnrolmentFundingJudged, changes=changes, fundable=verdict.fundable, causes=tuple(causes))

    def synced(
        self, remote: RemoteIds, state: SyncState, *, revision: int, at: datetime
    ) -> EnrolmentSyncRecorded | None:
        """Note what TPGateway calls it; None when that was known, or is the name of what a reinstatement followed."""
        if revision < self.remote_since:
            return None
        if self.accepted_at is None and self.seated:
            self.accepted_at = at
        changes = apply(self, {"remote_id": remote.record}) if remote.record is not None else ()
        return self.tell(EnrolmentSyncRecorded, changes=changes, sync_state=state) if changes else None

    # ------------------------------------------------------------------------------------------- parts

    @property
    def owed_cents(self) -> int:
        """What is to be paid in all: the nett fee, and the full one once the grant is lost."""
        return self.full_fee_cents if self.fundable is False else self.nett_fee_cents

    @property
    def refund_due_cents(self) -> int:
        """What was paid for a place that was given up before the start."""
        return self.balance_cents if self.status is EnrolmentStatus.CANCELLED else 0

    @property
    def falls_back(self) -> bool:
        """Whether less is collected than the collection status says."""
        return _COLLECTED.index(self.collection()) < _COLLECTED.index(self.fee_status)

    @property
    def seated(self) -> bool:
        return self.status in SEATED

    @property
    def unseated(self) -> bool:
        return self.status in UNSEATED

    def require(self, action: EnrolmentAction, *, begun: bool) -> None:
        require(action, self.status, begun=begun)

    def fact(self) -> EnrolmentFact:
        return EnrolmentFact(
            run_id=self.run_id,
            trainee_id=self.trainee_id,
            status=self.status,
            sponsorship=self.sponsorship,
            employer_id=self.employer_id,
            enrolled_on=self.enrolled_on,
            revision=self.revision,
            fee_status=self.fee_status,
            fee_revision=self.fee_revision,
            submitted=self.submitted_at is not None,
            seated_from=self.seated_from,
            seated_until=self.seated_until,
            replaces=self.replaces,
            transferred_from=self.transferred_from,
            policy_version=self.policy_version,
            remote_id=self.remote_id,
        )

    def tell(self, kind: type[E], *, reason: str | None = None, changes: Sequence[Change] = (), **words: Any) -> E:
        """The fact about the enrolment as it stands now; every transition ends here."""
        return kind(enrolment_id=self.id, enrolment=self.fact(), reason=reason, changes=tuple(changes), **words)

    def _sit(self, now: datetime, policy_version: int) -> None:
        self.waitlist_seq, self.offer_ends_at = None, None
        self.policy_version = policy_version
        if self.seated_from is None:
            self.seated_from = now
        if self.submitted_at is None:
            self.submitted_at = now
        self.sync_state = SyncState.PENDING

    def _held(self, held: "Held", now: datetime) -> None:
        self.sync_state, self.sync_error_code, self.sync_hints = SyncState.SYNCED, None, []
        self.acked_revision, self.acked_at = self.revision, now
        self.accepted_at = held.since

    def _leave(self, status: EnrolmentStatus, now: datetime, reason: str | None) -> list[Change]:
        if self.seated:
            self.seated_until = now
            self.owe()
        self.waitlist_seq, self.offer_ends_at, self.end_reason = None, None, reason
        return [self._become(status), *self._collect(FeeStatus.CANCELLED)]

    def _owe_if_held(self) -> None:
        """Only what has its seat is owed to TPGateway; the others have a life of their own until they do."""
        if self.seated:
            self.owe()

    def _collect(self, status: FeeStatus) -> list[Change]:
        return list(apply(self, {"fee_status": status}))

    def _become(self, status: EnrolmentStatus) -> Change:
        before, self.status = self.status, status
        return change("status", before, status)
