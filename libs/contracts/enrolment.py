"""What enrolment says: trainees and employers, places on runs, seats, fees.

Every enrolment event carries the enrolment's whole state, so a subscriber may simply keep the newest. No name, contact,
identity number or amount of money stands in any of them.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs.contracts.event import Event


class EnrolmentStatus(StrEnum):
    DRAFT = "draft"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


class FeeStatus(StrEnum):
    """How far the nett fee is collected; refunds are known here only, TPGateway hears `cancelled` at most."""

    PENDING = "pending"
    PARTIAL = "partial"
    FULL = "full"
    CANCELLED = "cancelled"


class Sponsorship(StrEnum):
    EMPLOYER = "EMPLOYER"
    INDIVIDUAL = "INDIVIDUAL"


class EnrolmentFact(BaseModel):
    """The state of an enrolment after the event.

    `revision` counts what TPGateway must learn of through enrolment operations, `fee_revision` what it must learn of
    through fee collection. `seated_from` and `seated_until` bound the time in which attendance may be taken for it.
    """

    model_config = ConfigDict(frozen=True)

    run_id: UUID
    trainee_id: UUID
    status: EnrolmentStatus
    sponsorship: Sponsorship
    employer_id: UUID | None = None
    enrolled_on: date
    revision: int
    fee_status: FeeStatus
    fee_revision: int
    submitted: bool = False
    seated_from: AwareDatetime | None = None
    seated_until: AwareDatetime | None = None
    replaces: UUID | None = None
    transferred_from: UUID | None = None
    policy_version: int
    remote_id: str | None = None


class EnrolmentEvent(Event):
    enrolment_id: UUID
    enrolment: EnrolmentFact


class EnrolmentRegistered(EnrolmentEvent, type="enrolment.registered", key="enrolment_id"):
    """A draft: no seat is held and nothing is owed yet."""


class EnrolmentChanged(EnrolmentEvent, type="enrolment.changed", key="enrolment_id"):
    """Fields changed; `changes` names them. A grown `revision` of a confirmed one is owed to TPGateway."""


class EnrolmentWaitlisted(EnrolmentEvent, type="enrolment.waitlisted", key="enrolment_id"):
    """No seat was free; it stands at the end of the queue."""


class EnrolmentOffered(EnrolmentEvent, type="enrolment.offered", key="enrolment_id"):
    """A seat is held for it until `offer_ends_at`."""

    offer_ends_at: AwareDatetime


class EnrolmentConfirmed(EnrolmentEvent, type="enrolment.confirmed", key="enrolment_id"):
    """It has a seat, and is owed to TPGateway. Also after a reinstatement, which makes a new remote enrolment.

    One whose fact has a `remote_id` was found at TPGateway and adopted: it is held there as it is, nothing is owed.
    """

    reinstated: bool = False


class EnrolmentCancelled(EnrolmentEvent, type="enrolment.cancelled", key="enrolment_id"):
    """The seat is given up before the start; a submitted one owes TPGateway its cancellation."""


class EnrolmentWithdrawn(EnrolmentEvent, type="enrolment.withdrawn", key="enrolment_id"):
    """The seat is given up after the start; attendance so far stays."""


class EnrolmentTransferred(EnrolmentEvent, type="enrolment.transferred", key="enrolment_id"):
    """The person goes on in another run, as `successor_id`; attendance stays here."""

    successor_id: UUID


class EnrolmentReplaced(EnrolmentEvent, type="enrolment.replaced", key="enrolment_id"):
    """What TPGateway cannot change was changed: cancelled there, and created anew as `successor_id`, same seat."""

    successor_id: UUID


class EnrolmentCompleted(EnrolmentEvent, type="enrolment.completed", key="enrolment_id"):
    """The run ended and its outcome is known."""


class EnrolmentFeeChanged(EnrolmentEvent, type="enrolment.fee_changed", key="enrolment_id"):
    """The fee collection status moved; owed to TPGateway when the enrolment was confirmed."""


class EnrolmentFundingJudged(EnrolmentEvent, type="enrolment.funding_judged", key="enrolment_id"):
    """Whether the grant stands, computed from attendance, outcome and timeliness; `causes` explains a `no`."""

    fundable: bool
    causes: tuple[str, ...] = ()


class EnrolmentSyncRecorded(EnrolmentEvent, type="enrolment.sync_recorded", key="enrolment_id"):
    """What TPGateway answered is on the record now: `remote_id` may be new."""

    sync_state: str


class RunSeatsCounted(Event, type="run_seats.counted", key="run_id"):
    """How a run's places are taken after a change."""

    run_id: UUID
    confirmed: int
    offered: int
    waitlisted: int


class TraineeEvent(Event):
    trainee_id: UUID
    revision: int


class TraineeCreated(TraineeEvent, type="trainee.created", key="trainee_id"):
    """A person may be enrolled."""


class TraineeChanged(TraineeEvent, type="trainee.changed", key="trainee_id"):
    """`changes` names the fields, never a value."""


class TraineeMerged(TraineeEvent, type="trainee.merged", key="trainee_id"):
    """Two records were one person; this one lives on as `into_id`."""

    into_id: UUID


class TraineeRevealed(TraineeEvent, type="trainee.revealed", key="trainee_id"):
    """Someone read this person's full identity number, for the reason given."""


class TraineeLookedUp(TraineeEvent, type="trainee.looked_up", key="trainee_id"):
    """Someone found this person by identity number, name or contact; what was asked for stands nowhere."""


class TraineeErasureAsked(TraineeEvent, type="trainee.erasure_asked", key="trainee_id"):
    """Someone wants all that tells who this person is destroyed; another person has to agree."""


class TraineeErasureDeclined(TraineeEvent, type="trainee.erasure_declined", key="trainee_id"):
    """What was asked for is not done, or was taken back; the person's data stay."""


class TraineeErased(TraineeEvent, type="trainee.erased", key="trainee_id"):
    """Nothing here tells any more who this was. Whoever keeps something about them destroys it and says so.

    Ids, states and digests stay everywhere; `enrolment_ids` are all the places the person ever had.
    """

    enrolment_ids: tuple[UUID, ...]
    policy_version: int


class EmployerEvent(Event):
    employer_id: UUID
    revision: int


class EmployerCreated(EmployerEvent, type="employer.created", key="employer_id"):
    """An employer may sponsor enrolments."""


class EmployerChanged(EmployerEvent, type="employer.changed", key="employer_id"):
    """`changes` names the fields, never a value."""


class ImportEvent(Event):
    import_id: UUID
    rows: int


class ImportChecked(ImportEvent, type="enrolment_import.checked", key="import_id"):
    """A dry run has judged every row."""

    ready: int
    refused: int


class ImportCommitted(ImportEvent, type="enrolment_import.committed", key="import_id"):
    """The rows that could be taken were."""

    taken: int
    refused: int


class EnrolmentsExported(Event, type="enrolment_export.made", key="export_id"):
    """Someone took a list out of the system; identity numbers in it were masked."""

    export_id: UUID
    rows: int


class EnrolmentPolicyIntroduced(Event, type="enrolment_policy.introduced", key="policy_id"):
    """From a day on, enrolments are judged by these numbers; `changes` tells them from the ones before."""

    policy_id: UUID
    number: int
    effective_from: date
