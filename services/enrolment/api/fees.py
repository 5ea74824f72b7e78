"""Money: what is asked, paid, taken back and paid back."""

from uuid import UUID

from fastapi import Response

from libs.web.etag import IfMatch
from libs.web.routing import Router
from libs.web.transaction import Uow
from libs.web.turns import in_line
from services.enrolment.api.doors import FeeReverser, FeeWriter, VaultOfService, desk_line
from services.enrolment.api.showing import shown
from services.enrolment.commands import fees
from services.enrolment.schemas.enrolment import EnrolmentDetail, FeePatch, PaymentWish, ReasonWish, RefundWish

router = Router(prefix="/api/v1/enrolments", tags=["enrolments"])


@router.patch("/{enrolment_id}/fee")
@in_line(desk_line)
async def amend_fees(
    uow: Uow,
    caller: FeeWriter,
    vault: VaultOfService,
    enrolment_id: UUID,
    patch: FeePatch,
    version: IfMatch,
    response: Response,
) -> EnrolmentDetail:
    """Change what is asked; refused when the collection status would go back."""
    enrolment = await fees.amend_fees(uow, enrolment_id, patch, version=version)
    return await shown(uow, enrolment, caller, vault, response)


@router.post("/{enrolment_id}/fee")
@in_line(desk_line)
async def pay(
    uow: Uow,
    caller: FeeWriter,
    vault: VaultOfService,
    enrolment_id: UUID,
    wish: PaymentWish,
    version: IfMatch,
    response: Response,
) -> EnrolmentDetail:
    """Book a payment; refused beyond what is owed."""
    enrolment = await fees.pay(uow, enrolment_id, wish, version=version)
    return await shown(uow, enrolment, caller, vault, response)


@router.post("/{enrolment_id}/fee/{entry_id}/reverse")
@in_line(desk_line)
async def reverse(
    uow: Uow,
    caller: FeeReverser,
    vault: VaultOfService,
    enrolment_id: UUID,
    entry_id: UUID,
    wish: ReasonWish,
    version: IfMatch,
    response: Response,
) -> EnrolmentDetail:
    """Take a payment back that was booked wrongly."""
    enrolment = await fees.reverse(uow, enrolment_id, entry_id, wish.reason, version=version)
    return await shown(uow, enrolment, caller, vault, response)


@router.post("/{enrolment_id}/refund")
@in_line(desk_line)
async def refund(
    uow: Uow,
    caller: FeeWriter,
    vault: VaultOfService,
    enrolment_id: UUID,
    wish: RefundWish,
    version: IfMatch,
    response: Response,
) -> EnrolmentDetail:
    """Book what was paid back to somebody who has left."""
    enrolment = await fees.refund(uow, enrolment_id, wish, version=version)
    return await shown(uow, enrolment, caller, vault, response)
