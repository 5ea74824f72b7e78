"""Who enters by which door, and the parts of the runtime that routes use."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Request

from libs.access.permissions import Grant, Permission
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.privacy.personal import PersonalVault
from libs.web.guard import allow
from libs.web.runtime import runtime_of
from libs.web.transaction import Uow
from services.enrolment.models.model import SCHEMA
from services.enrolment.queries.enrolments import run_id_of
from services.enrolment.settings import EnrolmentSettings

TraineeReader = Annotated[Principal, allow(Permission.TRAINEES_VIEW)]
TraineeWriter = Annotated[Principal, allow(Permission.TRAINEES_WRITE)]
Reader = Annotated[Principal, allow(Permission.ENROLMENTS_VIEW)]
Writer = Annotated[Principal, allow(Permission.ENROLMENTS_WRITE)]
Reinstater = Annotated[Principal, allow(Permission.ENROLMENTS_REINSTATE)]
FeeWriter = Annotated[Principal, allow(Permission.FEES_WRITE)]
Eraser = Annotated[Principal, allow(Permission.TRAINEES_ERASE)]
FeeReverser = Annotated[Principal, allow(Permission.FEES_REVERSE)]


async def _runtime(request: Request) -> Runtime[EnrolmentSettings]:
    return cast("Runtime[Any]", request.app.state.runtime)


RuntimeOfService = Annotated[Runtime[EnrolmentSettings], Depends(_runtime)]


async def _vault(runtime: RuntimeOfService, uow: Uow) -> PersonalVault:
    return PersonalVault(runtime.vault, uow, SCHEMA)


VaultOfService = Annotated[PersonalVault, Depends(_vault)]
"""The vault, with the keys of whom this request asks for."""


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
