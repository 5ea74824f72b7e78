"""An audit pack: entries with everything an outsider needs to check them, written to a temporary file."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.database.copying import copy_rows
from libs.database.unit_of_work import UnitOfWork
from libs.packs.archive import Pack, Spool
from libs.packs.canonical import canonical
from services.audit.models import Checkpoint, Signer
from services.audit.models.instant import told_at
from services.audit.models.merkle import outside
from services.audit.models.pack import (
    FORMAT,
    README,
    VERIFIER,
    checkpoint_document,
    entry_line,
    keys_document,
    node_line,
    ranges,
)
from services.audit.models.rows import COLUMNS, read_entries
from services.audit.queries.checkpoints import list_keys
from services.audit.queries.tree import subtree_hashes

_CHOSEN = f"select {COLUMNS} from audit.entry where seq = any($1::bigint[]) order by seq"  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Who took the entries out, when, and why."""

    export_id: UUID
    exported_by: str
    exported_at: datetime
    reason: str


async def pack_entries(
    uow: UnitOfWork, seqs: Sequence[int], checkpoint: Checkpoint, signer: Signer, occasion: Occasion, *, batch: int
) -> Pack:
    """The pack over these entries (ascending, all under the checkpoint). Raises TreeDamaged."""
    entries = Spool()
    for start in range(0, len(seqs), batch):
        rows = await copy_rows(uow, _CHOSEN, list(seqs[start : start + batch]))
        await asyncio.to_thread(_write_entries, entries, rows)
    small = {
        "checkpoint.json": checkpoint_document(checkpoint),
        "keys.json": keys_document(await list_keys(uow)),
        "nodes.jsonl": await _nodes(uow, seqs, checkpoint),
        "verify.py": VERIFIER,
        "README.txt": README,
    }
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in small.items()}
    manifest = canonical(
        {
            "format": FORMAT,
            "export_id": str(occasion.export_id),
            "exported_by": occasion.exported_by,
            "exported_at": told_at(occasion.exported_at),
            "reason": occasion.reason,
            "count": len(seqs),
            "ranges": ranges(seqs),
            "tree_size": checkpoint.tree_size,
            "key_id": str(signer.key.id),
            "sha256": {**sums, "entries.jsonl": entries.sha256},
        }
    )
    pack = Pack()
    pack.add("manifest.json", manifest)
    pack.add("manifest.sig", signer.sign(manifest))
    for name in ("checkpoint.json", "keys.json", "nodes.jsonl"):
        pack.add(name, small[name])
    pack.add_spool("entries.jsonl", entries)
    for name in ("verify.py", "README.txt"):
        pack.add(name, small[name])
    return pack


def _write_entries(spool: Spool, rows: bytes) -> None:
    spool.write(b"".join(_lines(entry_line(entry) for entry in read_entries(rows))))


async def _nodes(uow: UnitOfWork, seqs: Sequence[int], checkpoint: Checkpoint) -> bytes:
    """The subtrees that hold none of the entries and complete the tree around them, left to right."""
    wanted = list(outside([seq - 1 for seq in seqs], checkpoint.tree_size))
    known = await subtree_hashes(uow, wanted)
    return b"".join(_lines(node_line(subtree, known[subtree]) for subtree in wanted))


def _lines(contents: Iterator[bytes]) -> Iterator[bytes]:
    return (content + b"\n" for content in contents)
