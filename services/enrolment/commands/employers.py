"""Employers that pay for trainees."""

from typing import Any
from uuid import UUID

from libs.database.changes import apply
from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Duplicate, Refused
from services.enrolment.errors import UenFrozen
from services.enrolment.models.employer import CONTACT, PERSONAL, Employer
from services.enrolment.models.personal import (
    CONTACT_NAME,
    EMPLOYER_EMAIL,
    EMPLOYER_PHONE,
    Phone,
    Vault,
    seal_phone,
)
from services.enrolment.queries.employers import lock_employer, lock_sponsored, was_submitted
from services.enrolment.schemas.person import EmployerPatch, EmployerWish

SEALED = {"contact_name": CONTACT_NAME, "email": EMPLOYER_EMAIL}


async def create_employer(uow: UnitOfWork, wish: EmployerWish, vault: Vault) -> Employer:
    """A new employer. Raises Duplicate when the UEN is known."""
    values = lineage(uow)
    employer = Employer(**values, **_columns(values["id"], wish.model_dump(), vault))
    async with refusing(uow, _unique()):
        uow.add(employer)
    uow.emit(employer.created())
    return employer


async def change_employer(
    uow: UnitOfWork, employer_id: UUID, patch: EmployerPatch, *, version: int, vault: Vault
) -> Employer:
    """Change the fields sent; confirmed enrolments are owed new contacts. Raises UenFrozen once TPGateway knows it."""
    employer = await lock_employer(uow, employer_id)
    employer.expect(version)
    differing = _differing(employer, patch.model_dump(exclude_unset=True), vault)
    if "uen" in differing and await was_submitted(uow, employer_id):
        raise UenFrozen(employer_id)
    async with refusing(uow, _unique()):
        changes = apply(employer, _columns(employer_id, differing, vault), personal=PERSONAL)
        if changes:
            employer.touch(uow)
    if not changes:
        return employer
    uow.emit(employer.changed(changes))
    if CONTACT & {change.field for change in changes}:
        for enrolment in await lock_sponsored(uow, employer_id):
            enrolment.touch(uow)
            uow.emit(enrolment.parts_changed("employer.contact"))
    return employer


def _differing(employer: Employer, sent: dict[str, Any], vault: Vault) -> dict[str, Any]:
    """The same text sealed twice never looks the same, so personal fields are compared in clear."""
    now = {
        "uen": employer.uen,
        "name": employer.name,
        "contact_name": employer.contact_name(vault),
        "email": employer.email(vault),
        "phone": employer.phone(vault),
    }
    return {name: value for name, value in sent.items() if now[name] != (Phone(**value) if name == "phone" else value)}


def _columns(employer_id: UUID, words: dict[str, Any], vault: Vault) -> dict[str, Any]:
    columns: dict[str, Any] = {name: words[name] for name in ("uen", "name") if name in words}
    for name, purpose in SEALED.items():
        if name in words:
            columns[f"{name}_sealed"] = vault.seal(words[name], purpose=purpose, subject=employer_id)
    if "phone" in words:
        phone = Phone(**words["phone"])
        columns["phone_sealed"] = seal_phone(phone, vault, purpose=EMPLOYER_PHONE, subject=employer_id)
    return columns


def _unique() -> dict[str, Refused]:
    return {"employer_uen_key": Duplicate("employer", "uen")}
