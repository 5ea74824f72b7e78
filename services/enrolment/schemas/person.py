"""Trainees and employers as people send and see them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from libs.tpgateway.identifiers import uen_form
from libs.web.body import Body
from libs.web.reason import Reason
from libs.web.views import LastChange
from services.enrolment.models.codes import BirthPrecision, IdType, SurveyLanguage
from services.enrolment.schemas.words import UNSET

FullName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
IdNumber = Annotated[str, StringConstraints(min_length=1, max_length=20, to_upper=True, pattern=r"^[A-Za-z0-9/()-]+$")]
Email = Annotated[EmailStr, StringConstraints(max_length=100)]
ContactName = Annotated[str, StringConstraints(min_length=1, max_length=50)]
CompanyName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
CountryCode = Annotated[str, StringConstraints(pattern=r"^\+\d{1,4}$")]
AreaCode = Annotated[str, StringConstraints(max_length=10, pattern=r"^\d*$")]
PhoneNumber = Annotated[str, StringConstraints(max_length=20, pattern=r"^\d[\d -]*$")]


def _in_a_known_form(uen: str) -> str:
    if uen_form(uen) is None:
        message = "this has none of the three forms of a UEN, such as 197401143C"
        raise ValueError(message)
    return uen


Uen = Annotated[str, StringConstraints(min_length=9, max_length=10, to_upper=True), AfterValidator(_in_a_known_form)]


class Personal(Body):
    """What is sent about a person: no log or error that meets it shows more than its kind."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class PhoneWish(Personal):
    """A number in the parts TPGateway takes it in."""

    country: CountryCode = "+65"
    area: AreaCode = ""
    number: PhoneNumber


class PhoneView(BaseModel):
    country: str = Field(repr=False)
    area: str = Field(repr=False)
    number: str = Field(repr=False)


class TraineeWish(Personal):
    """A person as their identity document shows them. E-mail and phone are needed before anything is confirmed."""

    full_name: FullName
    id_type: IdType
    id_number: IdNumber
    born_on: date
    birth_precision: BirthPrecision = BirthPrecision.DAY
    email: Email | None = None
    phone: PhoneWish | None = None
    survey_language: SurveyLanguage = SurveyLanguage.ENGLISH


class TraineePatch(Personal):
    """Only the fields sent change."""

    full_name: FullName = UNSET
    id_type: IdType = UNSET
    id_number: IdNumber = UNSET
    born_on: date = UNSET
    birth_precision: BirthPrecision = UNSET
    email: Email = UNSET
    phone: PhoneWish = UNSET
    survey_language: SurveyLanguage = UNSET
    reason: Reason | None = None


class TraineeSearch(Personal):
    """What is known of a person; each part given must match exactly, whatever its case and spacing."""

    id_type: IdType | None = None
    id_number: IdNumber | None = None
    id_number_last4: Annotated[str, StringConstraints(min_length=4, max_length=4, to_upper=True)] | None = None
    full_name: FullName | None = None
    email: Email | None = None
    phone: PhoneWish | None = None


class TraineeView(LastChange):
    """A person as lists show them: the identity number always masked, the rest masked for those who may not see it.

    Of who is `erased`, name and number read so, and the rest is empty.
    """

    id: UUID
    version: int
    full_name: str = Field(repr=False)
    id_type: IdType
    id_number: str = Field(repr=False)
    born_on: date | None = Field(repr=False)
    birth_precision: BirthPrecision
    email: str | None = Field(repr=False)
    phone: PhoneView | None = Field(repr=False)
    survey_language: SurveyLanguage
    merged_into: UUID | None
    erased: bool = False
    erased_at: datetime | None = None
    created_at: datetime


class DuplicateNotice(BaseModel):
    """Somebody who may be the same person: `strong` by name and birth date, `weak` by e-mail or phone."""

    strength: str
    trainee_id: UUID
    fields: list[str]
    message: str


class TraineeEntered(TraineeView):
    """A person just entered or changed, and who may be the same."""

    warnings: list[DuplicateNotice]


class MergeWish(Body):
    into_id: UUID
    reason: Reason


class RevealWish(Body):
    reason: Reason


class RevealView(BaseModel):
    """A full identity number, to be shown for a minute and kept nowhere."""

    id_number: str = Field(repr=False)
    shown_until: datetime


class EmployerWish(Personal):
    """Who pays, and whom to ask there."""

    uen: Uen
    name: CompanyName
    contact_name: ContactName
    email: Email
    phone: PhoneWish


class EmployerPatch(Personal):
    """Only the fields sent change."""

    uen: Uen = UNSET
    name: CompanyName = UNSET
    contact_name: ContactName = UNSET
    email: Email = UNSET
    phone: PhoneWish = UNSET


class EmployerView(LastChange):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    uen: str
    uen_check_letter_fits: bool
    """The check letter is community knowledge: worth a look, no reason to refuse."""
    name: str
    contact_name: str = Field(repr=False)
    email: str = Field(repr=False)
    phone: PhoneView = Field(repr=False)
    created_at: datetime
