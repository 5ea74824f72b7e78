"""The claim check, for tpg-sync alone; the gateway never forwards here."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.contracts.submissions import RunSubmission
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.course.api.doors import VaultOfService
from services.course.queries.submissions import run_submission

router = Router(prefix="/internal/v1/submissions", tags=["internal"])


@router.get("/run/{run_id}", dependencies=[allow(Permission.SUBMISSIONS_READ)])
async def get_run_submission(uow: Uow, vault: VaultOfService, run_id: UUID, response: Response) -> RunSubmission:
    """The run as it stands, with personal data in clear."""
    response.headers["Cache-Control"] = "no-store"
    return await run_submission(uow, run_id, vault)
