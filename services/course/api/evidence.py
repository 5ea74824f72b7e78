"""Our part of a run's evidence, for tpg-sync alone; the gateway never forwards here."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.contracts.evidence import RunEvidence
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.course.api.doors import VaultOfService
from services.course.queries.evidence import run_evidence

router = Router(prefix="/internal/v1/evidence", tags=["internal"])


@router.get("/{run_id}", dependencies=[allow(Permission.SUBMISSIONS_READ)])
async def get_evidence(uow: Uow, vault: VaultOfService, run_id: UUID, response: Response) -> RunEvidence:
    """The run as it stands, trainers' names masked."""
    response.headers["Cache-Control"] = "no-store"
    return await run_evidence(uow, run_id, vault)
