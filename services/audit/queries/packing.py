"""An audit pack: entries with everything an outsider needs to check them, written to a temporary file."""

import asyncio
import hashlib
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO
from uuid import UUID

from libs.database.copying import copy_rows
from libs.database.unit_of_work import UnitOfWork
from services.audit.models import Checkpoint, Signer
from services.audit.models.instant import told_at
from services.audit.models.merkle import outside
from services.audit.models.pack import (
    FORMAT,
    README,
    VERIFIER,
    Member,
    canonical,
    checkpoint_document,
    directory,
    entry_line,
    keys_document,
    local_header,
    node_line,
    ranges,
)
from services.audit.models.rows import COLUMNS, read_entries
from services.audit.queries.checkpoints import list_keys
from services.audit.queries.tree import subtree_hashes

_CHOSEN = f"select {COLUMNS} from audit.entry where seq = any($1::bigint[]) order by seq"  # noqa: S608 - our own names
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Who took the entries out, when, and why."""

    export_id: UUID
    exported_by: str
    exported_at: datetime
    reason: str


class _Spool:
    """A member that may be large, on disk, with its sums."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the pack that holds it
        self.size = self.crc = 0
        self._sha256 = hashlib.sha256()

    def write(self, content: bytes) -> None:
        self.file.write(content)
        self.size += len(content)
        self.crc = zlib.crc32(content, self.crc)
        self._sha256.update(content)

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()


@dataclass(slots=True)
class Pack:
    """A pack ready to be sent, once; sending or closing it frees what it holds."""

    _parts: list[tuple[Member, bytes | IO[bytes]]] = field(default_factory=list)

    def add(self, name: str, content: bytes) -> None:
        self._parts.append((Member(name, len(content), zlib.crc32(content)), content))

    def add_spool(self, name: str, spool: _Spool) -> None:
        self._parts.append((Member(name, spool.size, spool.crc), spool.file))

    async def chunks(self) -> AsyncIterator[bytes]:
        """The archive, piece by piece."""
        try:
            for member, content in self._parts:
                yield local_header(member)
                if isinstance(content, bytes):
                    yield content
                    continue
                content.seek(0)
                while piece := await asyncio.to_thread(content.read, _CHUNK):
                    yield piece
            yield directory([member for member, _ in self._parts])
        finally:
            self.close()

    def close(self) -> None:
        for _, content in self._parts:
            if not isinstance(content, bytes):
                content.close()


async def pack_entries(
    uow: UnitOfWork, seqs: Sequence[int], checkpoint: Checkpoint, signer: Signer, occasion: Occasion, *, batch: int
) -> Pack:
    """The pack over these entries (ascending, all under the checkpoint). Raises TreeDamaged."""
    entries = _Spool()
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


def _write_entries(spool: _Spool, rows: bytes) -> None:
    spool.write(b"".join(_lines(entry_line(entry) for entry in read_entries(rows))))


async def _nodes(uow: UnitOfWork, seqs: Sequence[int], checkpoint: Checkpoint) -> bytes:
    """The subtrees that hold none of the entries and complete the tree around them, left to right."""
    wanted = list(outside([seq - 1 for seq in seqs], checkpoint.tree_size))
    known = await subtree_hashes(uow, wanted)
    return b"".join(_lines(node_line(subtree, known[subtree]) for subtree in wanted))


def _lines(contents: Iterator[bytes]) -> Iterator[bytes]:
    return (content + b"\n" for content in contents)
