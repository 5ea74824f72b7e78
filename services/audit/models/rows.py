"""Entries as they come from the database in bulk, checked against what their bodies say without making objects of them.

The check is the one of `fault_of`: what a row must be is built from its body and compared byte for byte. Whatever is not
byte for byte the usual is looked at again, slowly, by `fault_of` itself, which decides and finds the words.
"""

import hashlib
import json
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic_core import from_json

from services.audit.models.entry import Entry, fault_of

COLUMNS: Final = (
    "seq, recorded_at, prev_hash, hash, body, happened_at, event_id, service, action, subject_type, subject_id, "
    "subject_seq, actor_id, actor_role, correlation_id, causation_id, trace_id, reason, changes"
)
_FIELDS = COLUMNS.count(",") + 1
_HEAD = struct.Struct(">hiqiqi32si32si")
_LENGTH, _SHORT, _LONG, _TWO_LONGS = (
    struct.Struct(">i"),
    struct.Struct(">ii"),
    struct.Struct(">iq"),
    struct.Struct(">qq"),
)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_SINCE_1970 = 946_684_800_000_000
_DAY, _SECOND = 86_400_000_000, 1_000_000
_NULL = _LENGTH.pack(-1)
_NO_CHANGES = _LENGTH.pack(3) + b"\x01[]"
_UUID_LENGTH = _LENGTH.pack(16)
_REMEMBERED = 4096


class _Words(dict[str, bytes]):
    """Texts that come again and again, as fields."""

    def __missing__(self, word: str) -> bytes:
        encoded = word.encode()
        field = _LENGTH.pack(len(encoded)) + encoded
        if len(self) < _REMEMBERED:
            self[word] = field
        return field


class _Actions(_Words):
    """The same for what stands in `type`, shortened to the action."""

    def __missing__(self, word: str) -> bytes:
        field = _Words()[word.removeprefix("sg.tms.").rpartition(".v")[0]]
        if len(self) < _REMEMBERED:
            self[word] = field
        return field


_words, _actions = _Words(), _Actions()


def _instant(text: str) -> bytes:
    since = datetime.fromisoformat(text) - _EPOCH
    return _LONG.pack(8, since.days * _DAY + since.seconds * _SECOND + since.microseconds)


def _uuid(text: str | None) -> bytes:
    return _NULL if text is None else _UUID_LENGTH + bytes.fromhex(text.replace("-", ""))


def _text(text: str | None) -> bytes:
    if text is None:
        return _NULL
    encoded = text.encode()
    return _LENGTH.pack(len(encoded)) + encoded


def _derived(document: dict[str, Any]) -> bytes:
    """The fields from `happened_at` to `reason` as they must come, given the event."""
    trace = document.get("traceparent")
    return b"".join(
        (
            _instant(document["time"]),
            _uuid(document["id"]),
            _words[document["source"].removeprefix("/tms/")],
            _actions[document["type"]],
            _words[document["aggtype"]],
            _uuid(document["aggid"]),
            _SHORT.pack(4, document["aggseq"]),
            _words[document["actorid"]],
            _words[document["actorrole"]],
            _uuid(document["correlationid"]),
            _uuid(document.get("causationid")),
            _NULL if trace is None else _text(trace.split("-")[1]),
            _text(document["data"].get("reason")),
        )
    )


class WrongEntry(Exception):
    """The row does not stand in the chain as it should."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(why)
        self.seq = seq
        self.why = why


class ChainReader:
    """Reads on from one link of the chain; what it hands out has been checked."""

    def __init__(self, next_seq: int, prev_hash: bytes) -> None:
        self.next_seq = next_seq
        self.prev_hash = prev_hash

    def read(self, rows: bytes) -> Iterator[bytes]:
        """The hash of each entry in the rows, in order; raises WrongEntry at the first that is wrong."""
        at, end, sha256 = 0, len(rows), hashlib.sha256
        while at < end:
            usual = self._usual(rows, at, sha256)
            if usual is None:
                at, hashed = self._slowly(rows, at)
            else:
                at, hashed = usual
            self.prev_hash = hashed
            self.next_seq += 1
            yield hashed

    def _usual(self, rows: bytes, at: int, sha256: Any) -> tuple[int, bytes] | None:
        """Where the next row begins and this one's hash, when the row is byte for byte as it must be; else None."""
        try:
            fields, _, seq, _, recorded, _, prev_hash, _, hashed, length = _HEAD.unpack_from(rows, at)
        except struct.error:
            return None
        if fields != _FIELDS or seq != self.next_seq or prev_hash != self.prev_hash or length < 0:
            return None
        begins = at + _HEAD.size
        ends = begins + length
        body = rows[begins:ends]
        sealed = prev_hash + _TWO_LONGS.pack(seq, recorded + _SINCE_1970) + sha256(body).digest()
        if sha256(sealed).digest() != hashed:
            return None
        try:
            document = from_json(body)
            derived, changes = _derived(document), document["data"].get("changes")
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, struct.error):
            return None
        if not rows.startswith(derived, ends):
            return None
        ends += len(derived)
        if not changes and rows.startswith(_NO_CHANGES, ends):
            return ends + len(_NO_CHANGES), hashed
        (length,) = _LENGTH.unpack_from(rows, ends)
        begins, ends = ends + 5, ends + 4 + length
        return (ends, hashed) if json.loads(rows[begins:ends]) == (changes or []) else None

    def _slowly(self, rows: bytes, at: int) -> tuple[int, bytes]:
        (count,) = struct.unpack_from(">h", rows, at)
        at += 2
        fields: list[bytes | None] = []
        for _ in range(count):
            (length,) = _LENGTH.unpack_from(rows, at)
            at += 4
            fields.append(None if length < 0 else rows[at : at + length])
            at += max(length, 0)
        entry = _entry(fields)
        fault = fault_of(entry, expected_seq=self.next_seq, prev_hash=self.prev_hash)
        if fault is not None:
            raise WrongEntry(self.next_seq, fault)
        return at, entry.hash


def _entry(fields: list[bytes | None]) -> Entry:
    names = COLUMNS.split(", ")
    values = {name: _READ.get(name, _as_text)(field) for name, field in zip(names, fields, strict=True)}
    return Entry(**values)


def _as_text(field: bytes | None) -> str | None:
    return None if field is None else field.decode()


def _as_uuid(field: bytes | None) -> UUID | None:
    return None if field is None else UUID(bytes=field)


def _as_int(field: bytes | None) -> int:
    return int.from_bytes(field or b"", "big", signed=True)


def _as_instant(field: bytes | None) -> datetime:
    return _EPOCH + timedelta(microseconds=_as_int(field))


def _as_bytes(field: bytes | None) -> bytes:
    return field or b""


def _as_json(field: bytes | None) -> Any:
    return json.loads((field or b"\x01[]")[1:])


_READ: Final[dict[str, Any]] = {
    "seq": _as_int,
    "subject_seq": _as_int,
    "recorded_at": _as_instant,
    "happened_at": _as_instant,
    "prev_hash": _as_bytes,
    "hash": _as_bytes,
    "event_id": _as_uuid,
    "subject_id": _as_uuid,
    "correlation_id": _as_uuid,
    "causation_id": _as_uuid,
    "changes": _as_json,
}


def read_nodes(rows: bytes) -> list[tuple[int, int, bytes]]:
    """Stored nodes (last_seq, level, hash) out of bulk rows."""
    found: list[tuple[int, int, bytes]] = []
    at, end = 0, len(rows)
    while at < end:
        _, _, last_seq, _, level, length = _NODE.unpack_from(rows, at)
        at += _NODE.size
        found.append((last_seq, level, rows[at : at + length]))
        at += length
    return found


_NODE = struct.Struct(">hiqihi")
