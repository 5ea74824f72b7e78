"""The life of an assessment: it comes to stand, is amended, or is declared wrong."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.web.etag import IfMatch
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.assessment.api.doors import (
    Amender,
    Approver,
    Finaliser,
    Overrider,
    VaultOfService,
    Voider,
    asker_of,
)
from services.assessment.api.showing import shown
from services.assessment.commands import amending, entering, finalising, voiding
from services.assessment.schemas.assessment import AmendWish, AssessmentDetail, MaybeReason, ReasonWish

router = Router(prefix="/api/v1/assessments", tags=["assessments"])


@router.post("/{assessment_id}/override")
async def override(
    uow: Uow,
    caller: Overrider,
    vault: VaultOfService,
    assessment_id: UUID,
    wish: ReasonWish,
    version: IfMatch,
    response: Response,
) -> AssessmentDetail:
    """Set minimum attendance aside for this draft; somebody else must finalise it."""
    asker = asker_of(caller, Permission.ASSESSMENTS_OVERRIDE)
    assessment = await entering.override(uow, assessment_id, wish.reason, asker, version=version)
    return await shown(uow, assessment, caller, vault, response)


@router.post("/{assessment_id}/finalise")
async def finalise(
    uow: Uow,
    caller: Finaliser,
    vault: VaultOfService,
    assessment_id: UUID,
    version: IfMatch,
    response: Response,
    wish: MaybeReason | None = None,
) -> AssessmentDetail:
    """Let a draft stand; from then on it is owed to TPGateway."""
    asker = asker_of(caller, Permission.ASSESSMENTS_FINALISE)
    reason = wish.reason if wish else None
    assessment = await finalising.finalise(uow, assessment_id, vault, asker, version=version, reason=reason)
    return await shown(uow, assessment, caller, vault, response)


@router.post("/{assessment_id}/amend")
async def amend(
    uow: Uow,
    caller: Amender,
    vault: VaultOfService,
    assessment_id: UUID,
    wish: AmendWish,
    version: IfMatch,
    response: Response,
) -> AssessmentDetail:
    """Change a result at once, inside the amend window; else propose it."""
    alone = caller.grant(Permission.ASSESSMENTS_FINALISE) is not None
    asker = asker_of(caller, Permission.ASSESSMENTS_FINALISE if alone else Permission.ASSESSMENTS_AMEND)
    assessment = await amending.amend(uow, assessment_id, wish, vault, asker, version=version)
    return await shown(uow, assessment, caller, vault, response)


@router.post("/{assessment_id}/proposals", status_code=201)
async def propose(
    uow: Uow,
    caller: Amender,
    vault: VaultOfService,
    assessment_id: UUID,
    wish: AmendWish,
    version: IfMatch,
    response: Response,
) -> AssessmentDetail:
    """Ask a second person to change a result."""
    asker = asker_of(caller, Permission.ASSESSMENTS_AMEND)
    assessment = await amending.propose(uow, assessment_id, wish, vault, asker, version=version)
    response.headers["Location"] = f"/api/v1/assessments/{assessment_id}/proposals"
    return await shown(uow, assessment, caller, vault, response)


@router.post("/{assessment_id}/proposals/{proposal_id}/approve")
async def approve(
    uow: Uow,
    caller: Approver,
    vault: VaultOfService,
    assessment_id: UUID,
    proposal_id: UUID,
    version: IfMatch,
    response: Response,
    wish: MaybeReason | None = None,
) -> AssessmentDetail:
    """Do what was asked for; refused to who asked."""
    asker = asker_of(caller, Permission.ASSESSMENTS_APPROVE)
    reason = wish.reason if wish else None
    assessment = await amending.approve(uow, assessment_id, proposal_id, reason, vault, asker, version=version)
    return await shown(uow, assessment, caller, vault, response)


@router.post("/{assessment_id}/proposals/{proposal_id}/decline")
async def decline(
    uow: Uow,
    caller: Approver,
    vault: VaultOfService,
    assessment_id: UUID,
    proposal_id: UUID,
    wish: ReasonWish,
    version: IfMatch,
    response: Response,
) -> AssessmentDetail:
    """Leave the result as it is; refused to who asked."""
    asker = asker_of(caller, Permission.ASSESSMENTS_APPROVE)
    assessment = await amending.decline(uow, assessment_id, proposal_id, wish.reason, asker, version=version)
    return await shown(uow, assessment, caller, vault, response)


@router.post("/{assessment_id}/proposals/{proposal_id}/withdraw")
async def withdraw(
    uow: Uow,
    caller: Amender,
    vault: VaultOfService,
    assessment_id: UUID,
    proposal_id: UUID,
    wish: ReasonWish,
    version: IfMatch,
    response: Response,
) -> AssessmentDetail:
    """Take back what one asked for."""
    asker = asker_of(caller, Permission.ASSESSMENTS_AMEND)
    assessment = await amending.withdraw(uow, assessment_id, proposal_id, wish.reason, asker, version=version)
    return await shown(uow, assessment, caller, vault, response)


@router.post("/{assessment_id}/void")
async def void(
    uow: Uow,
    caller: Voider,
    vault: VaultOfService,
    assessment_id: UUID,
    wish: ReasonWish,
    version: IfMatch,
    response: Response,
) -> AssessmentDetail:
    """Declare a result wrong; an assessor's wish waits for a second person, as `open_proposal` shows."""
    asker = asker_of(caller, Permission.ASSESSMENTS_VOID)
    assessment = await voiding.void(uow, assessment_id, wish.reason, asker, version=version)
    return await shown(uow, assessment, caller, vault, response)
