"""One way to write an archive: a ZIP without compression in which no byte is free to differ, so that any change shows.

`infra/audit_verifier` holds an archive against this form, byte for byte.
"""

import asyncio
import hashlib
import struct
import tempfile
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Final, NamedTuple

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_VERSION, _NEW_YEAR_1980 = 20, 33
_CHUNK = 256 * 1024


class Member(NamedTuple):
    """One file of the archive, without its content."""

    name: str
    size: int
    crc: int


def local_header(member: Member) -> bytes:
    """What stands before a file's content in the archive."""
    name = member.name.encode()
    sizes = (member.crc, member.size, member.size, len(name), 0)
    return _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, 0, _NEW_YEAR_1980, *sizes) + name


def directory(members: Sequence[Member]) -> bytes:
    """What ends the archive."""
    at, listed = 0, b""
    for member in members:
        name = member.name.encode()
        sizes = (member.crc, member.size, member.size, len(name))
        head = (b"PK\x01\x02", _VERSION, _VERSION, 0, 0, 0, _NEW_YEAR_1980)
        listed += _CENTRAL.pack(*head, *sizes, 0, 0, 0, 0, 0, at) + name
        at += _LOCAL.size + len(name) + member.size
    return listed + _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(listed), at, 0)


class Spool:
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
    """An archive ready to be sent, once; sending or closing it frees what it holds."""

    _parts: list[tuple[Member, bytes | IO[bytes]]] = field(default_factory=list)

    def add(self, name: str, content: bytes) -> None:
        self._parts.append((Member(name, len(content), zlib.crc32(content)), content))

    def add_spool(self, name: str, spool: Spool) -> None:
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
