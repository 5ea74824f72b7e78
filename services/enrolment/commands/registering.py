"""A person is put down for a run: a draft, which holds no seat yet."""

from datetime import date
from typing import Any
from uuid import UUID

from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import UnknownReference, WrongWords
from libs.sources import singapore_day
from services.enrolment.commands.overriding import require_override
from services.enrolment.errors import AlreadyEnrolled
from services.enrolment.models.employer import Employer
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.policy import Policy
from services.enrolment.models.run import Run
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.policy import policy_in_force
from services.enrolment.queries.trainees import keep_trainee
from services.enrolment.schemas.enrolment import EnrolmentWish
from services.enrolment.schemas.words import cents_of

ONE_ACTIVE = "enrolment_one_active_key"


async def register(uow: UnitOfWork, wish: EnrolmentWish, *, may_override: bool) -> Enrolment:
    """A draft. Raises RunNotOpen outside the registration window, AlreadyEnrolled for a second one on the run."""
    if wish.override:
        require_override("registration_window", wish.reason, may_override=may_override)
    trainee = await keep_trainee(uow, wish.trainee_id)
    if trainee is None:
        raise UnknownReference("trainee_id", "trainee", wish.trainee_id)
    run = await uow.find(Run, wish.run_id)
    if run is None:
        raise UnknownReference("run_id", "course run", wish.run_id)
    await require_employer(uow, wish.employer_id)
    policy = await policy_in_force(uow)
    async with refusing(uow, {ONE_ACTIVE: AlreadyEnrolled(wish.trainee_id, wish.run_id)}):
        return put_down(uow, wish, trainee, run, policy)


def put_down(uow: UnitOfWork, wish: EnrolmentWish, trainee: Trainee, run: Run, policy: Policy) -> Enrolment:
    """The draft itself, for who has read what it needs; whether it is the only one there, Postgres has yet to say."""
    trainee.require_unmerged()
    run.judge_registration(uow.now(), override=wish.override)
    enrolment = Enrolment(
        **lineage(uow),
        **_words_of(wish),
        enrolled_on=_day_of(wish.enrolled_on, singapore_day(uow.now())),
        policy_version=policy.number,
    )
    uow.emit(enrolment.registered().because(wish.reason))
    uow.add(enrolment)
    return enrolment


async def require_employer(uow: UnitOfWork, employer_id: UUID | None) -> None:
    if employer_id is not None and await uow.find(Employer, employer_id) is None:
        raise UnknownReference("employer_id", "employer", employer_id)


def _words_of(wish: EnrolmentWish) -> dict[str, Any]:
    full = cents_of(wish.full_fee)
    return {
        "run_id": wish.run_id,
        "trainee_id": wish.trainee_id,
        "sponsorship": wish.sponsorship,
        "employer_id": wish.employer_id,
        "full_fee_cents": full,
        "nett_fee_cents": full if wish.nett_fee is None else cents_of(wish.nett_fee),
        "discount_cents": cents_of(wish.discount),
        "fee_due_on": wish.fee_due_on,
        "override_reason": wish.reason if wish.override else None,
    }


def _day_of(wished: date | None, today: date) -> date:
    if wished is not None and wished > today:
        raise WrongWords("enrolled_on", "in_the_future", "The day lies ahead.", f"Use {today.isoformat()} or before.")
    return wished or today
