"""Who enters by which door, and the parts of the runtime that routes use."""

from typing import Annotated, Any, cast

from fastapi import Depends, Request

from libs.access.permissions import Grant, Permission
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.web.guard import allow
from services.attendance.queries.runs import Scope
from services.attendance.settings import AttendanceSettings

Reader = Annotated[Principal, allow(Permission.ATTENDANCE_VIEW)]
MarkerOfRuns = Annotated[Principal, allow(Permission.ATTENDANCE_MARK)]
Corrector = Annotated[Principal, allow(Permission.ATTENDANCE_CORRECT)]
Voider = Annotated[Principal, allow(Permission.ATTENDANCE_VOID)]
Importer = Annotated[Principal, allow(Permission.ATTENDANCE_IMPORT)]


async def _runtime(request: Request) -> Runtime[AttendanceSettings]:
    return cast("Runtime[Any]", request.app.state.runtime)


RuntimeOfService = Annotated[Runtime[AttendanceSettings], Depends(_runtime)]


def sees(caller: Principal) -> Scope | None:
    """The runs whose attendance may be seen; None for those who see all."""
    own = caller.grant(Permission.ATTENDANCE_VIEW) is Grant.OWN
    return Scope(caller.subject) if own else None


def marks(caller: Principal) -> Scope | None:
    """The runs on which may be marked: of one's own, those one teaches."""
    own = caller.grant(Permission.ATTENDANCE_MARK) is Grant.OWN
    return Scope(caller.subject, teaching=True) if own else None


def may_correct(caller: Principal) -> bool:
    return caller.grant(Permission.ATTENDANCE_CORRECT) is not None


def masked(caller: Principal) -> bool:
    """Whether this caller sees names only masked. A service's scope is no licence to see more."""
    return caller.grant(Permission.ATTENDANCE_VIEW) in {None, Grant.MASKED, Grant.SCOPED}
