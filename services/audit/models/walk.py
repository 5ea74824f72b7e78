"""One walk along the log that recomputes everything: links, columns, tree nodes, and the roots that were signed."""

from collections import deque
from collections.abc import Sequence

from services.audit.models.checkpoint import Checkpoint
from services.audit.models.merkle import Frontier, MadeNode, leaf_hash
from services.audit.models.rows import ChainReader, WrongEntry
from services.audit.models.verdict import Fault, Part


class Walk:
    """Goes on from an entry, with the tree as it stood before it. Stops at the first fault.

    `sealed` is the size of the newest checkpoint: stored nodes are owed up to there and not beyond. `checkpoints` are
    those the walk will pass, by size.
    """

    def __init__(
        self, reader: ChainReader, frontier: Frontier, *, sealed: int = 0, checkpoints: Sequence[Checkpoint] = ()
    ) -> None:
        self.reader = reader
        self.frontier = frontier
        self.fault: Fault | None = None
        self.nodes = 0
        self.met: list[Checkpoint] = []
        self._sealed = sealed
        self._ahead = deque(checkpoints)
        self._suspect: Fault | None = None
        self._denied: Checkpoint | None = None

    def extend(self, rows: bytes) -> list[MadeNode]:
        """Take entries that follow; answers every node that became complete. Raises WrongEntry."""
        hashes: list[bytes] = []
        try:
            self.reader.read(rows, hashes)
        finally:
            made = self._grow([leaf_hash(hashed) for hashed in hashes])
        return made

    def _grow(self, leaves: list[bytes]) -> list[MadeNode]:
        """Add leaves, and look at the root wherever it was signed."""
        made: list[MadeNode] = []
        while self._ahead and self._ahead[0].tree_size <= self.frontier.size + len(leaves):
            checkpoint = self._ahead.popleft()
            many = checkpoint.tree_size - self.frontier.size
            made += self.frontier.extend(leaves[:many])
            del leaves[:many]
            self._meet(checkpoint)
        return made + self.frontier.extend(leaves)

    def compare(self, rows: bytes, stored: Sequence[tuple[int, int, bytes]], last_seq: int) -> None:
        """Take the entries up to `last_seq`, and the stored nodes whose last entry is among them."""
        try:
            made = self.extend(rows)
        except WrongEntry as wrong:
            self._stop(Fault(wrong.seq, Part.ENTRY, wrong.why))
            return
        if self.reader.next_seq <= last_seq:
            missing = self.reader.next_seq
            self._stop(Fault(missing, Part.ENTRY, f"entry {missing} is missing"))
            return
        owed = [node for node in made if node.last_seq <= self._sealed]
        self.nodes += len(owed)
        if owed != list(stored) and self._suspect is None:
            self._suspect = _difference(owed, stored)
        if self._denied is not None:
            self.fault = self._rewritten(self._denied)

    def _stop(self, fault: Fault) -> None:
        """End at this fault, unless a signed root was already missed before it."""
        self.fault = fault if self._denied is None else min(fault, self._rewritten(self._denied))

    def end(self) -> None:
        """No more entries follow. A node that differs while every signed root held is itself what is wrong."""
        found = [fault for fault in (self.fault, self._suspect) if fault is not None]
        self.fault = min(found, default=None)

    def _meet(self, checkpoint: Checkpoint) -> None:
        if self.frontier.root() == checkpoint.root_hash:
            self.met.append(checkpoint)
        elif self._denied is None:
            self._denied = checkpoint

    def _rewritten(self, denied: Checkpoint) -> Fault:
        """Links and columns hold and the signed root does not: from some entry on, the log was written anew."""
        first = denied.previous_size + 1
        if self._suspect is not None:
            first = max(first, self._suspect.seq)
        why = f"the entries up to {denied.tree_size} are not those that checkpoint {denied.tree_size} signed"
        return Fault(first, Part.CHECKPOINT, why)


def _difference(owed: Sequence[MadeNode], stored: Sequence[tuple[int, int, bytes]]) -> Fault:
    """The first place where the stored nodes are not those the entries give."""
    expected, found = {node[:2]: node[2] for node in owed}, {node[:2]: node[2] for node in stored}
    last_seq, level = min(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    first = max(1, last_seq - (1 << min(max(level, 0), 62)) + 1)
    why = f"the stored node of level {level} over entries {first} to {last_seq} is not what these entries give"
    return Fault(first, Part.NODE, why)
