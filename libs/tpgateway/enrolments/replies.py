"""What TPGateway tells of enrolments: the reference of one it made or changed, one in full, one page of a search.

It shows them unlike it takes them: an e-mail inside an object, the sponsorship in title case, the discount as text,
the employer's name beside what was sent. `EnrolmentView` has the values where both ways agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field

from libs.tpgateway.envelope import Reply
from libs.tpgateway.reading import read_data
from libs.tpgateway.tpg_family.replies import SeenCourse, SeenIdType, SeenPartner, Stamps, record_of, records_of
from libs.tpgateway.wire import Reference, Seen, SeenDay, SeenNumber

_ROOT = "enrolment"


def _email(value: object) -> object:
    return value.get("full") if isinstance(value, Mapping) else value


_Email = Annotated[str | None, BeforeValidator(_email)]


class SeenPhone(Seen):
    country_code: str | None = Field(default=None, repr=False)
    area_code: str | None = Field(default=None, repr=False)
    phone_number: str | None = Field(
        default=None, repr=False, validation_alias=AliasChoices("phoneNumber", "phone", "phone_number")
    )


class SeenContact(Seen):
    full_name: str | None = Field(default=None, repr=False)
    email: _Email = Field(default=None, repr=False, validation_alias=AliasChoices("email", "emailAddress"))
    contact_number: SeenPhone | None = None


class SeenEmployer(Seen):
    """`name` is TPGateway's own, looked up by the UEN."""

    uen: str | None = None
    name: str | None = None
    contact: SeenContact | None = None


class SeenFees(Seen):
    discount_amount: SeenNumber = Field(default=None, repr=False)
    collection_status: str | None = Field(
        default=None,
        validation_alias=AliasChoices("collectionStatus", "feeCollectionStatus", "feecollectionStatus"),
    )


class SeenTrainee(SeenContact):
    """The person as enrolled, the identity number in full."""

    id: str | None = Field(default=None, repr=False)
    id_type: SeenIdType = None
    date_of_birth: SeenDay = Field(default=None, repr=False)
    sponsorship_type: str | None = None
    employer: SeenEmployer | None = None
    fees: SeenFees | None = None
    enrolment_date: SeenDay = None


class EnrolmentView(Seen):
    """One enrolment as TPGateway holds it."""

    reference: Reference = Field(alias="referenceNumber")
    status: str | None = None
    partner: SeenPartner | None = Field(default=None, alias="trainingPartner")
    course: SeenCourse | None = None
    trainee: SeenTrainee | None = Field(default=None, repr=False)
    employer_beside: SeenEmployer | None = Field(default=None, alias="employer", repr=False)
    fees_beside: SeenFees | None = Field(default=None, alias="fees", repr=False)
    meta: Stamps | None = None

    @property
    def is_cancelled(self) -> bool:
        return (self.status or "").strip().casefold() == "cancelled"

    @property
    def run_id(self) -> str | None:
        return self.course.run.id if self.course and self.course.run else None

    @property
    def employer(self) -> SeenEmployer | None:
        """Under the trainee or, as updates have it, beside them."""
        return (self.trainee.employer if self.trainee else None) or self.employer_beside

    @property
    def fees(self) -> SeenFees:
        return (self.trainee.fees if self.trainee else None) or self.fees_beside or SeenFees()


@dataclass(frozen=True, slots=True)
class EnrolmentCreated:
    """What TPGateway named the enrolment, and the status it gave it, where it tells."""

    reference: str
    status: str | None


class _Named(Seen):
    reference: Reference = Field(alias="referenceNumber")
    status: str | None = None


class _Answered(Seen):
    enrolment: _Named


class _Listed(Seen):
    data: tuple[EnrolmentView, ...]


def created_enrolment(answer: Reply) -> EnrolmentCreated:
    """Raises UnreadableReply for a refusal, and for a success that does not name the enrolment."""
    named = read_data(_Answered, answer).enrolment
    return EnrolmentCreated(named.reference, named.status)


changed_enrolment = created_enrolment
"""The answer to an update, a cancellation or a fee has the same shape; a fee's tells no status."""


def viewed_enrolment(answer: Reply) -> EnrolmentView:
    """Raises UnreadableReply for a refusal, one that says there is no such record included."""
    return read_data(EnrolmentView, answer, record_of(answer, _ROOT))


def listed_enrolments(answer: Reply) -> tuple[EnrolmentView, ...]:
    """One page of a search; `answer.total` counts all pages.

    Raises UnreadableReply for anything but a list: only an empty list says "none" here, and no status does.
    """
    return read_data(_Listed, answer, {"data": records_of(answer, _ROOT)}).data
