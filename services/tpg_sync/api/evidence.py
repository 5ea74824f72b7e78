"""A run's evidence pack: one archive that anybody can check without this system."""

from datetime import timedelta
from uuid import UUID

from fastapi import Request
from fastapi.responses import StreamingResponse

from libs.access.permissions import Permission
from libs.chassis.runtime import Runtime
from libs.web.guard import allow
from libs.web.idempotency import without_idempotency
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.tpg_sync.client.evidence import EvidenceDesk
from services.tpg_sync.commands.evidence import Wish, export_evidence
from services.tpg_sync.schemas.evidence.members import EvidenceWish
from services.tpg_sync.settings import SyncSettings

router = Router(prefix="/api/v1/compliance/evidence", tags=["compliance"])
_ZIP = {200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}}


@router.post(
    "/{run_id}",
    dependencies=[allow(Permission.EVIDENCE_EXPORT)],
    response_class=StreamingResponse,
    responses=_ZIP,  # type: ignore[arg-type]  # FastAPI's own shape
)
@without_idempotency("a streamed answer is not kept; each pack is one of its own, and on record")
async def make_pack(uow: Uow, request: Request, run_id: UUID, wish: EvidenceWish) -> StreamingResponse:
    """The evidence of one run as a signed archive; names and identity numbers masked. That it left is on record.

    Register, results, enrolments, submissions with TPGateway's acknowledgements, duties, decisions, and the part of the
    audit log that tells of them.
    """
    runtime: Runtime[SyncSettings] = request.app.state.runtime
    settings = runtime.settings
    desk = EvidenceDesk(runtime.peers, patience=settings.evidence_patience / timedelta(seconds=1))
    asked = Wish(wish.reason, settings.tpg_uen)
    packed = await export_evidence(uow, runtime.units, desk, run_id, asked, wait=settings.evidence_wait)
    headers = {"Content-Disposition": f'attachment; filename="{packed.file_name}"', "Cache-Control": "no-store"}
    return StreamingResponse(packed.pack.chunks(), media_type="application/zip", headers=headers)
