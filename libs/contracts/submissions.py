"""The claim check: what an owner hands to tpg-sync when it is about to send, in the domain's own words.

Fetched from `GET /internal/v1/submissions/{record_type}/{record_id}` with a service token. Holds personal data: it is
stored only encrypted and never logged.
"""

from datetime import date, time
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.contracts.enrolment import EnrolmentStatus, FeeStatus, Sponsorship


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class VenuePart(_Part):
    block: str | None = None
    street: str | None = None
    floor: str | None = None
    unit: str | None = None
    building: str | None = None
    postal_code: str | None = None
    room: str | None = None
    wheelchair_access: bool = False


class TrainerPart(_Part):
    """A trainer as TPGateway wants them: `existing` ones are found by their id number alone."""

    trainer_id: UUID
    existing: bool
    name: str = Field(repr=False)
    email: str = Field(repr=False)
    id_type: str
    id_number: str = Field(repr=False)
    roles: tuple[int, ...]
    domain_area_of_practice: str = ""
    experience: str = ""
    linkedin_url: str = ""
    salutation: int | None = None
    qualifications: tuple[tuple[str, str], ...] = ()


class SessionPart(_Part):
    """Singapore local dates and times; `remote_id` once TPGateway has named it."""

    session_id: UUID
    sequence: int
    start_on: date
    start_time: time
    end_on: date
    end_time: time
    mode_of_training: str
    venue: VenuePart | None = None
    cancelled: bool = False
    remote_id: str | None = None


class RunSubmission(_Part):
    """One course run with its sessions and trainers, as it stands at `revision`."""

    run_id: UUID
    revision: int
    status: str
    course_reference: str
    registration_opens_on: date
    registration_closes_on: date
    start_on: date
    end_on: date
    schedule_info: str
    venue: VenuePart | None = None
    intake_size: int
    threshold: int
    registered_count: int = 0
    mode_of_training: str
    admin_email: str = Field(repr=False)
    vacancy: str
    remote_id: str | None = None
    sessions: tuple[SessionPart, ...] = ()
    trainers: tuple[TrainerPart, ...] = ()


class PhonePart(_Part):
    country: str = Field(repr=False)
    area: str = Field(default="", repr=False)
    number: str = Field(repr=False)


class TraineePart(_Part):
    """A person as TPGateway must know them; `born_on` may lack day or month on the person's own identity card."""

    trainee_id: UUID
    id_type: str
    id_number: str = Field(repr=False)
    full_name: str = Field(repr=False)
    born_on: date = Field(repr=False)
    email: str = Field(repr=False)
    phone: PhonePart
    survey_language: str = "EL"


class EmployerPart(_Part):
    employer_id: UUID
    uen: str
    contact_name: str = Field(repr=False)
    email: str = Field(repr=False)
    phone: PhonePart


class EnrolmentSubmission(_Part):
    """One enrolment as it stands at `revision`, its fee status at `fee_revision`."""

    enrolment_id: UUID
    revision: int
    fee_revision: int
    status: str
    run_id: UUID
    course_reference: str
    trainee: TraineePart
    sponsorship: str
    employer: EmployerPart | None = None
    enrolled_on: date
    fee_status: str
    full_fee: Decimal = Field(repr=False)
    nett_fee: Decimal = Field(repr=False)
    discount: Decimal = Field(repr=False)
    replaces: UUID | None = None
    remote_id: str | None = None


class RollEntry(_Part):
    """Who holds a place on a run, as a sheet or a certificate shows them; the identity number is masked.

    Of an `erased` person both read so, and nothing else is known.
    """

    enrolment_id: UUID
    trainee_id: UUID
    status: str
    full_name: str = Field(repr=False)
    id_masked: str = Field(repr=False)
    remote_id: str | None = None
    erased: bool = False


class Roll(_Part):
    """Everyone who ever held a seat on a run, by name. Asked for at the moment of showing, and never kept."""

    run_id: UUID
    entries: tuple[RollEntry, ...] = ()


class RollMatchWish(_Part):
    """Identity numbers from a file, to be found among those who hold a seat."""

    id_numbers: tuple[str, ...] = Field(max_length=5_000, repr=False)


class RollMatch(_Part):
    """The enrolment of each number asked for, in the same order; None where nobody on the run has it."""

    enrolment_ids: tuple[UUID | None, ...]


class AdoptedPerson(_Part):
    """A person as TPGateway shows them on an enrolment that was not made here."""

    id_type: str
    id_number: str = Field(repr=False)
    full_name: str = Field(repr=False)
    born_on: date = Field(repr=False)
    email: str | None = Field(default=None, repr=False)
    phone: PhonePart | None = Field(default=None, repr=False)


class AdoptedEmployer(_Part):
    uen: str
    contact_name: str = Field(repr=False)
    email: str = Field(repr=False)
    phone: PhonePart = Field(repr=False)


class Adoption(_Part):
    """An enrolment that somebody made at TPGateway, to be kept here as one that TPGateway holds already.

    `accepted_at` is when TPGateway took it in, where that is known; else the day of enrolment counts. A run without a
    free seat takes it only with `over_capacity` and a `reason`.
    """

    run_id: UUID
    remote_id: str = Field(min_length=1, max_length=50)
    remote_status: Literal["confirmed", "cancelled"]
    trainee: AdoptedPerson
    sponsorship: Sponsorship
    employer: AdoptedEmployer | None = None
    enrolled_on: date
    accepted_at: AwareDatetime | None = None
    fee_status: FeeStatus
    over_capacity: bool = False
    reason: str | None = None


class Adopted(_Part):
    """The enrolment that stands for it here; the same for every asking with one `remote_id`."""

    enrolment_id: UUID
    trainee_id: UUID
    status: EnrolmentStatus
    remote_id: str


class AttendanceSubmission(_Part):
    """One person's attendance of one session, as it stands at `revision`. The person is asked of enrolment.

    `revision` is the submission revision. `state` is `present`, or what has become of a presence that TPGateway was
    told before: `absent` where it was corrected, else `voided`. On the wire both take it back, for there is no absence
    there; beside a scan they are two matters. What was never owed is refused with 409. `hours` are given for on-the-job
    training alone.
    """

    attendance_id: UUID
    revision: int
    state: str
    session_id: UUID
    run_id: UUID
    enrolment_id: UUID
    hours: Decimal | None = None
    method: str | None = None


class AssessmentSubmission(_Part):
    """One result as it stands at `revision`. The person is asked of enrolment."""

    assessment_id: UUID
    revision: int
    status: str
    enrolment_id: UUID
    run_id: UUID
    course_reference: str
    skill_code: str | None = None
    result: str = Field(repr=False)
    score: int | None = Field(default=None, repr=False)
    grade: str | None = Field(default=None, repr=False)
    assessed_on: date
    remote_id: str | None = None


class DuesWish(_Part):
    """The enrolments of one person, and their runs, of which is asked what is still owed."""

    enrolment_ids: tuple[UUID, ...] = Field(max_length=10_000)
    run_ids: tuple[UUID, ...] = Field(max_length=10_000)


class Dues(_Part):
    """What still stands with tpg-sync about them: as long as anything does, nothing of the person may be erased."""

    open_jobs: int
    open_discrepancies: int
    open_obligations: int
    kept_until: AwareDatetime | None = None
    """The last instant to which the compliance calendar has the runs' records kept, if that still lies ahead."""
