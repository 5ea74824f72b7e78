"""What may be asked about enrolments: create, update, cancel, collect a fee, search, with exact names and types.

A wrong value can be held, so that `rules` can say what is wrong with it; a wrong name or type cannot. Create and
update tell the same things under different names and at different places: nothing here may be shared without a look
at both.
"""

from typing import Literal

from pydantic import Field

from libs.tpgateway.tpg_family.parts import CourseReference, Partner
from libs.tpgateway.tpg_family.search import Search
from libs.tpgateway.wire import DashDay, FilterDay, Number, Sent


class IdType(Sent):
    type: str | None = None


class ContactNumber(Sent):
    """A phone in parts, all of them text; the country code with its plus sign."""

    country_code: str | None = Field(default=None, repr=False)
    area_code: str | None = Field(default=None, repr=False)
    phone_number: str | None = Field(default=None, repr=False)


class Fees(Sent):
    """A discount needs a collection status beside it."""

    discount_amount: Number | None = Field(default=None, repr=False)
    collection_status: str | None = None


class EmployerContact(Sent):
    full_name: str | None = Field(default=None, repr=False)
    email_address: str | None = Field(default=None, repr=False)
    contact_number: ContactNumber | None = None


class Employer(Sent):
    uen: str | None = None
    contact: EmployerContact | None = None


class NewTrainee(Sent):
    """A person to enrol, with who pays."""

    id: str | None = Field(default=None, repr=False)
    id_type: IdType | None = None
    full_name: str | None = Field(default=None, repr=False)
    date_of_birth: DashDay | None = Field(default=None, repr=False)
    email_address: str | None = Field(default=None, repr=False)
    contact_number: ContactNumber | None = None
    enrolment_date: DashDay | None = None
    sponsorship_type: str | None = None
    employer: Employer | None = None
    fees: Fees | None = None


class NewEnrolment(Sent):
    course: CourseReference | None = None
    trainee: NewTrainee | None = None
    training_partner: Partner | None = None


class CreateEnrolment(Sent):
    """Enrol somebody. TPGateway takes it a second time too, silently: never send it blindly again."""

    enrolment: NewEnrolment


class ChangedTrainee(Sent):
    """How a person is reached; `email`, not `emailAddress`. Who they are cannot be changed."""

    email: str | None = Field(default=None, repr=False)
    contact_number: ContactNumber | None = None


class ChangedEmployerContact(Sent):
    full_name: str | None = Field(default=None, repr=False)
    email: str | None = Field(default=None, repr=False)
    contact_number: ContactNumber | None = None


class ChangedEmployer(Sent):
    contact: ChangedEmployerContact | None = None


class EnrolmentChange(Sent):
    """Employer and fees stand beside the trainee here, not under them. Another run id moves the enrolment."""

    action: Literal["Update"] = "Update"
    course: CourseReference | None = None
    trainee: ChangedTrainee | None = None
    employer: ChangedEmployer | None = None
    fees: Fees | None = None


class UpdateEnrolment(Sent):
    enrolment: EnrolmentChange


class EnrolmentCancellation(Sent):
    action: Literal["Cancel"] = "Cancel"
    course: CourseReference | None = None


class CancelEnrolment(Sent):
    """End it for good; the record stays visible."""

    enrolment: EnrolmentCancellation = EnrolmentCancellation()


class CollectedFees(Sent):
    collection_status: str | None = None


class FeeCollection(Sent):
    fees: CollectedFees


class CollectFee(Sent):
    """How far the fee is collected, and nothing else."""

    enrolment: FeeCollection


class SoughtFees(Sent):
    """The third name of the collection status."""

    fee_collection_status: str | None = None


class SoughtEmployer(Sent):
    uen: str | None = None


class SoughtTrainee(Sent):
    id: str | None = Field(default=None, repr=False)
    id_type: IdType | None = None
    fees: SoughtFees | None = None
    employer: SoughtEmployer | None = None
    enrolment_date: FilterDay = None
    sponsorship_type: str | None = None


class SoughtEnrolment(Sent):
    course: CourseReference | None = None
    status: str | None = None
    trainee: SoughtTrainee | None = None
    training_partner: Partner | None = None


class SearchEnrolments(Search):
    """Our enrolments that are like this; what is absent or an empty text filters nothing."""

    enrolment: SoughtEnrolment
