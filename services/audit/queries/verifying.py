"""Reading the whole evidence again: every link, column, node, root and signature."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import col, select

from libs.database.copying import copy_rows
from libs.database.unit_of_work import UnitOfWork
from services.audit.models import (
    GENESIS,
    NO_DIGEST,
    Checkpoint,
    CheckpointKey,
    Entry,
    Fault,
    Part,
    Verdict,
    fault_of_keys,
    is_signed,
)
from services.audit.models.merkle import Frontier
from services.audit.models.rows import COLUMNS, ChainReader, read_nodes
from services.audit.models.walk import Walk
from services.audit.queries.checkpoints import checkpoints_between, list_keys, newest_checkpoint
from services.audit.queries.entries import last_seq
from services.audit.queries.tree import TreeDamaged, frontier_at

ENTRIES = f"select {COLUMNS} from audit.entry where seq between $1 and $2 order by seq"  # noqa: S608 - our own names
_NODES = "select last_seq, level, hash from audit.node where last_seq between $1 and $2 order by last_seq, level"


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is to be verified, with the signed evidence about it. `before` is the checkpoint that ends before it."""

    from_seq: int
    to_seq: int
    before: Checkpoint | None
    checkpoints: Sequence[Checkpoint]
    newest: Checkpoint | None


async def verify(uow: UnitOfWork, *, from_seq: int, to_seq: int | None, batch: int) -> Verdict:
    """Recompute everything from `from_seq` on, and name the first entry that does not hold.

    Signed checkpoints vouch for what lies before `from_seq`; to hold entries themselves against them, begin at 1.
    Processor time is spent in a thread of its own, `batch` entries at a time.
    """
    end = await last_seq(uow) if to_seq is None else to_seq
    stretch = await _stretch(uow, from_seq, end, whole=to_seq is None)
    faults: list[Fault] = []
    if not await _signatures_hold(uow, stretch, faults):
        stretch = Stretch(from_seq, end, stretch.before, (), stretch.newest)
    walk = await _walk(uow, stretch, faults, batch)
    if to_seq is None and not faults:
        faults += await _beyond(uow, stretch)
    met = walk.met if walk else []
    return Verdict(
        from_seq,
        end,
        fault=min(faults, default=None),
        checkpoint=met[-1].tree_size if met else None,
        checkpoints=len(met),
        nodes=walk.nodes if walk else 0,
    )


async def _stretch(uow: UnitOfWork, from_seq: int, end: int, *, whole: bool) -> Stretch:
    before = await newest_checkpoint(uow, at_most=from_seq - 1)
    inside = await checkpoints_between(uow, from_seq, None if whole else end)
    return Stretch(from_seq, end, before, inside, await newest_checkpoint(uow))


async def _signatures_hold(uow: UnitOfWork, stretch: Stretch, faults: list[Fault]) -> bool:
    keys = await list_keys(uow)
    why = fault_of_keys(keys)
    if why is not None:
        faults.append(Fault(1, Part.KEY, why))
    fault = await asyncio.to_thread(_fault_of_signatures, stretch, {key.id: key for key in keys})
    faults += [fault] if fault is not None else []
    return not faults


def _fault_of_signatures(stretch: Stretch, keys: dict[object, CheckpointKey]) -> Fault | None:
    """The first checkpoint that does not follow the one before it or that nobody of ours signed."""
    previous = stretch.before
    for one in [*([previous] if previous else []), *stretch.checkpoints]:
        first = previous.tree_size + 1 if previous else 1
        key = keys.get(one.key_id)
        if key is None or not is_signed(one.statement(), one.signature, key.public_key):
            return Fault(first, Part.CHECKPOINT, f"checkpoint {one.tree_size} does not say what was signed")
        if one is previous:
            continue
        size, digest = (previous.tree_size, previous.digest()) if previous else (0, NO_DIGEST)
        if (one.previous_size, one.previous_digest) != (size, digest):
            return Fault(size + 1, Part.CHECKPOINT, f"the checkpoint before checkpoint {one.tree_size} is missing")
        previous = one
    return None


async def _walk(uow: UnitOfWork, stretch: Stretch, faults: list[Fault], batch: int) -> Walk | None:
    prev_hash = await hash_before(uow, stretch.from_seq)
    if prev_hash is None:
        missing = stretch.from_seq - 1
        faults.append(Fault(missing, Part.ENTRY, f"entry {missing} is missing"))
        return None
    sealed = stretch.newest.tree_size if stretch.newest else 0
    reader, before = ChainReader(stretch.from_seq, prev_hash), stretch.from_seq - 1
    if before > sealed:
        walk = Walk(reader, Frontier.empty())  # there is no tree yet over what is read
    else:
        try:
            frontier = await frontier_at(uow, before)
        except TreeDamaged as damaged:
            faults.append(Fault(before, Part.NODE, str(damaged)))
            return None
        walk = Walk(reader, frontier, sealed=sealed, checkpoints=stretch.checkpoints)
    await _go(uow, walk, stretch.to_seq, batch)
    faults += [walk.fault] if walk.fault is not None else []
    return walk


async def hash_before(uow: UnitOfWork, seq: int) -> bytes | None:
    """The link that entry `seq` must follow; None when the entry before it is missing."""
    if seq <= 1:
        return GENESIS
    return (await uow.session.execute(select(Entry.hash).where(col(Entry.seq) == seq - 1))).scalar_one_or_none()


async def _go(uow: UnitOfWork, walk: Walk, to_seq: int, batch: int) -> None:
    """Walk to the end; the database sends the next entries while these are looked at."""
    rows, nodes = await _read(uow, walk.reader.next_seq, to_seq, batch)
    while walk.fault is None and walk.reader.next_seq <= to_seq:
        next_first = walk.reader.next_seq + batch
        looking = asyncio.to_thread(walk.compare, rows, read_nodes(nodes), min(next_first - 1, to_seq))
        _, (rows, nodes) = await asyncio.gather(looking, _read(uow, next_first, to_seq, batch))
    walk.end()


async def _read(uow: UnitOfWork, first: int, to_seq: int, batch: int) -> tuple[bytes, bytes]:
    last = min(first + batch - 1, to_seq)
    if last < first:
        return b"", b""
    return await copy_rows(uow, ENTRIES, first, last), await copy_rows(uow, _NODES, first, last)


async def _beyond(uow: UnitOfWork, stretch: Stretch) -> list[Fault]:
    """What was signed or stored about entries that are not there."""
    faults = []
    sealed = stretch.newest.tree_size if stretch.newest else 0
    if sealed > stretch.to_seq:
        why = f"entries {stretch.to_seq + 1} to {sealed} are missing: checkpoint {sealed} signed them"
        faults.append(Fault(stretch.to_seq + 1, Part.ENTRY, why))
    query = text("select min(last_seq) from audit.node where last_seq > :sealed")
    stray = (await uow.session.execute(query, {"sealed": sealed})).scalar_one()
    if stray is not None:
        why = f"a node over entries up to {stray} is stored, and no checkpoint that signed them"
        faults.append(Fault(min(stray, sealed + 1), Part.NODE, why))
    return faults


async def holds_root(uow: UnitOfWork, tree_size: int, root_hash: bytes) -> Fault | None:
    """Why the log is not the continuation of the tree somebody outside has kept the root of; None when it is."""
    end = await last_seq(uow)
    if tree_size > end:
        return Fault(end + 1, Part.CHECKPOINT, f"the log had {tree_size} entries when this root was kept")
    try:
        root = (await frontier_at(uow, tree_size)).root()
    except TreeDamaged as damaged:
        return Fault(1, Part.NODE, str(damaged))
    if root != root_hash:
        return Fault(1, Part.CHECKPOINT, f"the first {tree_size} entries are not those this root was kept of")
    return None
