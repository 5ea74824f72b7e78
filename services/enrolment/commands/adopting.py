"""An enrolment that somebody made at TPGateway becomes one of ours, held there as it is and never sent again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from libs.contracts.enrolment import Sponsorship
from libs.contracts.submissions import PhonePart
from libs.database.changes import apply
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Duplicate, Invalid, UnknownReference, WrongWords
from libs.sources import SINGAPORE
from libs.web.fields import field_errors
from services.enrolment.commands.employers import create_employer
from services.enrolment.commands.judging import complete_one, judge_one
from services.enrolment.commands.seating import Desk, at_desk
from services.enrolment.commands.trainees import create_trainee
from services.enrolment.errors import BoundElsewhere, NothingToAdopt, RunFull, RunNotOpen, TraineeKnown
from services.enrolment.models.codes import IdType
from services.enrolment.models.enrolment import Enrolment, Held
from services.enrolment.models.personal import Vault, index_of_id
from services.enrolment.models.run import CALLED_OFF, Run
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.employers import employers_by_uen
from services.enrolment.queries.enrolments import bound_to, lock_place_of
from services.enrolment.queries.trainees import keep_known
from services.enrolment.schemas.adoption import AdoptionWish
from services.enrolment.schemas.person import EmployerWish, TraineeWish

W = TypeVar("W", bound=BaseModel)
WHY = "found at TPGateway"


async def adopt(uow: UnitOfWork, wish: AdoptionWish, vault: Vault) -> tuple[Enrolment, bool]:
    """The enrolment that stands for it, and whether it is new here. Safe to repeat: one reference, one enrolment.

    Somebody put down, waiting or offered a seat on the run has it now; a seat whose reference was not known yet is
    bound to it. Raises BoundElsewhere for a person whose place stands for another reference, RunFull when no seat is
    free and `over_capacity` was not said, NothingToAdopt for a cancelled one, RunNotOpen for a run called off.
    """
    known = await bound_to(uow, wish.remote_id)
    if known is not None:
        return known, False
    _require_sense(wish)
    if await uow.find(Run, wish.run_id) is None:
        raise UnknownReference("run_id", "course run", wish.run_id)
    trainee = await _person(uow, wish, vault)
    employer_id = await _payer(uow, wish, vault)
    async with at_desk(uow, wish.run_id) as desk:
        known = await bound_to(uow, wish.remote_id)  # whoever adopted it a moment ago had the desk before
        if known is not None:
            return known, False
        return await _at(desk, wish, trainee, employer_id), True


async def _at(desk: Desk, wish: AdoptionWish, trainee: Trainee, employer_id: UUID | None) -> Enrolment:
    if desk.run.status in CALLED_OFF:
        raise RunNotOpen(desk.run.id, desk.run.status, overridable=False)
    place = await lock_place_of(desk.uow, trainee.id, desk.run.id)
    if place is None:
        place = _new(desk, wish, trainee, employer_id)
    elif place.remote_id is not None:
        raise BoundElsewhere(place.id, place.remote_id)
    else:
        place.touch(desk.uow)
    if place.seated:
        desk.uow.emit(place.bind(_held(wish), desk.now, wish.reason or WHY))
        return place
    _require_seat(desk, place, wish)
    paid_by = {"sponsorship": wish.sponsorship, "employer_id": employer_id, "enrolled_on": wish.enrolled_on}
    apply(place, paid_by)
    desk.adopt(place, _held(wish), wish.reason or WHY, over_capacity=wish.over_capacity)
    desk.uow.add(place)
    await desk.uow.session.flush()
    await complete_one(desk.uow, place, desk.run)
    await judge_one(desk.uow, place, desk.run)
    return place


def _new(desk: Desk, wish: AdoptionWish, trainee: Trainee, employer_id: UUID | None) -> Enrolment:
    """A draft that nobody sees: its seat is given in the same breath."""
    return Enrolment(
        **lineage(desk.uow),
        run_id=desk.run.id,
        trainee_id=trainee.id,
        sponsorship=wish.sponsorship,
        employer_id=employer_id,
        enrolled_on=wish.enrolled_on,
        policy_version=desk.policy.number,
        override_reason=wish.reason if wish.over_capacity else None,
    )


def _held(wish: AdoptionWish) -> Held:
    since = wish.accepted_at or datetime.combine(wish.enrolled_on, time(), SINGAPORE)
    return Held(wish.remote_id, since, wish.fee_status)


def _require_sense(wish: AdoptionWish) -> None:
    if wish.remote_status == "cancelled":
        raise NothingToAdopt(wish.remote_id)
    if wish.over_capacity and wish.reason is None:
        raise WrongWords("reason", "missing", "A seat beyond the capacity is given for a reason.", "Say why.")
    if (wish.sponsorship is Sponsorship.EMPLOYER) != (wish.employer is not None):
        message = "An employer is named exactly when one pays."
        raise WrongWords("employer", "contradicts", message, "Name the employer, or send INDIVIDUAL.")


def _require_seat(desk: Desk, place: Enrolment, wish: AdoptionWish) -> None:
    if desk.seats.free < 1 and place.offer_ends_at is None and not wish.over_capacity:
        raise RunFull(desk.run.id, allowed=("over_capacity and reason",))


async def _person(uow: UnitOfWork, wish: AdoptionWish, vault: Vault) -> Trainee:
    """Who it is, kept from being changed meanwhile; entered when nobody has this identity number."""
    person = _read(TraineeWish, "trainee", wish.trainee.model_dump(exclude={"phone"}), wish.trainee.phone)
    index = index_of_id(IdType(person.id_type), person.id_number, vault)
    known = (await keep_known(uow, [index])).get(index)
    if known is not None:
        return known
    try:
        return await create_trainee(uow, person, vault)
    except TraineeKnown:  # somebody entered them a moment ago
        return (await keep_known(uow, [index]))[index]


async def _payer(uow: UnitOfWork, wish: AdoptionWish, vault: Vault) -> UUID | None:
    """The employer with this UEN; TPGateway tells no name, so the UEN stands in for it until somebody enters one."""
    if wish.employer is None:
        return None
    words = {**wish.employer.model_dump(exclude={"phone"}), "name": wish.employer.uen}
    employer = _read(EmployerWish, "employer", words, wish.employer.phone)
    known = (await employers_by_uen(uow, [employer.uen])).get(employer.uen)
    if known is not None:
        return known.id
    try:
        return (await create_employer(uow, employer, vault)).id
    except Duplicate:  # as above
        return (await employers_by_uen(uow, [employer.uen]))[employer.uen].id


def _read(kind: type[W], at: str, words: Mapping[str, Any], phone: PhonePart | None) -> W:
    """As strictly as what people send; raises Invalid with our fields and without any value."""
    given = {name: value for name, value in words.items() if value is not None}
    if phone is not None:
        given["phone"] = phone.model_dump()
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        wrong = [replace(each, field=f"{at}.{each.field}") for each in field_errors(error.errors())]
    raise Invalid("What TPGateway shows cannot be kept here as it is.", wrong)
