"""What is personal in this service, and how it is sealed and found again. Nothing here keeps a value in clear."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from services.enrolment.models.codes import IdType

FULL_NAME, ID_NUMBER, BORN_ON = "trainee.full_name", "trainee.id_number", "trainee.born_on"
EMAIL, PHONE = "trainee.email", "trainee.phone"
PERSON = "trainee.person"
CONTACT_NAME, EMPLOYER_EMAIL, EMPLOYER_PHONE = "employer.contact_name", "employer.email", "employer.phone"
"""What each sealed text or blind index is for; part of what it is bound to."""

LAST_SHOWN = 4


class Opens(Protocol):
    """The part of the vault that reading needs."""

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str: ...


class Indexes(Protocol):
    """The part of the vault that looking up needs."""

    def blind_index(self, value: str, *, purpose: str) -> bytes: ...


class Vault(Opens, Indexes, Protocol):
    """The part of the vault that keeping people's data needs."""

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in the parts TPGateway takes it in."""

    country: str = field(repr=False)
    number: str = field(repr=False)
    area: str = field(default="", repr=False)

    @property
    def digits(self) -> str:
        """The form in which two spellings are equal."""
        return "".join(sign for sign in f"{self.country}{self.area}{self.number}" if sign.isdigit())


def seal_phone(phone: Phone, vault: Vault, *, purpose: str, subject: UUID) -> bytes:
    return vault.seal(json.dumps([phone.country, phone.number, phone.area]), purpose=purpose, subject=subject)


def open_phone(sealed: bytes, vault: Opens, *, purpose: str, subject: UUID) -> Phone:
    return Phone(*json.loads(vault.open(sealed, purpose=purpose, subject=subject)))


def index_of_id(id_type: IdType, number: str, vault: Indexes) -> bytes:
    """Equal for equal numbers of one type, and worth nothing without the key."""
    return vault.blind_index(f"{id_type}:{number}", purpose=ID_NUMBER)


def index_of_name(name: str, vault: Indexes) -> bytes:
    return vault.blind_index(_plain_name(name), purpose=FULL_NAME)


def index_of_person(name: str, born_on: date, vault: Indexes) -> bytes:
    """Equal for people of one name and birth date."""
    return vault.blind_index(f"{_plain_name(name)}|{born_on.isoformat()}", purpose=PERSON)


def index_of_email(email: str, vault: Indexes) -> bytes:
    return vault.blind_index(email, purpose=EMAIL)


def index_of_phone(phone: Phone, vault: Indexes) -> bytes:
    return vault.blind_index(phone.digits, purpose=PHONE)


def last_of(number: str) -> str:
    """The part of an identity number that masks show; nothing of one too short to be masked."""
    return number[-LAST_SHOWN:] if len(number) > LAST_SHOWN + 1 else ""


def _plain_name(name: str) -> str:
    """Letters and single blanks: punctuation and spacing differ from form to form."""
    letters = "".join(sign if sign.isalnum() else " " for sign in name)
    return " ".join(letters.casefold().split())


def sealed_names(record: Any) -> frozenset[str]:
    """The columns of a model whose values never stand in an event."""
    personal = ("_sealed", "_index", "_last4")
    return frozenset(name for name in record.model_fields if name.endswith(personal))
