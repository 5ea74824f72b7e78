"""Who enters by which door, and the parts of the runtime that routes use."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Request

from libs.access.permissions import Grant, Permission
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.privacy.vault import Vault
from libs.web.guard import allow

RunReader = Annotated[Principal, allow(Permission.RUNS_VIEW)]
RunWriter = Annotated[Principal, allow(Permission.RUNS_WRITE)]
RunOverrider = Annotated[Principal, allow(Permission.RUNS_OVERRIDE)]
RunReopener = Annotated[Principal, allow(Permission.RUNS_REOPEN)]
TrainerReader = Annotated[Principal, allow(Permission.TRAINERS_VIEW)]


async def _vault(request: Request) -> Vault:
    return cast("Runtime[Any]", request.app.state.runtime).vault


VaultOfService = Annotated[Vault, Depends(_vault)]


def own_only(caller: Principal, permission: Permission) -> UUID | None:
    """The account whose own records alone may be seen; None for those who see all."""
    return caller.subject if caller.grant(permission) is Grant.OWN else None


def masked(caller: Principal, permission: Permission) -> bool:
    """Whether this caller sees personal data only masked. A service's scope is no licence to see more."""
    return caller.grant(permission) in {Grant.MASKED, Grant.SCOPED}


def may_override(caller: Principal) -> bool:
    return caller.grant(Permission.RUNS_OVERRIDE) is not None
