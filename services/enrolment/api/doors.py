"""Who enters by which door, and the parts of the runtime that routes use."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Request

from libs.access.permissions import Grant, Permission
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.privacy.vault import Vault
from libs.web.guard import allow
from libs.web.runtime import runtime_of
from services.enrolment.queries.enrolments import run_id_of

TraineeReader = Annotated[Principal, allow(Permission.TRAINEES_VIEW)]
TraineeWriter = Annotated[Principal, allow(Permission.TRAINEES_WRITE)]
Reader = Annotated[Principal, allow(Permission.ENROLMENTS_VIEW)]
Writer = Annotated[Principal, allow(Permission.ENROLMENTS_WRITE)]
Reinstater = Annotated[Principal, allow(Permission.ENROLMENTS_REINSTATE)]
FeeWriter = Annotated[Principal, allow(Permission.FEES_WRITE)]
FeeReverser = Annotated[Principal, allow(Permission.FEES_REVERSE)]


async def _vault(request: Request) -> Vault:
    return cast("Runtime[Any]", request.app.state.runtime).vault


VaultOfService = Annotated[Vault, Depends(_vault)]


async def desk_line(request: Request) -> UUID | None:
    """The line in front of a run's desk, for routes about one enrolment: a rush on a run waits outside the database."""
    try:
        enrolment_id = UUID(request.path_params["enrolment_id"])
    except ValueError:
        return None  # the route itself says what is wrong with it
    async with runtime_of(request).units.reading() as uow:
        return await run_id_of(uow, enrolment_id)


def own_only(caller: Principal, permission: Permission) -> UUID | None:
    """The account whose own runs alone may be seen; None for those who see all."""
    return caller.subject if caller.grant(permission) is Grant.OWN else None


def masked(caller: Principal, permission: Permission) -> bool:
    """Whether this caller sees personal data only masked. A service's scope is no licence to see more."""
    return caller.grant(permission) in {None, Grant.MASKED, Grant.SCOPED}


def sees_money(caller: Principal) -> bool:
    """Amounts are for those who see every enrolment in clear; how far a fee is collected is for all."""
    return caller.grant(Permission.ENROLMENTS_VIEW) is Grant.ALL


def may_override(caller: Principal) -> bool:
    return caller.grant(Permission.ENROLMENTS_OVERRIDE) is not None
