"""Sheets open and lock, by hand and by the clock."""

from uuid import UUID

from libs.database.unit_of_work import UnitOfWork
from libs.telemetry.context import SYSTEM_ACTOR, current, entered
from services.attendance.commands.registers import Register, at_register
from services.attendance.models.policy import Policy
from services.attendance.models.sheet import Sheet
from services.attendance.queries.policy import policy_in_force
from services.attendance.queries.runs import Scope
from services.attendance.queries.sheets import count_unjudged, id_of_next_to_lock, id_of_next_to_open


async def open_sheet(uow: UnitOfWork, session_id: UUID, *, scope: Scope | None = None) -> Sheet:
    """The sheet, opened if it is due. Asking again changes nothing."""
    async with at_register(uow, session_id, scope=scope) as register:
        return register.sheet


async def lock(uow: UnitOfWork, session_id: UUID, reason: str | None, *, version: int, scope: Scope | None) -> Sheet:
    """Done with: from here on every change needs a right and a reason. Invents no mark."""
    async with at_register(uow, session_id, scope=scope) as register:
        register.sheet.expect(version)
        register.require_begun(uow.now())
        await _lock(register, automatic=False, reason=reason)
    return register.sheet


async def unlock(uow: UnitOfWork, session_id: UUID, reason: str, *, version: int, scope: Scope | None) -> Sheet:
    """Open again, for as long as a sheet stays open after its session."""
    async with at_register(uow, session_id, scope=scope) as register:
        sheet = register.sheet
        sheet.expect(version)
        policy: Policy = await policy_in_force(uow)
        sheet.touch(uow)
        uow.emit(sheet.unlock(uow.now(), uow.now() + policy.lock_after, reason))
    return sheet


async def open_next_due(uow: UnitOfWork) -> bool:
    """Open one sheet whose time has come; False when none is due. Safe on several replicas at once."""
    session_id = await id_of_next_to_open(uow, (await policy_in_force(uow)).early)
    if session_id is None:
        return False
    await open_sheet(uow, session_id)
    return True


async def lock_next_due(uow: UnitOfWork) -> bool:
    """Lock one sheet whose time is over; False when none is. Safe to repeat, and on several replicas at once."""
    session_id = await id_of_next_to_lock(uow)
    if session_id is None:
        return False
    with entered(current().acting(SYSTEM_ACTOR, SYSTEM_ACTOR)):
        async with at_register(uow, session_id) as register:
            if not register.sheet.locked and register.sheet.lock_due_at <= uow.now():
                await _lock(register, automatic=True, reason=None)
    return True


async def _lock(register: Register, *, automatic: bool, reason: str | None) -> None:
    uow, sheet = register.uow, register.sheet
    unmarked = await count_unjudged(uow, sheet.id)
    sheet.touch(uow)
    uow.emit(sheet.lock(uow.now(), current().actor_id, unmarked=unmarked, automatic=automatic, reason=reason))
