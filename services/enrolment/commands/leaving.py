"""Giving a place up: before the start it is cancelled, after it withdrawn from, and by transfer carried elsewhere."""

from uuid import UUID

from libs.contracts.enrolment import EnrolmentStatus
from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import UnknownReference, WrongWords
from services.enrolment.commands.confirming import require_ready
from services.enrolment.commands.fees import carry
from services.enrolment.commands.judging import judge_one
from services.enrolment.commands.overriding import require_override
from services.enrolment.commands.registering import ONE_ACTIVE
from services.enrolment.commands.seating import Desk, at_desk_of, at_desks
from services.enrolment.errors import AlreadyEnrolled, RunFull, SameRun
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.lifecycle import EnrolmentAction
from services.enrolment.models.personal import Opens
from services.enrolment.models.run import Run
from services.enrolment.queries.enrolments import whereabouts
from services.enrolment.queries.trainees import keep_trainee
from services.enrolment.schemas.enrolment import ReinstateWish, TransferWish


async def cancel(uow: UnitOfWork, enrolment_id: UUID, reason: str | None, *, version: int) -> Enrolment:
    """Give the place up before the start; a confirmed one for a reason. The next in the queue is offered it."""
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.hold(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.CANCEL)
        if enrolment.seated and reason is None:
            raise WrongWords("reason", "missing", "A confirmed place is cancelled for a reason.", "Say why.")
        cancel_at(desk, enrolment, reason)
    return enrolment


def cancel_at(desk: Desk, enrolment: Enrolment, reason: str | None) -> None:
    was = enrolment.status
    desk.vacate(enrolment.cancel(desk.now, reason), was)


async def withdraw(uow: UnitOfWork, enrolment_id: UUID, reason: str, *, version: int) -> Enrolment:
    """Leave a run under way: attendance stays, the grant is judged anew, the seat is free."""
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.hold(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.WITHDRAW)
        desk.vacate(enrolment.withdraw(uow.now(), reason), EnrolmentStatus.CONFIRMED)
        await judge_one(uow, enrolment, desk.run)
    return enrolment


async def transfer(
    uow: UnitOfWork, enrolment_id: UUID, wish: TransferWish, *, version: int, vault: Opens, may_override: bool
) -> Enrolment:
    """Go on in another run, fees and all; the successor is returned, and has its seat."""
    if wish.override:
        require_override("registration_window", wish.reason, may_override=may_override)
    place = await whereabouts(uow, enrolment_id)
    if wish.run_id == place.run_id:
        raise SameRun(wish.run_id)
    if await uow.find(Run, wish.run_id) is None:
        raise UnknownReference("run_id", "course run", wish.run_id)
    await keep_trainee(uow, place.trainee_id)
    async with at_desks(uow, [place.run_id, wish.run_id]) as desks:
        here, there = desks[place.run_id], desks[wish.run_id]
        old = await here.hold(enrolment_id, version=version)
        here.require(old, EnrolmentAction.TRANSFER)
        there.run.judge_registration(uow.now(), override=wish.override)
        if not there.has_room():
            raise RunFull(wish.run_id)
        new = old.successor(
            lineage(uow),
            run_id=wish.run_id,
            transferred_from=old.id,
            override_reason=wish.reason if wish.override else None,
            policy_version=there.policy.number,
        )
        await require_ready(there, new, vault)
        here.vacate(old.transfer(uow.now(), new.id, wish.reason), EnrolmentStatus.CONFIRMED)
        await uow.session.flush()
        async with refusing(uow, {ONE_ACTIVE: AlreadyEnrolled(old.trainee_id, wish.run_id)}):
            uow.add(new)
        await carry(uow, old, new)
        there.seat(new, reason=wish.reason)
    return new


async def reinstate(
    uow: UnitOfWork, enrolment_id: UUID, wish: ReinstateWish, *, version: int, vault: Opens, may_override: bool
) -> Enrolment:
    """Back on a seat, inside the registration window or by override, as a new remote enrolment."""
    if wish.override:
        require_override("registration_window", wish.reason, may_override=may_override)
    place = await whereabouts(uow, enrolment_id)
    trainee = await keep_trainee(uow, place.trainee_id)
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.hold(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.REINSTATE)
        if trainee is not None:
            trainee.require_unmerged()
        desk.run.judge_registration(uow.now(), override=wish.override)
        await require_ready(desk, enrolment, vault)
        async with refusing(uow, {ONE_ACTIVE: AlreadyEnrolled(enrolment.trainee_id, enrolment.run_id)}):
            desk.seat_again(enrolment, wish.reason)
    return enrolment
