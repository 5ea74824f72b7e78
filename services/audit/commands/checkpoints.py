"""Seal what has been heard: grow the tree, sign its root."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import insert, text
from sqlmodel import col, exists, select

from libs.contracts.audit import CheckpointMade
from libs.database.copying import copy_rows
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.privacy.vault import Vault
from services.audit.commands.keys import signer_for
from services.audit.errors import LogBroken
from services.audit.models import NO_DIGEST, Checkpoint, Entry, Fault, Node, Part
from services.audit.models.merkle import Frontier, MadeNode
from services.audit.models.rows import ChainReader, WrongEntry
from services.audit.models.walk import Walk
from services.audit.queries.checkpoints import newest_checkpoint
from services.audit.queries.entries import last_seq
from services.audit.queries.tree import TreeDamaged, frontier_at
from services.audit.queries.verifying import ENTRIES, hash_before

log = structlog.get_logger()

ECHOES = ("audit.checkpoint_made", "audit.chain_verified")
"""Entries that checkpoints and verifications themselves cause: alone they are no reason for another checkpoint."""
BATCH = 5_000

checkpoint_size = Gauge("tms_audit_checkpoint_size", "Entries under the newest signed checkpoint.")
unsealed = Gauge("tms_audit_unsealed_entries", "Entries no checkpoint covers yet.")
refusals = Counter("tms_audit_checkpoints_refused_total", "Checkpoints not signed because the log does not hold.")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a checkpoint is due: with so many new entries, or with one that waited so long. It adds at most `most`."""

    entries: int
    wait: timedelta
    most: int


async def make_due_checkpoint(uow: UnitOfWork, vault: Vault, rhythm: Rhythm) -> Checkpoint | None:
    """Make the checkpoint that is due, if one is. Safe in any number of replicas: one at a time decides.

    Raises LogBroken when the new entries do not hold: nothing wrong is ever signed.
    """
    await _one_at_a_time(uow)
    last, end = await newest_checkpoint(uow), await last_seq(uow)
    size = last.tree_size if last else 0
    checkpoint_size.set(size)
    unsealed.set(max(0, end - size))
    if not await _is_due(uow, size, end, rhythm):
        return None
    return await _make(uow, vault, last, min(end, size + rhythm.most))


async def seal_to_end(uow: UnitOfWork, vault: Vault) -> Checkpoint | None:
    """The checkpoint over every entry there is, made now unless it stands; None while the log is empty."""
    await _one_at_a_time(uow)
    last, end = await newest_checkpoint(uow), await last_seq(uow)
    if end == (last.tree_size if last else 0):
        return last
    return await _make(uow, vault, last, end)


async def checkpoint_over(uow: UnitOfWork, vault: Vault, seq: int) -> Checkpoint:
    """The newest checkpoint, which covers this entry: made now when the one that stands does not."""
    newest = await newest_checkpoint(uow)
    if newest is None or newest.tree_size < seq:
        newest = await seal_to_end(uow, vault)
    if newest is None or newest.tree_size < seq:
        raise NotFound("audit entry", seq)
    return newest


async def _is_due(uow: UnitOfWork, size: int, end: int, rhythm: Rhythm) -> bool:
    if end - size >= rhythm.entries:
        return True
    waiting = select(
        exists()
        .where(col(Entry.seq) > size, col(Entry.action).not_in(ECHOES))
        .where(col(Entry.recorded_at) <= uow.now() - rhythm.wait)
    )
    return end > size and (await uow.session.execute(waiting)).scalar_one()


async def _make(uow: UnitOfWork, vault: Vault, last: Checkpoint | None, end: int) -> Checkpoint:
    frontier = await _grown(uow, last, end)
    signer = await signer_for(uow, vault)
    checkpoint = Checkpoint(
        id=uow.new_id(),
        tree_size=end,
        root_hash=frontier.root(),
        made_at=uow.now(),
        previous_size=last.tree_size if last else 0,
        previous_digest=last.digest() if last else NO_DIGEST,
        key_id=signer.key.id,
        signature=b"",
    )
    checkpoint.signature = signer.sign(checkpoint.statement())
    uow.add(checkpoint)
    await uow.session.flush()
    uow.emit(
        CheckpointMade(
            checkpoint_id=checkpoint.id,
            tree_size=checkpoint.tree_size,
            root_hash=checkpoint.root_hash.hex(),
            key_id=checkpoint.key_id,
            signature=checkpoint.signature.hex(),
        )
    )
    return checkpoint


async def _grown(uow: UnitOfWork, last: Checkpoint | None, end: int) -> Frontier:
    """The tree over the first `end` entries, its new nodes stored. Only new entries are read, and each is checked."""
    size = last.tree_size if last else 0
    try:
        frontier = await frontier_at(uow, size)
    except TreeDamaged as damaged:
        raise _refused(Fault(size, Part.NODE, str(damaged))) from damaged
    if last is not None and frontier.root() != last.root_hash:
        raise _refused(Fault(last.previous_size + 1, Part.NODE, f"the tree is not the one checkpoint {size} signed"))
    prev_hash = await hash_before(uow, size + 1)
    if prev_hash is None:
        raise _refused(Fault(size, Part.ENTRY, f"entry {size} is missing"))
    walk = Walk(ChainReader(size + 1, prev_hash), frontier)
    while walk.reader.next_seq <= end:
        first = walk.reader.next_seq
        rows = await copy_rows(uow, ENTRIES, first, min(first + BATCH - 1, end))
        try:
            made = await asyncio.to_thread(walk.extend, rows)
        except WrongEntry as wrong:
            raise _refused(Fault(wrong.seq, Part.ENTRY, wrong.why)) from wrong
        if walk.reader.next_seq == first:
            raise _refused(Fault(first, Part.ENTRY, f"entry {first} is missing"))
        await _store(uow, made)
    return walk.frontier


async def _store(uow: UnitOfWork, made: Sequence[MadeNode]) -> None:
    if made:
        await uow.session.execute(insert(Node), [node._asdict() for node in made])


def _refused(fault: Fault) -> LogBroken:
    refusals.inc()
    log.error("no checkpoint: the audit log does not hold", seq=fault.seq, part=fault.part.value, fault=fault.why)
    return LogBroken(fault.seq, fault.why)


async def _one_at_a_time(uow: UnitOfWork) -> None:
    await uow.session.execute(text("select pg_advisory_xact_lock(hashtext('audit.checkpoint'))"))
