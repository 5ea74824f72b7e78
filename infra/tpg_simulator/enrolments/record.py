"""What the gateway keeps of an accepted enrolment."""

from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from infra.tpg_simulator.stored import Stored, person

CONFIRMED, CANCELLED = "Confirmed", "Cancelled"
EMPLOYER = "EMPLOYER"


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Phone(Part):
    country_code: str = ""
    area_code: str = ""
    phone_number: str = ""


class Contact(Part):
    """The person to speak to at the employer."""

    full_name: str = ""
    email: str = ""
    phone: Phone = Phone()


class Employer(Part):
    uen: str
    contact: Contact = Contact()


class Trainee(Part):
    id: str
    id_type: str
    full_name: str
    date_of_birth: str
    email: str
    phone: Phone = Phone()


class Fees(Part):
    discount: Decimal | None = None
    collection_status: str = ""


class Enrolment(Stored):
    """One trainee on one run; `employer` is None where the trainee pays."""

    kind: ClassVar[str] = "enrolment"

    reference: str
    status: str = CONFIRMED
    run_id: int
    course_reference: str
    partner_code: str
    trainee: Trainee
    enrolment_date: str
    sponsorship: str
    employer: Employer | None = None
    fees: Fees = Fees()
    grant_approved: bool = False

    @property
    def key(self) -> str:
        return self.reference

    @property
    def person(self) -> str:
        return person(self.trainee.id)

    @property
    def confirmed(self) -> bool:
        return self.status == CONFIRMED and not self.deleted

    @property
    def standing(self) -> bool:
        return self.confirmed

    def index_keys(self) -> tuple[tuple[object, ...], ...]:
        return (
            ("run", self.run_id),
            ("seat", self.run_id, self.person),
            ("learner", self.provider_uen, self.course_reference, self.person),
        )

    def likeness(self) -> tuple[object, ...]:
        """The same person twice on one run is a double, whatever else was sent."""
        return self.run_id, self.person
