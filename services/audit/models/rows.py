"""Entries as they come from the database in bulk, checked against their bodies without making objects of them.

The check is the one of `fault_of`: what a row must be is built from its body and compared byte for byte. Whatever is
not byte for byte the usual is looked at again, slowly, by `fault_of` itself, which decides and finds the words.
"""

import hashlib
import json
import re
import struct
from binascii import unhexlify
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from services.audit.models.entry import Entry, fault_of

COLUMNS: Final = (
    "seq, recorded_at, prev_hash, hash, body, happened_at, event_id, service, action, subject_type, subject_id, "
    "subject_seq, actor_id, actor_role, correlation_id, causation_id, trace_id, reason, changes"
)
_FIELDS = COLUMNS.count(",") + 1
_HEAD = struct.Struct(">hiqiqi32si32si")
_LENGTH, _SHORT, _LONG = struct.Struct(">i"), struct.Struct(">ii"), struct.Struct(">iq")
_COUNT, _MICROSECONDS, _TWO_LONGS = struct.Struct(">h"), struct.Struct(">q"), struct.Struct(">qq")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_SINCE_1970 = 946_684_800_000_000
_DAY, _SECOND = 86_400_000_000, 1_000_000
_NULL = _LENGTH.pack(-1)
_NO_CHANGES = _LENGTH.pack(3) + b"\x01[]"
_UUID_LENGTH = _LENGTH.pack(16)
_JSON = json.JSONDecoder()
_MOST_REMEMBERED = 4096
K = TypeVar("K")


_ID, _WORD, _ANY = r"([0-9a-f-]{36})", r'([^"\\]*)', r'[^"\\]*'
_USUAL: Final = re.compile(
    rf"""
    {{"specversion":"1\.0","id":"{_ID}","source":"/tms/{_WORD}","type":"sg\.tms\.{_WORD}\.v\d+"
    ,"subject":"{_ANY}","partitionkey":"{_ANY}"
    ,"time":"(\d{{4}}-\d\d-\d\dT\d\d:\d\d):(\d\d)(?:\.(\d{{6}}))?Z"
    ,"datacontenttype":"{_ANY}","dataschema":"{_ANY}","aggtype":"{_WORD}","aggid":"{_ID}","aggseq":(\d+)
    ,"correlationid":"{_ID}"(?:,"causationid":"{_ID}")?,"actorid":"{_WORD}","actorrole":"{_WORD}"
    (?:,"traceparent":"[^"\\-]*-([^"\\-]*){_ANY}")?
    ,"data":{{(?:"reason":"{_WORD}",)?"changes":(\[\])?
    """.encode(),
    re.VERBOSE,
)
"""An envelope as `Envelope.to_bytes` writes it, down to the two fields every event's data begins with."""


class _Remembered(dict[K, bytes]):
    """What comes again and again, made once."""

    def __init__(self, make: Callable[[K], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> bytes:
        made = self._make(key)
        if len(self) < _MOST_REMEMBERED:
            self[key] = made
        return made


def _texts(texts: tuple[bytes, ...]) -> bytes:
    return b"".join(_LENGTH.pack(len(text)) + text for text in texts)


def _minute(text: bytes) -> bytes:
    since = datetime.fromisoformat(text.decode() + "Z") - _EPOCH
    return _MICROSECONDS.pack(since.days * _DAY + since.seconds * _SECOND)


_words, _minutes = _Remembered(_texts), _Remembered(_minute)


def _instant(minute: bytes, seconds: bytes, fraction: bytes | None) -> int:
    (began,) = _MICROSECONDS.unpack(_minutes[minute])
    return int(began) + int(seconds) * _SECOND + int(fraction or 0)


def _uuid(text: bytes | None) -> bytes:
    return _NULL if text is None else _UUID_LENGTH + unhexlify(text.replace(b"-", b""))


def _derived(usual: re.Match[bytes]) -> bytes:
    """The fields from `happened_at` to `reason` as they must come, given the event."""
    (
        event_id, service, action, minute, seconds, fraction, subject_type, subject_id, subject_seq,
        correlation_id, causation_id, actor_id, actor_role, trace_id, reason, _,
    ) = usual.groups()  # fmt: skip
    return b"".join(
        (
            _LONG.pack(8, _instant(minute, seconds, fraction)),
            _uuid(event_id),
            _words[service, action, subject_type],
            _uuid(subject_id),
            _SHORT.pack(4, int(subject_seq)),
            _words[actor_id, actor_role],
            _uuid(correlation_id),
            _uuid(causation_id),
            _NULL if trace_id is None else _LENGTH.pack(len(trace_id)) + trace_id,
            _NULL if reason is None else _LENGTH.pack(len(reason)) + reason,
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

    def read(self, rows: bytes, hashes: list[bytes]) -> None:
        """Add the hash of each entry in the rows, in order; raises WrongEntry at the first that is wrong."""
        at, end, sha256 = 0, len(rows), hashlib.sha256
        while at < end:
            after, hashed = self._usual(rows, at, sha256)
            if after is None:
                after, hashed = self._slowly(rows, at)
            at = after
            self.prev_hash = hashed
            self.next_seq += 1
            hashes.append(hashed)

    def _usual(self, rows: bytes, at: int, sha256: Any) -> tuple[int | None, bytes]:
        """Where the next row begins, and this one's hash; None when the row is not byte for byte as it usually is."""
        try:
            fields, _, seq, _, recorded, _, prev_hash, _, hashed, length = _HEAD.unpack_from(rows, at)
        except struct.error:
            return None, b""
        if fields != _FIELDS or seq != self.next_seq or prev_hash != self.prev_hash or length < 0:
            return None, b""
        begins = at + _HEAD.size
        ends = begins + length
        body = rows[begins:ends]
        sealed = prev_hash + _TWO_LONGS.pack(seq, recorded + _SINCE_1970) + sha256(body).digest()
        if sha256(sealed).digest() != hashed:
            return None, b""
        return _end_of(rows, ends, body), hashed

    def _slowly(self, rows: bytes, at: int) -> tuple[int, bytes]:
        after, entry = _entry_at(rows, at)
        fault = fault_of(entry, expected_seq=self.next_seq, prev_hash=self.prev_hash)
        if fault is not None:
            raise WrongEntry(self.next_seq, fault)
        return after, entry.hash


def read_entries(rows: bytes) -> Iterator[Entry]:
    """The entries in bulk rows, unchecked."""
    at, end = 0, len(rows)
    while at < end:
        at, entry = _entry_at(rows, at)
        yield entry


def _entry_at(rows: bytes, at: int) -> tuple[int, Entry]:
    """Where the next row begins, and this one's entry."""
    (count,) = _COUNT.unpack_from(rows, at)
    at += _COUNT.size
    fields: list[bytes | None] = []
    for _ in range(count):
        (length,) = _LENGTH.unpack_from(rows, at)
        at += _LENGTH.size
        fields.append(None if length < 0 else rows[at : at + length])
        at += max(length, 0)
    return at, _entry(fields)


def _end_of(rows: bytes, at: int, body: bytes) -> int | None:
    """Where the row ends whose searchable columns begin here, when they are what the body says in its usual form."""
    usual = _USUAL.match(body)
    if usual is None:
        return None
    try:
        derived = _derived(usual)
    except (ValueError, struct.error):
        return None
    if not rows.startswith(derived, at):
        return None
    at += len(derived)
    if usual[16] is not None:
        return at + len(_NO_CHANGES) if rows.startswith(_NO_CHANGES, at) else None
    return _end_of_changes(rows, at, body, usual.end())


def _end_of_changes(rows: bytes, at: int, body: bytes, told_at: int) -> int | None:
    """The same for changes, which Postgres keeps with its own blanks and order of keys."""
    (length,) = _LENGTH.unpack_from(rows, at)
    begins, ends = at + _LENGTH.size, at + _LENGTH.size + length
    try:
        told, _ = _JSON.raw_decode(body[told_at:].decode())
        return ends if json.loads(rows[begins + 1 : ends].decode()) == told else None
    except ValueError:
        return None


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
