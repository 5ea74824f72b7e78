"""The claim check, for tpg-sync alone; the gateway never forwards here."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.contracts.submissions import EnrolmentSubmission
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.enrolment.api.doors import VaultOfService
from services.enrolment.queries.submissions import enrolment_submission

router = Router(prefix="/internal/v1/submissions", tags=["internal"])


@router.get("/enrolment/{enrolment_id}", dependencies=[allow(Permission.SUBMISSIONS_READ)])
async def get_enrolment_submission(
    uow: Uow, vault: VaultOfService, enrolment_id: UUID, response: Response
) -> EnrolmentSubmission:
    """The enrolment as it stands, with personal data in clear."""
    response.headers["Cache-Control"] = "no-store"
    return await enrolment_submission(uow, enrolment_id, vault)
