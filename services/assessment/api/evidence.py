"""Our part of a run's evidence, for tpg-sync alone; the gateway never forwards here."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.contracts.evidence import ResultsEvidence
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.assessment.queries.evidence import results_evidence

router = Router(prefix="/internal/v1/evidence", tags=["internal"])


@router.get("/{run_id}", dependencies=[allow(Permission.SUBMISSIONS_READ)])
async def get_evidence(uow: Uow, run_id: UUID, response: Response) -> ResultsEvidence:
    """Every attempt and what became of it; no result, score or grade."""
    response.headers["Cache-Control"] = "no-store"
    return await results_evidence(uow, run_id)
