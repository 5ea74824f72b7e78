"""Who stands at the door, and what the desk behind it has."""

from typing import Annotated

from fastapi import Depends, Request

from libs.access.permissions import Grant, Permission
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.web.guard import allow
from services.audit.settings import AuditSettings

Reader = Annotated[Principal, allow(Permission.AUDIT_READ)]


async def _desk(request: Request) -> Runtime[AuditSettings]:
    runtime: Runtime[AuditSettings] = request.app.state.runtime
    return runtime


Desk = Annotated[Runtime[AuditSettings], Depends(_desk)]


def scope_of(caller: Principal) -> str | None:
    """Whose acts limit the view: nobody's for those who may read all."""
    return str(caller.subject) if caller.grant(Permission.AUDIT_READ) is Grant.OWN else None
