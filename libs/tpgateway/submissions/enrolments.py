"""An enrolment in our words -> what TPGateway wants to hear: create, update, cancel, fee; and how to find it again.

Every function is pure. Requests hold personal data: encrypt, never log. A word of ours that TPGateway has none for is
handed on as it is, so that the rules can name it.
"""

from typing import Final

from libs.contracts.enrolment import EnrolmentStatus, FeeStatus, Sponsorship
from libs.contracts.submissions import EmployerPart, EnrolmentSubmission
from libs.tpgateway.comparing import NormalRecord
from libs.tpgateway.enrolments.normal import CANCELLED, CONFIRMED, normal_request
from libs.tpgateway.enrolments.requests import (
    CancelEnrolment,
    ChangedEmployer,
    ChangedEmployerContact,
    ChangedTrainee,
    CollectedFees,
    CollectFee,
    CreateEnrolment,
    Employer,
    EmployerContact,
    EnrolmentCancellation,
    EnrolmentChange,
    FeeCollection,
    Fees,
    IdType,
    NewEnrolment,
    NewTrainee,
    SearchEnrolments,
    SoughtEnrolment,
    SoughtTrainee,
    UpdateEnrolment,
)
from libs.tpgateway.submissions.people import contact_number, id_number
from libs.tpgateway.tpg_family.parts import CourseReference, Partner
from libs.tpgateway.tpg_family.search import OLDEST_FIRST, Parameters

COLLECTION_STATUS: Final[dict[str, str]] = {
    FeeStatus.PENDING: "Pending Payment",
    FeeStatus.PARTIAL: "Partial Payment",
    FeeStatus.FULL: "Full Payment",
    FeeStatus.CANCELLED: "Cancelled",
}
GIVEN_UP: Final = frozenset({EnrolmentStatus.CANCELLED, EnrolmentStatus.TRANSFERRED})
"""What TPGateway calls cancelled; of every other enrolment it knows, it says confirmed. Who withdraws from a run under
way stays enrolled there, for their attendance and the grant hang on it."""


def create_enrolment(submission: EnrolmentSubmission, *, run_id: str, uen: str, tp_code: str) -> CreateEnrolment:
    """Enrol the person in the run TPGateway knows as `run_id`."""
    trainee = submission.trainee
    person = NewTrainee(
        id=id_number(trainee),
        id_type=IdType(type=trainee.id_type),
        full_name=trainee.full_name,
        date_of_birth=trainee.born_on,
        email_address=trainee.email,
        contact_number=contact_number(trainee.phone),
        enrolment_date=submission.enrolled_on,
        sponsorship_type=submission.sponsorship,
        employer=None if (employer := _paying_employer(submission)) is None else _employer(employer),
        fees=_fees(submission),
    )
    course = CourseReference.of_run(run_id, submission.course_reference)
    partner = Partner(uen=uen, code=tp_code)
    return CreateEnrolment(enrolment=NewEnrolment(course=course, trainee=person, training_partner=partner))


def update_enrolment(submission: EnrolmentSubmission, *, run_id: str) -> UpdateEnrolment:
    """Bring contact, employer's contact and fees to this state; nothing else can be changed."""
    trainee, employer = submission.trainee, _paying_employer(submission)
    change = EnrolmentChange(
        course=CourseReference.of_run(run_id),
        trainee=ChangedTrainee(email=trainee.email, contact_number=contact_number(trainee.phone)),
        employer=None if employer is None else _changed_employer(employer),
        fees=_fees(submission),
    )
    return UpdateEnrolment(enrolment=change)


def cancel_enrolment(*, run_id: str) -> CancelEnrolment:
    return CancelEnrolment(enrolment=EnrolmentCancellation(course=CourseReference.of_run(run_id)))


def collect_fee(submission: EnrolmentSubmission) -> CollectFee:
    fees = CollectedFees(collection_status=_collection_status(submission))
    return CollectFee(enrolment=FeeCollection(fees=fees))


def normal_enrolment(submission: EnrolmentSubmission, *, run_id: str, uen: str, tp_code: str) -> NormalRecord:
    """The enrolment as TPGateway should show it by now, to compare with `enrolments.normal.normal_view`."""
    request = create_enrolment(submission, run_id=run_id, uen=uen, tp_code=tp_code)
    return normal_request(request, status=CANCELLED if submission.status in GIVEN_UP else CONFIRMED)


def search_enrolments(
    *,
    uen: str,
    tp_code: str,
    run_id: str | None = None,
    course_reference: str | None = None,
    trainee_id: str | None = None,
    id_type: str | None = None,
    page: int,
    page_size: int,
) -> SearchEnrolments:
    """Ours that are like this, oldest first. `trainee_id` is the person's identity number; pages count from 0."""
    sought = SoughtEnrolment(
        course=CourseReference.of_run(run_id, course_reference),
        trainee=SoughtTrainee(id=trainee_id, id_type=IdType(type=id_type)),
        training_partner=Partner(uen=uen, code=tp_code),
    )
    return SearchEnrolments(
        enrolment=sought, sort_by=OLDEST_FIRST, parameters=Parameters(page=page, page_size=page_size)
    )


def _paying_employer(submission: EnrolmentSubmission) -> EmployerPart | None:
    return submission.employer if submission.sponsorship == Sponsorship.EMPLOYER else None


def _employer(employer: EmployerPart) -> Employer:
    contact = EmployerContact(
        full_name=employer.contact_name,
        email_address=employer.email,
        contact_number=contact_number(employer.phone),
    )
    return Employer(uen=employer.uen, contact=contact)


def _changed_employer(employer: EmployerPart) -> ChangedEmployer:
    contact = ChangedEmployerContact(
        full_name=employer.contact_name, email=employer.email, contact_number=contact_number(employer.phone)
    )
    return ChangedEmployer(contact=contact)


def _fees(submission: EnrolmentSubmission) -> Fees:
    """A discount of nothing is told too: it may take an earlier one back."""
    return Fees(discount_amount=submission.discount, collection_status=_collection_status(submission))


def _collection_status(submission: EnrolmentSubmission) -> str:
    return COLLECTION_STATUS.get(submission.fee_status, submission.fee_status)
