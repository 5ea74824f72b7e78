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

_HASHES = text(
    "select 0 as level, e.seq as last_seq, e.hash from audit.entry e where e.seq = any(:seqs) "
    "union all select n.level, n.last_seq, n.hash from unnest(:ends, :levels) as w (last_seq, level) "
    "join audit.node n on n.last_seq = w.last_seq and n.level = w.level"
).bindparams(
    bindparam("seqs", type_=ARRAY(BigInteger)),
    bindparam("ends", type_=ARRAY(BigInteger)),
    bindparam("levels", type_=ARRAY(SmallInteger)),
)


class TreeDamaged(LookupError):
    """A part of the tree that must be there is not; verifying the log says more."""


async def subtree_hashes(uow: UnitOfWork, wanted: Iterable[Subtree]) -> dict[Subtree, bytes]:
    """The hash of each complete subtree; raises TreeDamaged when one cannot be told.

    One question, whatever is wanted: large ones are stored, small ones are made from the entries they cover.
    """
    wanted = set(wanted)
    small = {subtree for subtree in wanted if subtree.level < BASE_LEVEL}
    known = await _ask(uow, wanted - small, {seq for one in small for seq in _seqs(one)})
    hashes = {one: root_of([known[Subtree(0, seq - 1)] for seq in _seqs(one)]) for one in small}
    return hashes | {one: known[one] for one in wanted - small}


def _seqs(subtree: Subtree) -> range:
    """The entries under it."""
    return range(subtree.first + 1, subtree.end + 1)


async def _ask(uow: UnitOfWork, stored: set[Subtree], seqs: set[int]) -> dict[Subtree, bytes]:
    """Stored hashes, and the leaves of entries as subtrees of level 0."""
    ordered = sorted(stored)
    asked = {"seqs": list(seqs), "ends": [one.end for one in ordered], "levels": [one.level for one in ordered]}
    found = {}
    for level, last_seq, hashed in (await uow.session.execute(_HASHES, asked)).all():
        found[Subtree(level, (last_seq >> level) - 1)] = hashed if level else leaf_hash(hashed)
    for one in ordered:
        if one not in found:
            raise TreeDamaged(f"the node of level {one.level} over entries {one.first + 1} to {one.end} is missing")
    for seq in sorted(seqs):
        if Subtree(0, seq - 1) not in found:
            raise TreeDamaged(f"entry {seq} is missing")
    return found


async def frontier_at(uow: UnitOfWork, size: int) -> Frontier:
    """The right edge of the tree of the first `size` entries; raises TreeDamaged."""
    peaks, pending = frontier_parts(size)
    known = await subtree_hashes(uow, [*peaks, *(Subtree(0, seq - 1) for seq in pending)])
    leaves = [known[Subtree(0, seq - 1)] for seq in pending]
    return Frontier(size, [(peak.level, known[peak]) for peak in peaks], leaves)


async def inclusion_path(uow: UnitOfWork, entry: Entry, tree_size: int) -> list[bytes]:
    """The sibling hashes from the entry's leaf to the root of the tree of that size, the lowest first."""
    return await _path(uow, inclusion(entry.seq - 1, tree_size))


async def consistency_path(uow: UnitOfWork, old_size: int, new_size: int) -> list[bytes]:
    """The hashes by which the tree of `old_size` is shown to be the beginning of that of `new_size`."""
    return await _path(uow, consistency(old_size, new_size))


async def _path(uow: UnitOfWork, stretches: Sequence[tuple[int, int]]) -> list[bytes]:
    known: Mapping[Subtree, bytes] = await subtree_hashes(uow, (one for each in stretches for one in subtrees(*each)))
    return [stretch_hash(each, known) for each in stretches]
