"""The log: its entries, and the proof that each belongs to it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.audit.api.doors import Reader, scope_of
from services.audit.errors import LogBroken, NotSealedYet
from services.audit.models import Checkpoint, Entry
from services.audit.models.merkle import leaf_hash, root_by_inclusion
from services.audit.queries import entries as queries
from services.audit.queries.checkpoints import find_checkpoint, newest_checkpoint
from services.audit.queries.entries import EntryFilter
from services.audit.queries.tree import TreeDamaged, inclusion_path
from services.audit.schemas.checkpoints import CheckpointView, InclusionProof
from services.audit.schemas.entries import EntryDetail, EntryView
from services.audit.schemas.sequence import Seq, Size

router = Router(prefix="/api/v1/audit", tags=["audit"])


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
        only_training_records_or_by=scope_of(caller),
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
async def get_entry(uow: Uow, caller: Reader, seq: Seq) -> EntryDetail:
    """One entry with the event exactly as it was told."""
    entry = await queries.find_entry(uow, seq, EntryFilter(only_training_records_or_by=scope_of(caller)))
    if entry is None:
        raise NotFound("audit entry", seq)
    return EntryDetail.of(entry)


@router.get("/entries/{seq}/proof")
async def prove_entry(
    uow: Uow,
    caller: Reader,
    seq: Seq,
    checkpoint: Annotated[Size | None, Query(description="A checkpoint's tree size; the newest if left out.")] = None,
) -> InclusionProof:
    """That the entry stands in the tree of a signed checkpoint; checkable with nothing but this answer and the key."""
    entry = await queries.find_entry(uow, seq, EntryFilter(only_training_records_or_by=scope_of(caller)))
    if entry is None:
        raise NotFound("audit entry", seq)
    under = await (newest_checkpoint(uow) if checkpoint is None else find_checkpoint(uow, checkpoint))
    if under is None and checkpoint is not None:
        raise NotFound("checkpoint", checkpoint)
    if under is None or under.tree_size < seq:
        raise NotSealedYet(seq, under.tree_size if under else 0)
    leaf, path = leaf_hash(entry.hash), await path_to(uow, entry, under)
    return InclusionProof(
        seq=seq,
        entry_hash=entry.hash.hex(),
        leaf_hash=leaf.hex(),
        path=[one.hex() for one in path],
        checkpoint=CheckpointView.of(under),
    )


async def path_to(uow: UnitOfWork, entry: Entry, checkpoint: Checkpoint) -> list[bytes]:
    """The path to the checkpoint's root, tried before it is given away; raises LogBroken."""
    try:
        path = await inclusion_path(uow, entry, checkpoint.tree_size)
    except TreeDamaged as damaged:
        raise LogBroken(entry.seq, str(damaged)) from damaged
    if root_by_inclusion(leaf_hash(entry.hash), entry.seq - 1, checkpoint.tree_size, path) != checkpoint.root_hash:
        raise LogBroken(entry.seq, f"its proof does not lead to the root of checkpoint {checkpoint.tree_size}")
    return path
