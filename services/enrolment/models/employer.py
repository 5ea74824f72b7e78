from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field

from libs.contracts.enrolment import EmployerChanged, EmployerCreated
from libs.contracts.event import Change
from libs.database.model import Record
from services.enrolment.models.model import Model
from services.enrolment.models.personal import (
    CONTACT_NAME,
    EMPLOYER_EMAIL,
    EMPLOYER_PHONE,
    Opens,
    Phone,
    open_phone,
    sealed_names,
)
from services.enrolment.models.trainee import plain_names

CONTACT = frozenset({"contact_name_sealed", "email_sealed", "phone_sealed"})
"""What TPGateway takes as an update of each enrolment; the name of the company it never hears."""


class Employer(Record, Model, table=True):
    """Who pays for employer-sponsored trainees: a UEN, and a person to ask, sealed."""

    __tablename__ = "employer"
    __table_args__ = (Index("employer_uen_key", "uen", unique=True), Index("employer_name_idx", "name", "id"))

    uen: str = Field(max_length=10)
    name: str = Field(max_length=200)
    contact_name_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    email_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    phone_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)

    def contact_name(self, vault: Opens) -> str:
        return vault.open(self.contact_name_sealed, purpose=CONTACT_NAME, subject=self.id)

    def email(self, vault: Opens) -> str:
        return vault.open(self.email_sealed, purpose=EMPLOYER_EMAIL, subject=self.id)

    def phone(self, vault: Opens) -> Phone:
        return open_phone(self.phone_sealed, vault, purpose=EMPLOYER_PHONE, subject=self.id)

    def created(self) -> EmployerCreated:
        return EmployerCreated(employer_id=self.id, revision=self.version)

    def changed(self, changes: tuple[Change, ...]) -> EmployerChanged:
        return EmployerChanged(employer_id=self.id, revision=self.version, changes=plain_names(changes))


PERSONAL = sealed_names(Employer)
