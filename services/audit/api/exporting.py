"""Take entries out of the system."""

from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse

from libs.access.permissions import Permission
from libs.chassis.runtime import Runtime
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.audit.api.doors import Desk
from services.audit.commands.attesting import record_export
from services.audit.errors import RangeReversed, RangeTooLarge
from services.audit.models import Entry
from services.audit.queries.entries import last_seq, read_chain
from services.audit.schemas.entries import EntryDetail
from services.audit.schemas.exporting import ExportWish
from services.audit.settings import AuditSettings

router = Router(prefix="/api/v1/audit", tags=["audit"])


@router.post("/export", dependencies=[allow(Permission.AUDIT_EXPORT)], response_class=StreamingResponse)
async def export(uow: Uow, desk: Desk, wish: ExportWish) -> StreamingResponse:
    """A range of entries as JSON lines, each with the event exactly as told and its place in the chain."""
    end = await last_seq(uow)
    to_seq = min(wish.to_seq or end, end)
    if wish.to_seq is not None and wish.to_seq < wish.from_seq:
        raise RangeReversed
    count = max(0, to_seq - wish.from_seq + 1)
    if count > desk.settings.export_limit:
        raise RangeTooLarge(count, desk.settings.export_limit)
    record_export(uow, from_seq=wish.from_seq, to_seq=to_seq, count=count, reason=wish.reason)
    headers = {"Content-Disposition": f'attachment; filename="audit-{wish.from_seq}-{to_seq}.jsonl"'}
    lines = _lines(desk, wish.from_seq, to_seq)
    return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)


async def _lines(desk: Runtime[AuditSettings], from_seq: int, to_seq: int) -> AsyncIterator[bytes]:
    """Read in a unit of its own: the request's has ended when the body streams."""
    async with desk.units.reading() as unit:
        async for entry in read_chain(unit, from_seq, to_seq, batch=desk.settings.verify_batch):
            yield _line(entry)


def _line(entry: Entry) -> bytes:
    return EntryDetail.of(entry).model_dump_json().encode() + b"\n"
