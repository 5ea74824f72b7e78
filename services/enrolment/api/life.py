"""The life of an enrolment: towards a seat, and away from it."""

from uuid import UUID

from fastapi import Response

from libs.web.etag import IfMatch
from libs.web.routing import Router
from libs.web.transaction import Uow
from libs.web.turns import in_line
from services.enrolment.api.doors import Reinstater, VaultOfService, Writer, desk_line, may_override
from services.enrolment.api.showing import shown
from services.enrolment.commands import confirming, leaving
from services.enrolment.schemas.enrolment import (
    EnrolmentDetail,
    MaybeReason,
    OverrideWish,
    ReasonWish,
    ReinstateWish,
    TransferWish,
)

router = Router(prefix="/api/v1/enrolments", tags=["enrolments"])


@router.post("/{enrolment_id}/confirm")
@in_line(desk_line)
async def confirm(
    uow: Uow,
    caller: Writer,
    vault: VaultOfService,
    enrolment_id: UUID,
    version: IfMatch,
    response: Response,
    wish: OverrideWish | None = None,
) -> EnrolmentDetail:
    """Take a free seat; when none is, take the last place in the queue. The status says which."""
    override = wish or OverrideWish()
    enrolment = await confirming.confirm(
        uow, enrolment_id, override, version=version, vault=vault, may_override=may_override(caller)
    )
    return await shown(uow, enrolment, caller, vault, response)


@router.post("/{enrolment_id}/offer")
@in_line(desk_line)
async def offer(
    uow: Uow,
    caller: Writer,
    vault: VaultOfService,
    enrolment_id: UUID,
    version: IfMatch,
    response: Response,
    wish: OverrideWish | None = None,
) -> EnrolmentDetail:
    """Hold a free seat for somebody who waits; out of turn only by override with a reason."""
    override = wish or OverrideWish()
    enrolment = await confirming.offer(uow, enrolment_id, override, version=version, may_override=may_override(caller))
    return await shown(uow, enrolment, caller, vault, response)


@router.post("/{enrolment_id}/accept")
@in_line(desk_line)
async def accept(
    uow: Uow,
    caller: Writer,
    vault: VaultOfService,
    enrolment_id: UUID,
    version: IfMatch,
    response: Response,
) -> EnrolmentDetail:
    """Take the seat that is held."""
    enrolment = await confirming.accept(uow, enrolment_id, version=version, vault=vault)
    return await shown(uow, enrolment, caller, vault, response)


@router.post("/{enrolment_id}/decline")
@in_line(desk_line)
async def decline(
    uow: Uow,
    caller: Writer,
    vault: VaultOfService,
    enrolment_id: UUID,
    version: IfMatch,
    response: Response,
    wish: MaybeReason | None = None,
) -> EnrolmentDetail:
    """Give the offer up; the next in the queue has it."""
    reason = wish.reason if wish else None
    enrolment = await confirming.decline(uow, enrolment_id, reason, version=version)
    return await shown(uow, enrolment, caller, vault, response)


@router.post("/{enrolment_id}/cancel")
@in_line(desk_line)
async def cancel(
    uow: Uow,
    caller: Writer,
    vault: VaultOfService,
    enrolment_id: UUID,
    version: IfMatch,
    response: Response,
    wish: MaybeReason | None = None,
) -> EnrolmentDetail:
    """Give the place up before the start; a confirmed one needs the reason."""
    reason = wish.reason if wish else None
    enrolment = await leaving.cancel(uow, enrolment_id, reason, version=version)
    return await shown(uow, enrolment, caller, vault, response)


@router.post("/{enrolment_id}/withdraw")
@in_line(desk_line)
async def withdraw(
    uow: Uow,
    caller: Writer,
    vault: VaultOfService,
    enrolment_id: UUID,
    wish: ReasonWish,
    version: IfMatch,
    response: Response,
) -> EnrolmentDetail:
    """Leave a run under way; attendance stays."""
    enrolment = await leaving.withdraw(uow, enrolment_id, wish.reason, version=version)
    return await shown(uow, enrolment, caller, vault, response)


@router.post("/{enrolment_id}/transfer")
@in_line(desk_line)
async def transfer(
    uow: Uow,
    caller: Writer,
    vault: VaultOfService,
    enrolment_id: UUID,
    wish: TransferWish,
    version: IfMatch,
    response: Response,
) -> EnrolmentDetail:
    """Go on in another run; the answer is the enrolment there."""
    enrolment = await leaving.transfer(
        uow, enrolment_id, wish, version=version, vault=vault, may_override=may_override(caller)
    )
    return await shown(uow, enrolment, caller, vault, response)


@router.post("/{enrolment_id}/reinstate")
@in_line(desk_line)
async def reinstate(
    uow: Uow,
    caller: Reinstater,
    vault: VaultOfService,
    enrolment_id: UUID,
    wish: ReinstateWish,
    version: IfMatch,
    response: Response,
) -> EnrolmentDetail:
    """Back on a seat, as a new remote enrolment."""
    enrolment = await leaving.reinstate(
        uow, enrolment_id, wish, version=version, vault=vault, may_override=may_override(caller)
    )
    return await shown(uow, enrolment, caller, vault, response)
