"""Take entries out of the system, with the proof that they are what was recorded."""

from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse

from libs.access.permissions import Permission
from libs.chassis.runtime import Runtime
from libs.database.unit_of_work import UnitOfWork
from libs.packs.archive import Pack
from libs.telemetry.context import current
from libs.web.guard import allow
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.audit.api.doors import Desk
from services.audit.commands.attesting import record_export
from services.audit.commands.checkpoints import checkpoint_over
from services.audit.commands.keys import signer_for
from services.audit.errors import LogBroken, NothingToExport, RangeReversed, RangeTooLarge
from services.audit.models import Entry
from services.audit.queries.entries import chosen_seqs, last_seq, read_chain
from services.audit.queries.packing import Occasion, pack_entries
from services.audit.queries.tree import TreeDamaged
from services.audit.schemas.entries import EntryDetail
from services.audit.schemas.exporting import ExportWish
from services.audit.settings import AuditSettings

router = Router(prefix="/api/v1/audit", tags=["audit"])


@router.post("/export", dependencies=[allow(Permission.AUDIT_EXPORT)], response_class=StreamingResponse)
async def export(uow: Uow, desk: Desk, wish: ExportWish) -> StreamingResponse:
    """Entries as JSON lines, or as a pack that can be checked without this system. That it was done goes on record."""
    seqs = await _chosen(uow, desk, wish)
    first, last = (seqs[0], seqs[-1]) if seqs else (wish.from_seq, wish.from_seq - 1)
    export_id = record_export(uow, from_seq=first, to_seq=last, count=len(seqs), reason=wish.reason)
    if wish.format == "lines":
        return _file(f"audit-{first}-{last}.jsonl", "application/x-ndjson", _lines(desk, seqs))
    if not seqs:
        raise NothingToExport
    occasion = Occasion(export_id=export_id, exported_by=current().actor_id, exported_at=uow.now(), reason=wish.reason)
    pack = await pack_of(uow, desk, seqs, occasion)
    return _file(f"audit-{first}-{last}.zip", "application/zip", pack.chunks())


async def _chosen(uow: UnitOfWork, desk: Runtime[AuditSettings], wish: ExportWish) -> list[int]:
    """The numbers of the wanted entries, ascending; raises RangeReversed or RangeTooLarge."""
    if wish.to_seq is not None and wish.to_seq < wish.from_seq:
        raise RangeReversed
    end = await last_seq(uow)
    to_seq = min(wish.to_seq or end, end)
    if wish.subjects or wish.correlation_id is not None:
        limit = desk.settings.export_selection_limit
        subjects = [(subject.type, subject.id) for subject in wish.subjects]
        seqs = await chosen_seqs(
            uow, wish.from_seq, to_seq, subjects=subjects, correlation_id=wish.correlation_id, limit=limit + 1
        )
        if len(seqs) > limit:
            raise RangeTooLarge(len(seqs), limit)
        return seqs
    count = max(0, to_seq - wish.from_seq + 1)
    if count > desk.settings.export_limit:
        raise RangeTooLarge(count, desk.settings.export_limit)
    return list(range(wish.from_seq, to_seq + 1))


async def pack_of(uow: UnitOfWork, desk: Runtime[AuditSettings], seqs: list[int], occasion: Occasion) -> Pack:
    """Seal what is not sealed yet, then pack."""
    checkpoint = await checkpoint_over(uow, desk.vault, seqs[-1])
    signer = await signer_for(uow, desk.vault)
    try:
        return await pack_entries(uow, seqs, checkpoint, signer, occasion, batch=desk.settings.verify_batch)
    except TreeDamaged as damaged:
        raise LogBroken(seqs[0], str(damaged)) from damaged


def _file(name: str, kind: str, content: AsyncIterator[bytes]) -> StreamingResponse:
    return StreamingResponse(
        content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


async def _lines(desk: Runtime[AuditSettings], seqs: list[int]) -> AsyncIterator[bytes]:
    """Read in a unit of its own: the request's has ended when the body streams."""
    async with desk.units.reading() as unit:
        async for entry in read_chain(unit, seqs, batch=desk.settings.verify_batch):
            yield _line(entry)


def _line(entry: Entry) -> bytes:
    return EntryDetail.of(entry).model_dump_json().encode() + b"\n"
