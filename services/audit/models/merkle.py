"""The Merkle tree over all entries, after RFC 6962, and how to speak of its parts without holding it.

    leaf(n)     = SHA-256( 0x00 | hash(n) )                hash(n) is the entry's place in the chain
    node(l, r)  = SHA-256( 0x01 | l | r )
    root of n   = the leaf alone, or node(root of the first k, root of the rest), k the largest power of two below n

Positions count from 0: entry `seq` is leaf `seq - 1`. A `Subtree` is complete: 2^level leaves, beginning at a multiple
of 2^level. Whatever stretch a proof needs is a row of complete subtrees, which never change once their leaves are in.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

BASE_LEVEL = 4
"""Subtrees below this level are not stored but made from the few entries they cover: 16 leaves to a stored hash."""
GROUP = 1 << BASE_LEVEL
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Subtree(NamedTuple):
    """A complete subtree by its level and its place among those of that level."""

    level: int
    place: int

    @property
    def first(self) -> int:
        """Its first leaf."""
        return self.place << self.level

    @property
    def end(self) -> int:
        """The leaf after its last one; also the sequence number of the last entry it covers."""
        return (self.place + 1) << self.level


class MadeNode(NamedTuple):
    """A subtree that became complete, in the order in which this happens: by last entry, then by level."""

    last_seq: int
    level: int
    hash: bytes


def leaf_hash(entry_hash: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry_hash).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes; for a handful of them."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    left = _largest_power_below(len(leaves))
    return node_hash(root_of(leaves[:left]), root_of(leaves[left:]))


def joined(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees that stand side by side, each smaller than the one before it."""
    *larger, root = hashes
    for left in reversed(larger):
        root = node_hash(left, root)
    return root


def subtrees(first: int, end: int) -> Iterator[Subtree]:
    """The complete subtrees of leaves `first` to `end - 1`, where `first` is one at which the RFC splits."""
    while first < end:
        level = (end - first).bit_length() - 1
        yield Subtree(level, first >> level)
        first += 1 << level


def stretch_hash(stretch: tuple[int, int], known: Mapping[Subtree, bytes]) -> bytes:
    """The hash of one stretch of a proof, from the complete subtrees in it."""
    return joined([known[subtree] for subtree in subtrees(*stretch)])


def inclusion(position: int, size: int) -> list[tuple[int, int]]:
    """What an inclusion proof for a leaf in a tree of `size` leaves consists of, from the leaf up (RFC 6962, 2.1.1)."""
    path: list[tuple[int, int]] = []
    first, end = 0, size
    while end - first > 1:
        split = first + _largest_power_below(end - first)
        if position < split:
            path.append((split, end))
            end = split
        else:
            path.append((first, split))
            first = split
    return path[::-1]


def consistency(old: int, new: int) -> list[tuple[int, int]]:
    """What a proof that the tree of `old` leaves is the beginning of that of `new` consists of (RFC 6962, 2.1.2)."""
    path: list[tuple[int, int]] = []
    first, end = 0, new
    whole = True  # the old tree's own root needs no telling
    while old != end:
        split = first + _largest_power_below(end - first)
        if old <= split:
            path.append((split, end))
            end = split
        else:
            path.append((first, split))
            first, whole = split, False
    if not whole:
        path.append((first, end))
    return path[::-1]


def root_by_inclusion(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to, or None when its length does not fit."""
    stretches = inclusion(position, size)
    if len(stretches) != len(path):
        return None
    root = leaf
    for (first, _), sibling in zip(stretches, path, strict=True):
        root = node_hash(sibling, root) if first < position else node_hash(root, sibling)
    return root


def outside(selected: Sequence[int], size: int) -> Iterator[Subtree]:
    """The complete subtrees that, with the selected leaves (in order), give the root of the tree of `size` leaves."""
    yield from _outside(selected, 0, size)


def _outside(selected: Sequence[int], first: int, end: int) -> Iterator[Subtree]:
    if first == end:
        return
    chosen = bisect_left(selected, end) - bisect_left(selected, first)
    if chosen == 0:
        yield from subtrees(first, end)
    elif chosen < end - first:
        split = first + _largest_power_below(end - first)
        yield from _outside(selected, first, split)
        yield from _outside(selected, split, end)


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


class Frontier:
    """The right edge of a growing tree: all that is needed to add leaves and to tell the root at any moment."""

    def __init__(self, size: int, peaks: Sequence[tuple[int, bytes]], pending: Sequence[bytes]) -> None:
        """`peaks` are the complete subtrees of whole groups, largest first; `pending` the leaves after them."""
        self.size = size
        self._peaks = list(peaks)
        self._pending = list(pending)

    @classmethod
    def empty(cls) -> "Frontier":
        return cls(0, [], [])

    def extend(self, leaves: Sequence[bytes]) -> list[MadeNode]:
        """Take the leaves that follow; answers the subtrees to be stored that became complete with them."""
        made: list[MadeNode] = []
        at = 0
        while at < len(leaves):
            some = leaves[at : at + GROUP - len(self._pending)]
            self._pending += some
            self.size += len(some)
            at += len(some)
            if len(self._pending) == GROUP:
                made += self._close_group()
        return made

    def _close_group(self) -> list[MadeNode]:
        sha, row = hashlib.sha256, self._pending
        while len(row) > 1:
            row = [sha(b"\x01" + row[at] + row[at + 1]).digest() for at in range(0, len(row), 2)]
        self._pending = []
        return self._raise(BASE_LEVEL, row[0])

    def _raise(self, level: int, hashed: bytes) -> list[MadeNode]:
        made = [MadeNode(self.size, level, hashed)]
        while self._peaks and self._peaks[-1][0] == level:
            hashed = node_hash(self._peaks.pop()[1], hashed)
            level += 1
            made.append(MadeNode(self.size, level, hashed))
        self._peaks.append((level, hashed))
        return made

    def root(self) -> bytes:
        """The root over every leaf so far."""
        hashes = [hashed for _, hashed in self._peaks]
        if self._pending:
            hashes.append(root_of(self._pending))
        return joined(hashes) if hashes else EMPTY_ROOT


def frontier_parts(size: int) -> tuple[list[Subtree], range]:
    """What a frontier at `size` is restored from: its peaks, and the sequence numbers of its pending entries."""
    whole = size - size % GROUP
    return list(subtrees(0, whole)), range(whole + 1, size + 1)
