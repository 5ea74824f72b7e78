"""Changing an enrolment: in place where TPGateway takes an update, else cancelled there and created anew."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from libs.contracts.enrolment import EnrolmentStatus, Sponsorship
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import WrongWords
from services.enrolment.commands.confirming import require_ready
from services.enrolment.commands.fees import carry
from services.enrolment.commands.registering import require_employer
from services.enrolment.commands.seating import Desk, at_desk
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.lifecycle import EnrolmentAction
from services.enrolment.models.personal import Opens
from services.enrolment.queries.enrolments import whereabouts
from services.enrolment.queries.trainees import keep_trainee
from services.enrolment.schemas.enrolment import EnrolmentPatch


async def amend(uow: UnitOfWork, enrolment_id: UUID, patch: EnrolmentPatch, *, version: int, vault: Opens) -> Enrolment:
    """Change who pays. A confirmed enrolment is replaced by a new one on the same seat, which is returned."""
    place = await whereabouts(uow, enrolment_id)
    await keep_trainee(uow, place.trainee_id)
    async with at_desk(uow, place.run_id) as desk:
        enrolment = await desk.look_at(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.AMEND)
        values = _payer(enrolment, patch)
        if all(getattr(enrolment, name) == value for name, value in values.items()):
            return enrolment
        await require_employer(uow, values["employer_id"])
        if enrolment.status is EnrolmentStatus.CONFIRMED:
            return await replace(desk, enrolment, values, patch.reason or "who pays has changed", vault)
        enrolment.touch(uow)
        changed = enrolment.amend(values, reason=patch.reason)
        if changed is not None:
            uow.emit(changed)
    return enrolment


async def replace(desk: Desk, old: Enrolment, values: Mapping[str, Any], reason: str, vault: Opens) -> Enrolment:
    """Cancel at TPGateway and create anew with other values, on the same seat and with the same fees.

    Raises NotReady, and changes nothing, when TPGateway would refuse the new one.
    """
    uow = desk.uow
    new = old.successor(
        lineage(uow),
        **values,
        run_id=old.run_id,
        replaces=old.id,
        seated_from=old.seated_from,
        override_reason=old.override_reason,
        policy_version=desk.policy.number,
    )
    await require_ready(desk, new, vault)
    old.touch(uow)
    uow.emit(old.replaced(desk.now, new.id, reason))
    await uow.session.flush()  # one active enrolment at a time, also for the database
    uow.add(new)
    await uow.session.flush()
    await carry(uow, old, new)
    uow.emit(new.confirm(desk.now, desk.policy.number, reason=reason))
    return new


def _payer(enrolment: Enrolment, patch: EnrolmentPatch) -> dict[str, Any]:
    """Who pays after the patch: leaving for INDIVIDUAL leaves the employer behind."""
    sent = patch.model_dump(exclude_unset=True, exclude={"reason"})
    sponsorship = sent.get("sponsorship", enrolment.sponsorship)
    if sponsorship is Sponsorship.INDIVIDUAL:
        if sent.get("employer_id") is not None:
            raise WrongWords("employer_id", "not_taken", "An individual pays alone.", "Leave it out.")
        return {"sponsorship": sponsorship, "employer_id": None}
    return {"sponsorship": sponsorship, "employer_id": sent.get("employer_id", enrolment.employer_id)}
