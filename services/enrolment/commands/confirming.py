"""From a draft to a seat: at once, or by way of the queue and an offer."""

from uuid import UUID

from libs.contracts.enrolment import EnrolmentStatus
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.telemetry.context import SYSTEM_ACTOR, current, entered
from services.enrolment.commands.overriding import require_override
from services.enrolment.commands.seating import Desk, at_desk_of
from services.enrolment.errors import NotReady, OfferOver, QueueWaits, RunFull
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.lifecycle import EnrolmentAction
from services.enrolment.queries.enrolments import id_of_next_expiry, is_first_waiting
from services.enrolment.queries.preflight import preflight
from services.enrolment.schemas.enrolment import OverrideWish


async def confirm(
    uow: UnitOfWork, enrolment_id: UUID, wish: OverrideWish, *, version: int, vault: PersonalVault, may_override: bool
) -> Enrolment:
    """A seat if one is free that nobody waits for; else the draft takes its place at the end of the queue."""
    if wish.override:
        require_override("seat", wish.reason, may_override=may_override)
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.hold(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.CONFIRM)
        await give_place(desk, enrolment, wish, vault)
    return enrolment


async def give_place(desk: Desk, enrolment: Enrolment, wish: OverrideWish, vault: PersonalVault) -> None:
    """The seat or the end of the queue, for one that is locked and was looked at."""
    desk.run.judge_seat(desk.now, override=wish.override or enrolment.override_reason is not None)
    await require_ready(desk, enrolment, vault)
    if enrolment.status is EnrolmentStatus.WAITLISTED:
        await _require_turn(desk, enrolment, override=wish.override)
        desk.seat(enrolment, reason=wish.reason)
    elif desk.has_room() or (wish.override and desk.seats.free > 0):
        desk.seat(enrolment, reason=wish.reason)
    elif desk.begun:
        raise RunFull(desk.run.id)  # nobody is promoted any more, so nobody should wait
    else:
        desk.queue(enrolment)


async def offer(
    uow: UnitOfWork, enrolment_id: UUID, wish: OverrideWish, *, version: int, may_override: bool
) -> Enrolment:
    """Hold a free seat for somebody who waits; out of turn only by override."""
    if wish.override:
        require_override("queue", wish.reason, may_override=may_override)
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.hold(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.OFFER)
        desk.run.judge_seat(uow.now(), override=False)
        await _require_turn(desk, enrolment, override=wish.override)
        desk.offer(enrolment, reason=wish.reason)
    return enrolment


async def accept(uow: UnitOfWork, enrolment_id: UUID, *, version: int, vault: PersonalVault) -> Enrolment:
    """The seat held for it is its own. Raises OfferOver once the time has run out, whether or not that was noted."""
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.hold(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.ACCEPT)
        if _run_out(enrolment, desk):
            raise OfferOver(enrolment_id)
        desk.run.judge_seat(uow.now(), override=enrolment.override_reason is not None)
        await require_ready(desk, enrolment, vault)
        desk.seat(enrolment)
    return enrolment


async def decline(uow: UnitOfWork, enrolment_id: UUID, reason: str | None, *, version: int) -> Enrolment:
    """The offer is not wanted; the next in the queue has it."""
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.hold(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.DECLINE)
        desk.vacate(enrolment.cancel(uow.now(), reason or "declined"), EnrolmentStatus.OFFERED)
    return enrolment


async def expire_next_offer(uow: UnitOfWork) -> bool:
    """Put who let an offer run out at the back of the queue and offer the seat on; False when no offer has.

    Safe on several replicas at once: the desk is locked, and the offer looked at again.
    """
    enrolment_id = await id_of_next_expiry(uow)
    if enrolment_id is None:
        return False
    with entered(current().acting(SYSTEM_ACTOR, SYSTEM_ACTOR)):
        async with at_desk_of(uow, enrolment_id) as desk:
            enrolment = await desk.hold(enrolment_id, version=None)
            if enrolment.status is EnrolmentStatus.OFFERED and _run_out(enrolment, desk):
                desk.queue(enrolment, reason="the offer ran out")
    return True


def _run_out(enrolment: Enrolment, desk: Desk) -> bool:
    return enrolment.offer_ends_at is not None and enrolment.offer_ends_at <= desk.now


async def _require_turn(desk: Desk, enrolment: Enrolment, *, override: bool) -> None:
    if desk.seats.free < 1:
        raise RunFull(desk.run.id)
    if not override and not await is_first_waiting(desk.uow, enrolment):
        raise QueueWaits(desk.run.id)


async def require_ready(desk: Desk, enrolment: Enrolment, vault: PersonalVault) -> None:
    """Raise NotReady with everything TPGateway would refuse of it once confirmed."""
    found = await preflight(desk.uow, enrolment, desk.run, vault, funded=desk.funded)
    if found.errors:
        raise NotReady(found.errors)
