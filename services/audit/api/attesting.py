"""For tpg-sync alone, which puts the evidence of a run together: extracts of the log, and the log's key for the whole.

The gateway never forwards here. The key signs statements of its own about a digest, never bytes that were sent.
"""

from fastapi import Response
from fastapi.responses import StreamingResponse

from libs.access.permissions import Permission
from libs.contracts.evidence import Attestation, AttestationWish, ExtractWish
from libs.telemetry.context import current
from libs.web.body import MIB, accepts_up_to
from libs.web.guard import allow
from libs.web.idempotency import without_idempotency
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.audit.api.doors import Desk
from services.audit.api.exporting import pack_of
from services.audit.commands.attesting import attest_document, record_export
from services.audit.errors import NotHeardYet, RangeTooLarge
from services.audit.queries.entries import seqs_told
from services.audit.queries.packing import Occasion

router = Router(prefix="/internal/v1/audit", tags=["internal"])


@router.post("/extracts", dependencies=[allow(Permission.AUDIT_ATTEST)], response_class=StreamingResponse)
@accepts_up_to(4 * MIB)
@without_idempotency("a streamed answer is not kept")
async def make_extract(uow: Uow, desk: Desk, wish: ExtractWish) -> StreamingResponse:
    """A pack of exactly the facts named, every one of them. Raises NotHeardYet while one is missing."""
    seqs, heard = await seqs_told(uow, wish.heads)
    lacking = [(head, found) for head, found in zip(wish.heads, heard, strict=True) if found < head.entries]
    if lacking:
        head, found = lacking[0]
        raise NotHeardYet(len(lacking), head.type, head.id, found, head.entries)
    if len(seqs) > desk.settings.export_selection_limit:
        raise RangeTooLarge(len(seqs), desk.settings.export_selection_limit)
    export_id = record_export(uow, from_seq=seqs[0], to_seq=seqs[-1], count=len(seqs), reason=wish.reason)
    occasion = Occasion(export_id=export_id, exported_by=current().actor_id, exported_at=uow.now(), reason=wish.reason)
    pack = await pack_of(uow, desk, seqs, occasion)
    return StreamingResponse(pack.chunks(), media_type="application/zip", headers={"Cache-Control": "no-store"})


@router.post("/attestations", dependencies=[allow(Permission.AUDIT_ATTEST)])
@without_idempotency("each signature is one of its own, and on record")
async def make_attestation(uow: Uow, desk: Desk, wish: AttestationWish, response: Response) -> Attestation:
    """The log's key vouches that this digest was shown to it now."""
    response.headers["Cache-Control"] = "no-store"
    return await attest_document(uow, desk.vault, wish)
