"""Our part of a run's evidence, for tpg-sync alone; the gateway never forwards here."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.contracts.evidence import RegisterEvidence
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.attendance.queries.evidence import register_evidence

router = Router(prefix="/internal/v1/evidence", tags=["internal"])


@router.get("/{run_id}", dependencies=[allow(Permission.SUBMISSIONS_READ)])
async def get_evidence(uow: Uow, run_id: UUID, response: Response) -> RegisterEvidence:
    """The register: every sheet, every mark and all that ever became of it."""
    response.headers["Cache-Control"] = "no-store"
    return await register_evidence(uow, run_id)
