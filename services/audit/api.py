"""HTTP in: read the log, verify the chain, take a copy out."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse

from libs.access.permissions import Grant, Permission
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.errors import NotFound
from libs.web.guard import allow
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.audit import commands, queries
from services.audit.errors import RangeReversed, RangeTooLarge
from services.audit.models import Entry
from services.audit.queries import EntryFilter
from services.audit.schemas import EntryDetail, EntryView, ExportWish, VerdictView, VerifyWish
from services.audit.settings import AuditSettings

router = Router(prefix="/api/v1/audit", tags=["audit"])

Reader = Annotated[Principal, allow(Permission.AUDIT_READ)]


def _scope(caller: Principal) -> str | None:
    """Whose entries limit the view: nobody's for those who may read all."""
    return str(caller.subject) if caller.grant(Permission.AUDIT_READ) is Grant.OWN else None


def _filter(
    caller: Reader,
    subject_type: Annotated[str | None, Query(max_length=40)] = None,
    subject_id: UUID | None = None,
    actor_id: Annotated[str | None, Query(max_length=40)] = None,
    action: Annotated[str | None, Query(max_length=80)] = None,
    service: Annotated[str | None, Query(max_length=20)] = None,
    correlation_id: UUID | None = None,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
) -> EntryFilter:
    return EntryFilter(
        subject_type=subject_type,
        subject_id=subject_id,
        actor_id=actor_id,
        action=action,
        service=service,
        correlation_id=correlation_id,
        from_at=from_at,
        to_at=to_at,
        only_training_records_or_by=_scope(caller),
    )


@router.get("/entries")
async def list_entries(
    uow: Uow, paging: PageQuery, wanted: Annotated[EntryFilter, Depends(_filter)]
) -> Page[EntryView]:
    """The log, newest first."""
    before = paging.after(int)
    entries = await queries.list_entries(uow, wanted, before=before, limit=paging.limit + 1)
    return page([EntryView.of(entry) for entry in entries], paging.limit, key=lambda view: view.seq)


@router.get("/entries/{seq}")
async def get_entry(uow: Uow, caller: Reader, seq: int) -> EntryDetail:
    """One entry with the event exactly as it was told."""
    entry = await queries.find_entry(uow, seq, EntryFilter(only_training_records_or_by=_scope(caller)))
    if entry is None:
        raise NotFound("audit entry", seq)
    return EntryDetail.of(entry)


@router.post("/verify", dependencies=[allow(Permission.AUDIT_VERIFY)])
async def verify(uow: Uow, request: Request, wish: VerifyWish) -> VerdictView:
    """Recompute the chain; the outcome itself goes on record."""
    runtime: Runtime[AuditSettings] = request.app.state.runtime
    if wish.to_seq is not None and wish.to_seq < wish.from_seq:
        raise RangeReversed
    batch = runtime.settings.verify_batch
    verdict = await queries.verify_chain(uow, from_seq=wish.from_seq, to_seq=wish.to_seq, batch=batch)
    event = commands.attest_verification(uow, verdict)
    return VerdictView.of(event.verification_id, verdict)


@router.post("/export", dependencies=[allow(Permission.AUDIT_EXPORT)], response_class=StreamingResponse)
async def export(uow: Uow, request: Request, wish: ExportWish) -> StreamingResponse:
    """A range of entries as JSON lines, each with the event exactly as told and its place in the chain."""
    runtime: Runtime[AuditSettings] = request.app.state.runtime
    to_seq = min(wish.to_seq or await queries.last_seq(uow), await queries.last_seq(uow))
    if wish.to_seq is not None and wish.to_seq < wish.from_seq:
        raise RangeReversed
    count = max(0, to_seq - wish.from_seq + 1)
    if count > runtime.settings.export_limit:
        raise RangeTooLarge(count, runtime.settings.export_limit)
    commands.record_export(uow, from_seq=wish.from_seq, to_seq=to_seq, count=count, reason=wish.reason)
    headers = {"Content-Disposition": f'attachment; filename="audit-{wish.from_seq}-{to_seq}.jsonl"'}
    lines = _lines(runtime, wish.from_seq, to_seq)
    return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)


async def _lines(runtime: Runtime[AuditSettings], from_seq: int, to_seq: int) -> AsyncIterator[bytes]:
    """Read in a unit of its own: the request's has ended when the body streams."""
    async with runtime.units.reading() as unit:
        async for entry in queries.read_chain(unit, from_seq, to_seq, batch=runtime.settings.verify_batch):
            yield _line(entry)


def _line(entry: Entry) -> bytes:
    return EntryDetail.of(entry).model_dump_json().encode() + b"\n"
