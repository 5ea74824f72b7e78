"""Hashes of the tree over the log: stored ones by key, small ones from the few entries they cover."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import BigInteger, SmallInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from libs.database.unit_of_work import UnitOfWork
from services.audit.models import Entry
from services.audit.models.merkle import (
    BASE_LEVEL,
    Frontier,
    Subtree,
    consistency,
    frontier_parts,
    inclusion,
    leaf_hash,
    root_of,
    stretch_hash,
    subtrees,
)

_ENTRY_HASHES = text("select seq, hash from audit.entry where seq = any(:seqs)").bindparams(
    bindparam("seqs", type_=ARRAY(BigInteger))
)
_NODES = text(
    "select n.last_seq, n.level, n.hash from unnest(:ends, :levels) as w (last_seq, level) "
    "join audit.node n on n.last_seq = w.last_seq and n.level = w.level"
).bindparams(bindparam("ends", type_=ARRAY(BigInteger)), bindparam("levels", type_=ARRAY(SmallInteger)))


class TreeDamaged(LookupError):
    """A part of the tree that must be there is not; verifying the log says more."""


async def subtree_hashes(uow: UnitOfWork, wanted: Iterable[Subtree]) -> dict[Subtree, bytes]:
    """The hash of each complete subtree; raises TreeDamaged when one cannot be told."""
    wanted = set(wanted)
    small = {subtree for subtree in wanted if subtree.level < BASE_LEVEL}
    known = await _stored(uow, wanted - small)
    if small:
        leaves = await leaf_hashes(uow, {seq for one in small for seq in range(one.first + 1, one.end + 1)})
        for one in small:
            known[one] = root_of([leaves[seq] for seq in range(one.first + 1, one.end + 1)])
    return known


async def _stored(uow: UnitOfWork, wanted: set[Subtree]) -> dict[Subtree, bytes]:
    if not wanted:
        return {}
    ordered = list(wanted)
    asked = {"ends": [one.end for one in ordered], "levels": [one.level for one in ordered]}
    rows = (await uow.session.execute(_NODES, asked)).all()
    found = {Subtree(row.level, (row.last_seq >> row.level) - 1): bytes(row.hash) for row in rows}
    missing = wanted - found.keys()
    if missing:
        one = min(missing)
        raise TreeDamaged(f"the node of level {one.level} over entries {one.first + 1} to {one.end} is missing")
    return found


async def leaf_hashes(uow: UnitOfWork, seqs: Iterable[int]) -> dict[int, bytes]:
    """The leaf of each entry by sequence number; raises TreeDamaged when an entry is missing."""
    wanted = sorted(seqs)
    rows = (await uow.session.execute(_ENTRY_HASHES, {"seqs": wanted})).all()
    found = {row.seq: leaf_hash(bytes(row.hash)) for row in rows}
    if len(found) < len(wanted):
        raise TreeDamaged(f"entry {min(set(wanted) - found.keys())} is missing")
    return found


async def frontier_at(uow: UnitOfWork, size: int) -> Frontier:
    """The right edge of the tree of the first `size` entries; raises TreeDamaged."""
    peaks, pending = frontier_parts(size)
    known = await subtree_hashes(uow, peaks)
    leaves = await leaf_hashes(uow, pending) if pending else {}
    return Frontier(size, [(peak.level, known[peak]) for peak in peaks], [leaves[seq] for seq in pending])


async def inclusion_path(uow: UnitOfWork, entry: Entry, tree_size: int) -> list[bytes]:
    """The sibling hashes from the entry's leaf to the root of the tree of that size, the lowest first."""
    return await _path(uow, inclusion(entry.seq - 1, tree_size))


async def consistency_path(uow: UnitOfWork, old_size: int, new_size: int) -> list[bytes]:
    """The hashes by which the tree of `old_size` is shown to be the beginning of that of `new_size`."""
    return await _path(uow, consistency(old_size, new_size))


async def _path(uow: UnitOfWork, stretches: Sequence[tuple[int, int]]) -> list[bytes]:
    known: Mapping[Subtree, bytes] = await subtree_hashes(uow, (one for each in stretches for one in subtrees(*each)))
    return [stretch_hash(each, known) for each in stretches]
