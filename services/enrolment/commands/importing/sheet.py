"""The sheet as we read it: its columns, and what a row of it wishes."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from libs.contracts.enrolment import EnrolmentStatus, FeeStatus, Sponsorship
from libs.contracts.submissions import EmployerPart, EnrolmentSubmission, PhonePart, TraineePart
from libs.errors import FieldError, Invalid
from libs.imports.row import Values
from libs.tabular.cells import amount, day, one_of
from libs.tabular.reading import Column
from libs.web.fields import field_errors
from services.enrolment.models.batch import Batch
from services.enrolment.models.run import Run
from services.enrolment.schemas.enrolment import EnrolmentWish
from services.enrolment.schemas.person import PhoneWish, TraineeWish

COLUMNS: Final = (
    Column("full_name", required=True, also=("name", "trainee name", "name as in nric")),
    Column("id_type", one_of(NRIC="NRIC", FIN="FIN", OTHERS="OTHERS", Passport="OTHERS"), required=True),
    Column("id_number", required=True, also=("nric", "nric/fin", "identity number")),
    Column("born_on", day, required=True, also=("dob", "date of birth", "birth date")),
    Column("email", also=("e-mail", "email address")),
    Column("phone", also=("mobile", "contact number", "phone number")),
    Column("sponsorship", one_of(EMPLOYER="EMPLOYER", INDIVIDUAL="INDIVIDUAL", Self="INDIVIDUAL")),
    Column("employer_uen", also=("uen", "company uen")),
    Column("full_fee", amount),
    Column("nett_fee", amount, also=("net fee",)),
    Column("discount", amount),
    Column("run_id", also=("course run", "run")),
)
PERSON: Final = frozenset({"full_name", "id_type", "id_number", "born_on", "email"})
AMOUNTS: Final = ("full_fee", "nett_fee", "discount")

NOT_YET: Final = UUID(int=0)
"""The id of what is not there before the row is taken."""


def person_of(values: Values) -> tuple[TraineeWish | None, list[FieldError]]:
    """The person a row is about; else what is wrong, but for cells that were told to be missing already."""
    given: dict[str, Any] = {name: value for name, value in values.items() if name in PERSON}
    if "phone" in values:
        given["phone"] = _phone(values["phone"])
    try:
        return TraineeWish.model_validate(given), []
    except ValidationError as error:
        return None, [found for found in field_errors(error.errors()) if found.code != "missing"]


def run_of(values: Values, batch: Batch) -> tuple[UUID | None, list[FieldError]]:
    """The run a row is for: its own, or the whole file's."""
    if "run_id" not in values:
        if batch.run_id is not None:
            return batch.run_id, []
        message = "Neither the row nor the import names a course run."
        return None, [FieldError("run_id", "missing", message, "Choose a run, or add a column run_id.")]
    try:
        return UUID(values["run_id"]), []
    except ValueError:
        return None, [FieldError("run_id", "uuid", "This is no id of a run.", "Copy it from the run's page.")]


def uen_of(values: Values) -> str | None:
    """The UEN of who pays, as it is kept; None when no employer pays or none is named."""
    if values.get("sponsorship") != "EMPLOYER" or "employer_uen" not in values:
        return None
    return values["employer_uen"].strip().upper()


def place_of(values: Values, run_id: UUID, trainee_id: UUID, employer_id: UUID | None) -> EnrolmentWish:
    """The place a row asks for. Raises Invalid when its cells contradict each other."""
    given: dict[str, Any] = {name: values[name] for name in AMOUNTS if name in values}
    sponsorship = values.get("sponsorship", "INDIVIDUAL")
    try:
        return EnrolmentWish.model_validate(
            {
                **given,
                "run_id": run_id,
                "trainee_id": trainee_id,
                "sponsorship": sponsorship,
                "employer_id": employer_id,
            }
        )
    except ValidationError as error:
        raise Invalid("The row contradicts itself.", field_errors(error.errors())) from None


def part_of(person: TraineeWish) -> TraineePart:
    """The person as TPGateway would be told of them; an e-mail or phone that is not there is empty."""
    phone = person.phone or PhoneWish.model_construct(country="", number="")
    return TraineePart(
        trainee_id=NOT_YET,
        id_type=person.id_type,
        id_number=person.id_number,
        full_name=person.full_name,
        born_on=person.born_on,
        email=person.email or "",
        phone=PhonePart(country=phone.country, area=phone.area, number=phone.number),
        survey_language=person.survey_language,
    )


def submission_of(
    values: Values, trainee: TraineePart, run: Run, employer: EmployerPart | None, *, on: date
) -> EnrolmentSubmission:
    """What TPGateway would be told of the row's place, once confirmed on that day."""
    return EnrolmentSubmission(
        enrolment_id=NOT_YET,
        revision=1,
        fee_revision=1,
        status=EnrolmentStatus.CONFIRMED,
        run_id=run.id,
        course_reference=run.course_reference,
        trainee=trainee,
        sponsorship=values.get("sponsorship", Sponsorship.INDIVIDUAL),
        employer=employer,
        enrolled_on=on,
        fee_status=FeeStatus.PENDING,
        full_fee=Decimal(values.get("full_fee", 0)),
        nett_fee=Decimal(values.get("nett_fee", 0)),
        discount=Decimal(values.get("discount", 0)),
    )


def _phone(text: str) -> dict[str, str]:
    """A Singapore number unless it says otherwise."""
    compact = text.replace(" ", "").replace("-", "")
    if compact.startswith("+65"):
        return {"country": "+65", "number": compact.removeprefix("+65")}
    if compact.startswith("+"):
        return {"country": compact[:3], "number": compact[3:]}
    return {"number": compact}
