"""Money: what is paid in, taken back, paid out, or carried to another place. Amounts stand in no event."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from libs.contracts.enrolment import EnrolmentChanged, EnrolmentFeeChanged
from libs.contracts.event import Change
from libs.database.changes import change
from libs.database.constraints import refusing
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound, WrongWords
from libs.sources import singapore_day
from libs.telemetry.context import current
from services.enrolment.commands.seating import Desk, at_desk_of
from services.enrolment.errors import EntryFixed, FeeWouldFallBack, NothingToRefund, Overpaid
from services.enrolment.models.codes import EntryKind
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.fee_entry import FeeEntry
from services.enrolment.models.lifecycle import EnrolmentAction
from services.enrolment.schemas.enrolment import FeePatch, PaymentWish, RefundWish
from services.enrolment.schemas.words import cents_of

AMOUNTS = ("full_fee", "nett_fee", "discount")


async def pay(uow: UnitOfWork, enrolment_id: UUID, wish: PaymentWish, *, version: int) -> Enrolment:
    """A payment came in. Raises Overpaid for more than is still owed."""
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.hold(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.PAY)
        amount = cents_of(wish.amount)
        if enrolment.balance_cents + amount > enrolment.owed_cents:
            raise Overpaid
        _book(desk, enrolment, EntryKind.PAYMENT, amount, on=wish.paid_on, reason=wish.reason)
    return enrolment


async def reverse(uow: UnitOfWork, enrolment_id: UUID, entry_id: UUID, reason: str, *, version: int) -> Enrolment:
    """A payment was booked wrongly: the only way in which a collection status goes back."""
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.hold(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.REVERSE)
        entry = await uow.find(FeeEntry, entry_id)
        if entry is None or entry.enrolment_id != enrolment_id:
            raise NotFound("fee entry", entry_id)
        if entry.kind is not EntryKind.PAYMENT:
            raise EntryFixed(entry_id, "it is no payment")
        if entry.amount_cents > enrolment.balance_cents:
            raise EntryFixed(entry_id, "its money was paid back or carried on")
        async with refusing(uow, {"fee_entry_reverses_key": EntryFixed(entry_id, "it was reversed already")}):
            _book(desk, enrolment, EntryKind.REVERSAL, -entry.amount_cents, reason=reason, reverses=entry_id)
    return enrolment


async def refund(uow: UnitOfWork, enrolment_id: UUID, wish: RefundWish, *, version: int) -> Enrolment:
    """Money was paid back to somebody who has left. TPGateway does not hear of it."""
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.hold(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.REFUND)
        amount = cents_of(wish.amount)
        if amount > enrolment.balance_cents:
            raise NothingToRefund
        _book(desk, enrolment, EntryKind.REFUND, -amount, on=wish.paid_on, reason=wish.reason)
    return enrolment


async def amend_fees(uow: UnitOfWork, enrolment_id: UUID, patch: FeePatch, *, version: int) -> Enrolment:
    """Change what is asked. Raises FeeWouldFallBack when less would be collected of it than TPGateway was told."""
    async with at_desk_of(uow, enrolment_id) as desk:
        enrolment = await desk.look_at(enrolment_id, version=version)
        desk.require(enrolment, EnrolmentAction.AMEND_FEES)
        values = _amounts_of(patch)
        _require_consistent(enrolment, values)
        changed = enrolment.amend(values, owed=values.keys() != {"fee_due_on"}, reason=patch.reason)
        if changed is None:
            return enrolment
        if enrolment.falls_back and not enrolment.fee_taken_over:
            raise FeeWouldFallBack
        enrolment.touch(uow)
        uow.emit(changed)
        _tell_collection(uow, enrolment, enrolment.collect(), patch.reason)
    return enrolment


async def carry(uow: UnitOfWork, old: Enrolment, new: Enrolment) -> None:
    """What was paid for one place counts for the one that follows it."""
    amount = old.balance_cents
    if amount == 0:
        new.fee_status = new.collection()
        return
    uow.add(_entry(uow, old.id, EntryKind.CARRIED_OUT, -amount))
    uow.add(_entry(uow, new.id, EntryKind.CARRIED_IN, amount))
    old.balance_cents, new.balance_cents = 0, amount
    new.fee_status = new.collection()


def _book(
    desk: Desk,
    enrolment: Enrolment,
    kind: EntryKind,
    amount: int,
    *,
    on: date | None = None,
    reason: str | None = None,
    reverses: UUID | None = None,
) -> None:
    uow, today = desk.uow, singapore_day(desk.now)
    if on is not None and on > today:
        raise WrongWords("paid_on", "in_the_future", "The day lies ahead.", f"Use {today.isoformat()} or before.")
    entry = _entry(uow, enrolment.id, kind, amount, on=on, reason=reason, reverses=reverses)
    uow.add(entry)
    enrolment.balance_cents += amount
    uow.emit(enrolment.tell(EnrolmentChanged, reason=reason, changes=(change(f"fee_entry.{kind}", None, entry.id),)))
    if kind is not EntryKind.REFUND:
        _tell_collection(uow, enrolment, enrolment.collect(back=kind is EntryKind.REVERSAL), reason)


def _tell_collection(uow: UnitOfWork, enrolment: Enrolment, moved: Change | None, reason: str | None) -> None:
    if moved is not None:
        uow.emit(enrolment.tell(EnrolmentFeeChanged, reason=reason, changes=(moved,)))


def _entry(
    uow: UnitOfWork,
    enrolment_id: UUID,
    kind: EntryKind,
    amount: int,
    *,
    on: date | None = None,
    reason: str | None = None,
    reverses: UUID | None = None,
) -> FeeEntry:
    return FeeEntry(
        id=uow.new_id(),
        enrolment_id=enrolment_id,
        kind=kind,
        amount_cents=amount,
        paid_on=on or singapore_day(uow.now()),
        reverses=reverses,
        reason=reason,
        created_at=uow.now(),
        created_by=current().actor_id,
    )


def _amounts_of(patch: FeePatch) -> dict[str, Any]:
    sent = patch.model_dump(exclude_unset=True, exclude={"reason"})
    return {f"{name}_cents" if name in AMOUNTS else name: _plain(name, value) for name, value in sent.items()}


def _plain(name: str, value: Any) -> Any:
    return cents_of(value) if name in AMOUNTS else value


def _require_consistent(enrolment: Enrolment, values: Mapping[str, Any]) -> None:
    after = {f"{name}_cents": values.get(f"{name}_cents", getattr(enrolment, f"{name}_cents")) for name in AMOUNTS}
    for name in ("nett_fee", "discount"):
        if after[f"{name}_cents"] > after["full_fee_cents"]:
            raise WrongWords(name, "above_full_fee", "This is more than the full fee.", "Use at most the full fee.")
