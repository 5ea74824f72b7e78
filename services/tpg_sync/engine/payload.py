"""The stored claim check: exactly what was fetched, sealed; and the digest that says whether two of them are equal.

What is about a person is sealed with that person's own key, so that it goes when they are erased; runs and mere
references are sealed with the keyring.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel

from libs.contracts.submissions import EnrolmentSubmission
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.privacy.vault import Vault
from services.tpg_sync.client.claims.assessment import AssessmentClaim
from services.tpg_sync.client.claims.attendance import AttendanceClaim
from services.tpg_sync.models.model import SCHEMA

PURPOSE: Final = "sync-job-payload"


def people_of(vault: Vault, uow: UnitOfWork) -> PersonalVault:
    """The vault of one unit of work, with the keys of whom it asks for."""
    return PersonalVault(vault, uow, SCHEMA)


def person_in(claim: BaseModel) -> UUID | None:
    """Whom it tells of, as enrolment knows them; None for runs and for mere references."""
    if isinstance(claim, EnrolmentSubmission | AttendanceClaim | AssessmentClaim):
        return claim.trainee.trainee_id
    return None


async def hold_for(people: PersonalVault, claims: Iterable[BaseModel]) -> None:
    """Hold the keys of everybody these tell of, made where there are none."""
    await people.make(person for claim in claims if (person := person_in(claim)) is not None)


def seal(people: PersonalVault, claim: BaseModel, record_id: UUID) -> bytes:
    """After `hold_for`. Raises Erased for one that tells of somebody who is."""
    person, text = person_in(claim), claim.model_dump_json()
    if person is None:
        return people.seal(text, purpose=PURPOSE, subject=record_id)
    return people.seal_for(person, text, purpose=PURPOSE, subject=record_id)


def unseal(people: PersonalVault, sealed: bytes, record_id: UUID) -> str:
    """After its key was asked for. Raises Erased when that is destroyed, Unsealable."""
    return people.open(sealed, purpose=PURPOSE, subject=record_id)


def digest(content: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).digest()
