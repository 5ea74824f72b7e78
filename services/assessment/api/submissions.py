"""The claim check, for tpg-sync alone; the gateway never forwards here."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.contracts.submissions import AssessmentSubmission
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.assessment.api.doors import VaultOfService
from services.assessment.queries.submissions import assessment_submission

router = Router(prefix="/internal/v1/submissions", tags=["internal"])


@router.get("/assessment/{assessment_id}", dependencies=[allow(Permission.SUBMISSIONS_READ)])
async def get_assessment_submission(
    uow: Uow, vault: VaultOfService, assessment_id: UUID, response: Response
) -> AssessmentSubmission:
    """The result as it stands, in clear."""
    response.headers["Cache-Control"] = "no-store"
    return await assessment_submission(uow, assessment_id, vault)
