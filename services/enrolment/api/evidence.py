"""Our part of a run's evidence, for tpg-sync alone; the gateway never forwards here."""

from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission
from libs.contracts.evidence import EnrolmentsEvidence
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.enrolment.api.doors import VaultOfService
from services.enrolment.queries.evidence import enrolments_evidence

router = Router(prefix="/internal/v1/evidence", tags=["internal"])


@router.get("/{run_id}", dependencies=[allow(Permission.SUBMISSIONS_READ)])
async def get_evidence(uow: Uow, vault: VaultOfService, run_id: UUID, response: Response) -> EnrolmentsEvidence:
    """Everybody who was ever put down for the run, names and identity numbers masked."""
    response.headers["Cache-Control"] = "no-store"
    return await enrolments_evidence(uow, run_id, vault)
