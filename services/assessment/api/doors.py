"""Who enters by which door, and the parts of the runtime that routes use."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Request

from libs.access.permissions import Grant, Permission
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.privacy.personal import PersonalVault
from libs.web.guard import allow
from libs.web.transaction import Uow
from services.assessment.commands.holding import Asker
from services.assessment.models.model import SCHEMA

Reader = Annotated[Principal, allow(Permission.ASSESSMENTS_VIEW)]
Enterer = Annotated[Principal, allow(Permission.ASSESSMENTS_ENTER)]
Finaliser = Annotated[Principal, allow(Permission.ASSESSMENTS_FINALISE)]
Amender = Annotated[Principal, allow(Permission.ASSESSMENTS_AMEND)]
Voider = Annotated[Principal, allow(Permission.ASSESSMENTS_VOID)]
Approver = Annotated[Principal, allow(Permission.ASSESSMENTS_APPROVE)]
Overrider = Annotated[Principal, allow(Permission.ASSESSMENTS_OVERRIDE)]
Issuer = Annotated[Principal, allow(Permission.CERTIFICATES_ISSUE)]


async def _runtime(request: Request) -> Runtime[Any]:
    return cast("Runtime[Any]", request.app.state.runtime)


RuntimeOfService = Annotated[Runtime[Any], Depends(_runtime)]


async def _vault(runtime: RuntimeOfService, uow: Uow) -> PersonalVault:
    return PersonalVault(runtime.vault, uow, SCHEMA)


VaultOfService = Annotated[PersonalVault, Depends(_vault)]
"""The vault, with the keys of whom this request asks for."""


def own_only(caller: Principal, permission: Permission) -> UUID | None:
    """The account whose own runs alone may be touched; None for those who may touch all."""
    return caller.subject if caller.grant(permission) is Grant.OWN else None


def sees_results(caller: Principal) -> bool:
    """Results are for those who assess, enter or run the provider; an auditor and a service see that there is one."""
    return caller.grant(Permission.ASSESSMENTS_VIEW) in {Grant.ALL, Grant.OWN}


def asker_of(caller: Principal, permission: Permission) -> Asker:
    """What the caller may do behind a door that asks for `permission`."""
    return Asker(
        own=own_only(caller, permission),
        overrides=caller.grant(Permission.ASSESSMENTS_OVERRIDE) is not None,
        finalises=caller.grant(Permission.ASSESSMENTS_FINALISE) is not None,
        amends_alone=caller.grant(Permission.ASSESSMENTS_FINALISE) is not None,
        voids_alone=caller.grant(Permission.ASSESSMENTS_APPROVE) is not None,
    )
