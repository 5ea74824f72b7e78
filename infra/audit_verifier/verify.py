"""Checks an audit pack or an evidence pack without the system it came from: `python verify.py pack.zip [--key HEX]`.

One file, the standard library and the package `cryptography`. It says what it checked, names the first wrong entry or
part, and ends with 1 when anything at all is wrong.

    audit pack      entries of the log, proven to stand in a tree whose root was signed
    evidence pack   what the system states of one course run, vouched for by the same key, with an audit pack inside:
                    every fact told of the run is in that, and what is stated is what those facts tell

    link       hash(n) = SHA-256( hash(n-1) | n as 8 bytes | recorded_at in microseconds as 8 bytes | SHA-256(body) )
    tree       leaf(n) = SHA-256( 0x00 | hash(n) ),  node = SHA-256( 0x01 | left | right ), shaped after RFC 6962
    signatures Ed25519 over the statements of checkpoint, keys and attestation, and over an audit pack's manifest.json

An archive is written in one way only, without compression, so that no byte of it is free to differ.
"""

import argparse
import hashlib
import json
import struct
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT, EVIDENCE = "hawker-boys-tms/audit-pack/v1", "hawker-boys-tms/evidence-pack/v1"
MEMBERS = (
    *("manifest.json", "manifest.sig", "checkpoint.json", "keys.json", "nodes.jsonl", "entries.jsonl"),
    *("verify.py", "README.txt"),
)
STATEMENTS = (
    *("run.json", "enrolments.json", "register.json", "results.json", "submissions.json", "duties.json"),
    "decisions.json",
)
EVIDENCE_MEMBERS = (
    *("manifest.json", "attestation.json", "index.html", *STATEMENTS, "audit.zip", "verify.py", "README.txt"),
)
SEALED = {"seq", "recorded_at", "prev_hash", "hash", "body"}
"""What an entry holds beside what its body tells."""
PARTS = ("entries", "nodes", "stated", "keys", "checkpoint", "attestation", "manifest", "archive")
"""Where a fault can lie, the most telling first."""

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Findings:
    """What was found wrong, and what was looked at."""

    wrong: list[tuple[int, int, str]] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)

    def add(self, part: str, why: str, seq: int = 0) -> None:
        self.wrong.append((PARTS.index(part), seq, f"entry {seq}: {why}" if seq else f"{part}: {why}"))

    def state(self, member: str, why: str) -> None:
        """What a member of an evidence pack states is not what is told."""
        self.wrong.append((PARTS.index("stated"), STATEMENTS.index(member), f"{member}: {why}"))

    def take(self, inner: "Findings", member: str) -> None:
        """What was found about a pack inside this one."""
        self.wrong += [(part, seq, f"{member}: {why}") for part, seq, why in inner.wrong]
        self.checked += inner.checked

    def told(self) -> list[str]:
        """The faults, the most telling first."""
        return [why for _, _, why in sorted(set(self.wrong))]


class Unreadable(ValueError):
    """Bytes that are not what this place must hold."""


def require(holds: bool, why: str) -> None:
    """Raise Unreadable with these words unless it holds."""
    if not holds:
        raise Unreadable(why)


def canonical(value: Any) -> bytes:
    """The one way JSON is written here."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parsed(data: bytes) -> Any:
    """The JSON in `data`, which must be written canonically; raises Unreadable."""
    try:
        value = json.loads(data.decode())
        same = canonical(value) == data
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is no JSON") from error
    if not same:
        raise Unreadable("it is not written the one way a pack is written")
    return value


# ------------------------------------------------------------------------------------------------ the archive
def local_header(name: str, size: int, crc: int) -> bytes:
    encoded = name.encode()
    return _LOCAL.pack(b"PK\x03\x04", 20, 0, 0, 0, 33, crc, size, size, len(encoded), 0) + encoded


def directory(members: list[tuple[str, int, int]]) -> bytes:
    """What ends the archive; `members` are name, size and checksum in order."""
    at, listed = 0, b""
    for name, size, crc in members:
        encoded = name.encode()
        listed += _CENTRAL.pack(
            b"PK\x01\x02", 20, 20, 0, 0, 0, 33, crc, size, size, len(encoded), 0, 0, 0, 0, 0, at
        )  # fmt: skip
        listed += encoded
        at += _LOCAL.size + len(encoded) + size
    return listed + _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(listed), at, 0)


def unpacked(pack: bytes, names: tuple[str, ...], findings: Findings) -> dict[str, bytes]:
    """The members of a pack, those that are missing empty; whatever in it is not as it must be is noted."""
    members = _split(pack, names, findings)
    for name in names:
        if name not in members:
            findings.add("archive", f"{name} is missing")
            members[name] = b""
    return members


def _split(pack: bytes, names: tuple[str, ...], findings: Findings) -> dict[str, bytes]:
    members: dict[str, bytes] = {}
    summary: list[tuple[str, int, int]] = []
    at = 0
    for name in names:
        try:
            header = _LOCAL.unpack_from(pack, at)
        except struct.error:
            findings.add("archive", f"it ends before {name}")
            return members
        size, begins = header[8], at + _LOCAL.size + len(name.encode())
        content = pack[begins : begins + size]
        crc = zlib.crc32(content)
        if pack[at:begins] != local_header(name, len(content), crc):
            findings.add("archive", f"{name} or the header before it was changed: they do not fit")
        members[name] = content
        summary.append((name, len(content), crc))
        at = begins + len(content)
    if pack[at:] != directory(summary):
        findings.add("archive", "its directory does not fit its content")
    return members


# ------------------------------------------------------------------------------------------------ signatures
def is_signed(statement: bytes, signature: bytes, public_key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def unhexed(value: Any) -> bytes:
    """Bytes of lower-case hex; raises Unreadable."""
    try:
        data = bytes.fromhex(value)
    except (TypeError, ValueError) as error:
        raise Unreadable("a hash, key or signature is not in hex") from error
    if data.hex() != value:
        raise Unreadable("a hash, key or signature is not in lower-case hex")
    return data


def key_statement(key: dict[str, Any]) -> bytes:
    parts = ("id", "number", "public_key", "made_at")
    told = [str(key[part]) for part in parts] + [key["previous_id"] or "-"]
    return "\n".join(["hawker-boys-tms/audit-key/v1", *told]).encode()


def checkpoint_statement(checkpoint: dict[str, Any]) -> bytes:
    parts = ("id", "tree_size", "root_hash", "made_at", "previous_size", "previous_digest", "key_id")
    return "\n".join(["hawker-boys-tms/audit-checkpoint/v1", *(str(checkpoint[part]) for part in parts)]).encode()


def check_keys(data: bytes, findings: Findings) -> dict[str, bytes]:
    """Public keys by id, as far as each is introduced by the one before it."""
    known: dict[str, bytes] = {}
    try:
        previous: tuple[str, bytes] | None = None
        for number, key in enumerate(parsed(data), 1):
            public = unhexed(key["public_key"])
            endorser = previous[1] if previous else public
            expected = (
                number,
                str(UUID(bytes=hashlib.sha256(public).digest()[:16])),
                previous[0] if previous else None,
            )
            told = (key["number"], key["id"], key["previous_id"])
            require(told == expected, f"key {number} is not the one that was introduced")
            signed = is_signed(key_statement(key), unhexed(key["endorsement"]), endorser)
            require(signed, f"the introduction of key {number} is not signed by the key before it")
            known[key["id"]] = public
            previous = key["id"], public
    except (Unreadable, KeyError, TypeError, AttributeError) as error:
        findings.add("keys", _words(error))
    return known


def check_checkpoint(data: bytes, keys: dict[str, bytes], findings: Findings) -> dict[str, Any] | None:
    """The signed statement the pack is about, when it can be read."""
    try:
        checkpoint: dict[str, Any] = parsed(data)
        statement, signature = checkpoint_statement(checkpoint), unhexed(checkpoint["signature"])
        signed = is_signed(statement, signature, keys.get(checkpoint["key_id"], b""))
        require(signed, "it does not say what was signed, or nobody known signed it")
    except (Unreadable, KeyError, TypeError, AttributeError) as error:
        findings.add("checkpoint", _words(error))
        return None
    return checkpoint


# ------------------------------------------------------------------------------------------------ manifest
def check_manifest(members: dict[str, bytes], keys: dict[str, bytes], findings: Findings) -> dict[str, Any] | None:
    """What the pack says it holds, when it can be read; each member is held against it."""
    try:
        manifest: dict[str, Any] = parsed(members["manifest.json"])
        require(manifest["format"] == FORMAT, f"its format is not {FORMAT}")
        if not is_signed(members["manifest.json"], members["manifest.sig"], keys.get(manifest["key_id"], b"")):
            findings.add("manifest", "it is not what was signed")
        for name in MEMBERS[2:]:
            if hashlib.sha256(members[name]).hexdigest() != manifest["sha256"][name]:
                findings.add("manifest", f"{name} is not the file that was packed")
    except (Unreadable, KeyError, TypeError, AttributeError) as error:
        findings.add("manifest", _words(error))
        return None
    return manifest


def expected_seqs(manifest: dict[str, Any] | None, at_most: int) -> list[int]:
    """The first so many entries the pack says it holds, in order; none when it cannot be read."""
    try:
        ranges = [range(first, last + 1) for first, last in (manifest or {}).get("ranges", [])]
        return list(islice(chain.from_iterable(ranges), at_most))
    except (TypeError, ValueError):
        return []


# ------------------------------------------------------------------------------------------------ entries and tree
def derived(body: str) -> dict[str, Any]:
    """What an entry tells beside its body: all of it stands in the body."""
    event = json.loads(body)
    trace = event.get("traceparent")
    return {
        "happened_at": written(datetime.fromisoformat(event["time"])),
        "event_id": event["id"],
        "service": event["source"].removeprefix("/tms/"),
        "action": event["type"].removeprefix("sg.tms.").rpartition(".v")[0],
        "subject_type": event["aggtype"],
        "subject_id": event["aggid"],
        "subject_seq": event["aggseq"],
        "actor_id": event["actorid"],
        "actor_role": event["actorrole"],
        "correlation_id": event["correlationid"],
        "causation_id": event.get("causationid"),
        "trace_id": trace.split("-")[1] if trace else None,
        "reason": event["data"].get("reason"),
        "changes": event["data"].get("changes", []),
    }


def written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(prev_hash: bytes, seq: int, recorded_at: str, body: str) -> bytes:
    since = datetime.fromisoformat(recorded_at) - _EPOCH
    when = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    digest = hashlib.sha256(body.encode()).digest()
    return hashlib.sha256(prev_hash + seq.to_bytes(8, "big") + when.to_bytes(8, "big") + digest).digest()


def fault_of_entry(line: bytes, seq: int, prev_hash: bytes | None) -> tuple[str | None, bytes | None]:
    """Why this line is not entry `seq`, or None; and the hash it claims, when it can be read."""
    hashed = None
    try:
        entry = parsed(line)
        hashed = unhexed(entry["hash"])
        require(entry["seq"] == seq, f"it says it is entry {entry['seq']}")
        require(prev_hash in (None, unhexed(entry["prev_hash"])), "it does not follow the entry before it")
        require(_is_linked(entry), "its body, time or hash was changed")
        told = derived(entry["body"])
        require(entry.keys() == told.keys() | SEALED, "it has other fields than an entry has")
        for name, value in sorted(told.items()):
            require(entry[name] == value, f"its {name} is not what its body says")
    except Unreadable as error:
        return str(error), hashed
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        return f"it cannot be read: {_words(error)}", hashed
    return None, hashed


def _is_linked(entry: dict[str, Any]) -> bool:
    recorded_at = entry["recorded_at"]
    linked = link(unhexed(entry["prev_hash"]), entry["seq"], recorded_at, entry["body"])
    told: bool = linked.hex() == entry["hash"] and written(datetime.fromisoformat(recorded_at)) == recorded_at
    return told


def check_entries(data: bytes, manifest: dict[str, Any] | None, findings: Findings) -> dict[int, bytes]:
    """The leaf of each entry by position."""
    leaves: dict[int, bytes] = {}
    lines = data.split(b"\n")
    if lines[-1]:
        findings.add("entries", "the last line is cut off")
    del lines[-1]
    seqs = expected_seqs(manifest, len(lines) + 1)
    before: tuple[int, bytes | None] = (0, bytes(32))
    for seq, line in zip(seqs, lines, strict=False):
        why, hashed = fault_of_entry(line, seq, before[1] if before[0] == seq - 1 else None)
        if why is not None:
            findings.add("entries", why, seq)
        if hashed is not None:
            leaves[seq - 1] = hashlib.sha256(b"\x00" + hashed).digest()
        before = seq, hashed
    for seq in seqs[len(lines) :][:1]:
        findings.add("entries", "it is missing", seq)
    if len(lines) > len(seqs):
        findings.add("entries", f"there are {len(lines) - len(seqs)} more than the manifest tells")
    return leaves


def check_tree(data: bytes, leaves: dict[int, bytes], checkpoint: dict[str, Any], findings: Findings) -> None:
    """Entries and nodes together must give the signed root."""
    used: set[tuple[int, int]] = set()
    try:
        nodes = read_nodes(data)
        root = tree_root(0, checkpoint["tree_size"], leaves, nodes, used)
        require(root.hex() == checkpoint["root_hash"], "entries and nodes do not give the root that was signed")
        require(used == nodes.keys(), "there are nodes that nothing needs")
    except (Unreadable, TypeError) as error:
        findings.add("nodes", _words(error))


def read_nodes(data: bytes) -> dict[tuple[int, int], bytes]:
    """Hashes by level and index; raises Unreadable, which names the line."""
    nodes: dict[tuple[int, int], bytes] = {}
    *lines, rest = data.split(b"\n")
    require(not rest, "the last line is cut off")
    for number, line in enumerate(lines, 1):
        try:
            node = parsed(line)
            require(node.keys() == {"level", "index", "hash"}, "it has other fields than a node has")
            nodes[node["level"], node["index"]] = unhexed(node["hash"])
        except (Unreadable, TypeError, AttributeError) as error:
            raise Unreadable(f"line {number}: {_words(error)}") from error
    return nodes


def tree_root(
    first: int, end: int, leaves: dict[int, bytes], nodes: dict[tuple[int, int], bytes], used: set[tuple[int, int]]
) -> bytes:
    """The root over leaves `first` to `end - 1`; raises Unreadable where neither entry nor node tells."""
    size = end - first
    if size & (size - 1) == 0:
        place = (size.bit_length() - 1, first // size)
        if place in nodes:
            used.add(place)
            return nodes[place]
    if size == 1:
        if first not in leaves:
            raise Unreadable(f"nothing tells of entry {first + 1}")
        return leaves[first]
    split = first + (1 << ((size - 1).bit_length() - 1))
    left = tree_root(first, split, leaves, nodes, used)
    return hashlib.sha256(b"\x01" + left + tree_root(split, end, leaves, nodes, used)).digest()


# ------------------------------------------------------------------------------------------------ an audit pack
def _words(error: Exception) -> str:
    return f"there is no {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__


@dataclass
class AuditPack:
    """What was found about an audit pack, the keys that vouch for it, and its entries as they stand there."""

    findings: Findings
    keys: dict[str, bytes]
    lines: list[bytes]


def check_audit(pack: bytes) -> AuditPack:
    """Everything about an audit pack."""
    findings = Findings()
    members = unpacked(pack, MEMBERS, findings)
    keys = check_keys(members["keys.json"], findings)
    manifest = check_manifest(members, keys, findings)
    checkpoint = check_checkpoint(members["checkpoint.json"], keys, findings)
    leaves = check_entries(members["entries.jsonl"], manifest, findings)
    if checkpoint is not None:
        check_tree(members["nodes.jsonl"], leaves, checkpoint, findings)
        size, made_at = checkpoint["tree_size"], checkpoint["made_at"]
        findings.checked.append(f"{len(leaves)} entries: link, body and every field of each")
        findings.checked.append(f"their place in a tree of {size} entries, root signed at {made_at}")
    findings.checked.append(f"{len(keys)} key(s), each introduced by the one before it; manifest and archive")
    findings.checked += [f"key {name}: {public.hex()}" for name, public in keys.items()]
    return AuditPack(findings, keys, members["entries.jsonl"].split(b"\n")[:-1])


# ------------------------------------------------------------------------------------------------ what entries tell
class Entry(NamedTuple):
    """One fact of the extract, and what it said."""

    seq: int
    at: datetime
    action: str
    subject: tuple[str, str]
    number: int
    event_id: str
    actor: str
    role: str
    reason: str | None
    correlation_id: str
    data: dict[str, Any]


class Told:
    """The facts of the extract, of each record in the order in which its owner told them."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.entries = [entry for line in lines if (entry := _read_entry(line)) is not None]
        self.by_seq = {entry.seq: entry for entry in self.entries}
        self.by_event = {entry.event_id: entry for entry in self.entries}
        self._of: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in sorted(self.entries, key=lambda entry: entry.number):
            self._of[entry.subject].append(entry)

    def of(self, kind: str, record_id: str, *actions: str) -> list[Entry]:
        """What was told of one record, oldest first; of these actions alone when some are named."""
        found = self._of.get((kind, record_id), [])
        return [entry for entry in found if not actions or entry.action.partition(".")[2] in actions]

    def subjects(self) -> Iterator[tuple[str, str]]:
        yield from self._of


def _read_entry(line: bytes) -> Entry | None:
    """None for what cannot be read, which the audit pack's own check has named."""
    try:
        one = json.loads(line)
        return Entry(
            *(one["seq"], datetime.fromisoformat(one["happened_at"]), one["action"]),
            *((one["subject_type"], one["subject_id"]), one["subject_seq"], one["event_id"]),
            *(one["actor_id"], one["actor_role"], one["reason"], one["correlation_id"]),
            json.loads(one["body"])["data"],
        )
    except (ValueError, KeyError, TypeError):
        return None


def same(stated: Any, told: Any) -> bool:
    """Whether two values say the same: instants in any zone; what is absent, empty and no are one."""
    if isinstance(stated, dict) and isinstance(told, dict):
        return all(same(stated.get(name), told.get(name)) for name in stated.keys() | told.keys())
    if isinstance(stated, list) and isinstance(told, list):
        return len(stated) == len(told) and all(same(*pair) for pair in zip(stated, told, strict=True))
    if isinstance(stated, str) and isinstance(told, str) and stated != told:
        return _instant(stated) is not None and _instant(stated) == _instant(told)
    return bool(stated == told) or (not stated and not told)


def _instant(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo is not None else None


def near(stated: Any, told: datetime) -> bool:
    """Whether an instant is that of the transaction in which a fact was told."""
    at = _instant(stated)
    return at is not None and abs(at - told) < timedelta(minutes=1)


def differing(stated: dict[str, Any], told: dict[str, Any]) -> Iterator[str]:
    """The names of what is stated otherwise than it is told, with both."""
    for name in sorted(stated.keys() | told.keys()):
        if not same(stated.get(name), told.get(name)):
            yield f"its {name} is stated as {stated.get(name)!r} and told as {told.get(name)!r}"


# ------------------------------------------------------------------------------------------------ what is stated
Faults = Iterator[str]
NOBODY = {"system", "service", "none"}
ENDED_BY = {
    "succeeded": "sync.succeeded",
    "rejected": "sync.rejected",
    "dead_lettered": "sync.dead_lettered",
    "cancelled": "sync.discarded",
}
"""What must be told of a job in this state."""


def newest(told: list[Entry], what: str, part: str, stated: dict[str, Any], *but: str) -> Faults:
    """The newest fact about a record says the same of it, but for these names."""
    if not told:
        yield f"{what}: no entry tells of it"
        return
    fact = told[-1].data.get(part, {})
    kept = [{name: value for name, value in each.items() if name not in but} for each in (stated, fact)]
    for why in differing(*kept):
        yield f"{what}: {why} in entry {told[-1].seq}"


def paired(what: str, stated: list[dict[str, Any]], told: list[Entry], fields: Callable[..., dict[str, Any]]) -> Faults:
    """Each change that is stated is one entry, in the same order; `fields` says what an entry tells of it."""
    if len(stated) != len(told):
        yield f"{what}: {len(stated)} changes are stated, {len(told)} are told"
    for number, (change, entry) in enumerate(zip(stated, told, strict=False), 1):
        expected = fields(entry)
        for why in differing({name: change.get(name) for name in expected}, expected):
            yield f"{what}, change {number}: {why} in entry {entry.seq}"


def stated_run(document: dict[str, Any], told: Told) -> Faults:
    yield from newest(told.of("run", document["run_id"]), "the run", "run", document["fact"])


def stated_enrolments(document: dict[str, Any], told: Told) -> Faults:
    for place in document.get("places", []):
        what = f"enrolment {place['enrolment_id']}"
        yield from newest(told.of("enrolment", place["enrolment_id"]), what, "enrolment", place["fact"])
        judged = told.of("enrolment", place["enrolment_id"], "funding_judged")
        if place.get("fundable") is None:
            continue
        stated = {"fundable": place["fundable"], "causes": place.get("funding_causes")}
        fact = judged[-1].data if judged else {}
        for why in differing(stated, {name: fact.get(name) for name in stated}):
            yield f"{what}: {why}"


def stated_register(document: dict[str, Any], told: Told) -> Faults:
    for mark in document.get("marks", []):
        yield from _mark(mark, told)
    for sheet in document.get("sheets", []):
        yield from _sheet(sheet, told.of("attendance_sheet", sheet["session_id"]))
    for rate in document.get("rates", []):
        what = f"rate of enrolment {rate['enrolment_id']}"
        changed = told.of("attendance_rate", rate["enrolment_id"], "changed")
        fact = {name: changed[-1].data.get(name) for name in rate} if changed else {}
        for why in differing(rate, fact):
            yield f"{what}: {why}"


def _mark(mark: dict[str, Any], told: Told) -> Faults:
    what, entries = f"mark {mark['attendance_id']}", told.of("attendance", mark["attendance_id"])
    revisions = mark.get("revisions", [])
    if not entries:
        if mark["fact"]["state"] != "unmarked" or revisions:
            yield f"{what}: it is stated as {mark['fact']['state']}, and no entry tells of it"
        return
    changes = [entry for entry in entries if entry.action != "attendance.sync_recorded"]
    yield from paired(what, revisions, changes, _revision)
    for number, (revision, entry) in enumerate(zip(revisions, changes, strict=False), 1):
        if not near(revision["recorded_at"], entry.at):
            at = revision["recorded_at"]
            yield f"{what}, change {number}: it is stated at {at}, entry {entry.seq} is of another time"
    yield from newest(entries, what, "attendance", mark["fact"], "revision")
    if not same(mark["fact"].get("revision"), revisions[-1]["number"] if revisions else None):
        yield f"{what}: its revision is not that of its last change"


def _revision(entry: Entry) -> dict[str, Any]:
    fact = entry.data["attendance"]
    told = {name: fact.get(name) for name in ("state", "method", "minutes_credited", "enrolment_id")}
    told |= {"action": entry.action, "number": fact["revision"], "correlation_id": entry.correlation_id}
    if entry.reason is not None:
        told["reason"] = entry.reason
    return told | {"actor_id": entry.actor, "actor_role": entry.role}


def _sheet(sheet: dict[str, Any], entries: list[Entry]) -> Faults:
    what = f"sheet of session {sheet['session_id']}"
    if not entries:
        yield f"{what}: no entry tells of it"
        return
    last = entries[-1]
    if sheet["state"] != ("locked" if last.action == "attendance_sheet.locked" else "open"):
        yield f"{what}: it is stated as {sheet['state']}, entry {last.seq} tells {last.action}"
    elif sheet["state"] == "locked" and not (sheet["locked_by"] == last.actor and near(sheet["locked_at"], last.at)):
        yield f"{what}: who locked it, or when, is not what entry {last.seq} tells"


def stated_results(document: dict[str, Any], told: Told) -> Faults:
    for result in document.get("results", []):
        what, entries = f"assessment {result['assessment_id']}", told.of("assessment", result["assessment_id"])
        yield from newest(entries, what, "assessment", result["fact"])
        changes = told.of("assessment", result["assessment_id"], "finalised", "amended", "voided")
        yield from paired(what, result.get("revisions", []), changes, _result_revision)
        for override in result.get("overrides", []):
            yield from _override(what, override, entries)
        for proposal in result.get("proposals", []):
            yield from _proposal(what, proposal, entries)
    for outcome in document.get("outcomes", []):
        changed = told.of("assessment_outcome", outcome["enrolment_id"])
        fact = changed[-1].data if changed else {}
        for name in ("decided", "passed"):
            if not same(outcome[name], fact.get(name)):
                yield f"outcome of enrolment {outcome['enrolment_id']}: {name} is not what was told"
    for certificate in document.get("certificates", []):
        actions = {entry.action for entry in told.of("certificate", certificate["certificate_id"])}
        expected = {"certificate.issued"} | ({"certificate.revoked"} if certificate["status"] == "revoked" else set())
        if actions != expected:
            yield f"certificate {certificate['certificate_id']}: it is stated as {certificate['status']}, not so told"


def _result_revision(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.action.partition(".")[2],
        "number": entry.data["assessment"]["revision"],
        "fields": [change["field"] for change in entry.data.get("changes", [])],
        "rule_version": entry.data["assessment"]["rule_version"],
        "reason": entry.reason,
        "proposal_id": entry.data.get("proposal_id"),
        "made_by": entry.actor,
        "made_as": entry.role,
    }


def _override(what: str, override: dict[str, Any], entries: list[Entry]) -> Faults:
    found = [one for one in entries if one.data.get("override_id") == override["override_id"]]
    stated = override["rule"], override["reason"], override["granted_by"]
    if [(one.data["rule"], one.reason, one.actor) for one in found] != [stated]:
        yield f"{what}: that {override['rule']} was set aside is not told so"


def _proposal(what: str, proposal: dict[str, Any], entries: list[Entry]) -> Faults:
    """Who asked, and who decided: two persons, each told by an entry."""
    what, its = f"{what}, proposal {proposal['proposal_id']}", proposal["proposal_id"]
    asked = [one for one in entries if its in (one.data.get("proposal_id"), one.data.get("request_id"))]
    opened = [one for one in asked if one.action in {"assessment.amendment_proposed", "assessment.void_requested"}]
    if [(one.actor, one.reason) for one in opened] != [(proposal["proposed_by"], proposal["reason"])]:
        yield f"{what}: that it was asked for is not told so"
    status = proposal["status"]
    if status == "open":
        return
    closing = {"approved": {"assessment.amended"}}.get(
        status, {"assessment.amendment_declined", "assessment.void_declined"}
    )
    closed = [one for one in asked if one.action in closing]
    if proposal["kind"] == "void":
        closed += [one for one in entries if one.action == "assessment.voided"]
    if proposal["decided_by"] not in {one.actor for one in closed}:
        yield f"{what}: that {proposal['decided_by']} decided it is not told"
    if (proposal["decided_by"] == proposal["proposed_by"]) != (status == "withdrawn"):
        yield f"{what}: one person asked for it and decided it"


def stated_submissions(document: dict[str, Any], told: Told) -> Faults:
    stated: set[str] = set()
    for record in document.get("records", []):
        for job in record.get("jobs", []):
            stated |= {one["event_id"] for one in job.get("told", [])}
            yield from _job(job, told)
        remote_id = record.get("remote_id")
        if remote_id is not None and remote_id not in _remote_ids(record, told):
            yield f"{record['record_type']} {record['record_id']}: no entry tells that TPGateway calls it {remote_id}"
    for entry in told.entries:
        if entry.subject[0] == "sync" and "job_id" in entry.data and entry.event_id not in stated:
            yield f"job {entry.data['job_id']}: entry {entry.seq} tells {entry.action} of it, and it is not stated"
    for one in document.get("discrepancies", []):
        yield from _discrepancy(one, told.of("discrepancy", one["id"]))


def _job(job: dict[str, Any], told: Told) -> Faults:
    what, actions = f"job {job['job_id']}", set()
    for one in job.get("told", []):
        entry = told.by_event.get(one["event_id"])
        if entry is None or entry.data.get("job_id") != job["job_id"]:
            yield f"{what}: no entry tells {one['action']} of it"
        elif entry.action != one["action"] or entry.at != _instant(one["at"]):
            stated = f"{one['action']} at {one['at']}"
            yield f"{what}: it is stated that {stated}, entry {entry.seq} tells {entry.action} at {entry.at}"
        else:
            actions.add(entry.action)
            yield from _acknowledgement(what, job, entry)
    needed = ENDED_BY.get(job["state"])
    if needed is not None and needed not in actions:
        yield f"{what}: it is stated as {job['state']}, and no entry tells {needed}"


def _acknowledgement(what: str, job: dict[str, Any], entry: Entry) -> Faults:
    if entry.action != "sync.succeeded" or job["state"] != "succeeded":
        return
    remote, acked_at = entry.data.get("remote", {}).get("record"), _instant(job.get("acknowledged_at"))
    if None not in (remote, job.get("remote_ref")) and remote != job["remote_ref"]:
        yield f"{what}: TPGateway's reference is stated as {job['remote_ref']}, entry {entry.seq} tells {remote}"
    if acked_at is None or acked_at < entry.at:
        yield f"{what}: it is not stated as acknowledged when entry {entry.seq} tells so"
    due_at = _instant(job.get("deadline_at"))
    headroom = None if None in (due_at, acked_at) else (due_at - acked_at) // timedelta(seconds=1)  # type: ignore[operator]
    if job.get("headroom_seconds") != headroom:
        yield f"{what}: its headroom is not the time from its acknowledgement to its deadline"


def _remote_ids(record: dict[str, Any], told: Told) -> set[Any]:
    """What any entry tells that TPGateway calls the record; a place that was adopted is named by enrolment alone."""
    found = {one.data.get("remote", {}).get("record") for one in told.of("sync", record["record_id"])}
    of_owner = told.of(record["record_type"], record["record_id"])
    return found | {one.data.get(record["record_type"], {}).get("remote_id") for one in of_owner}


def _discrepancy(one: dict[str, Any], entries: list[Entry]) -> Faults:
    what, actions = f"discrepancy {one['id']}", [entry.action for entry in entries]
    if not entries or any(entry.data["code"] != one["code"] for entry in entries):
        yield f"{what}: {one['code']} is not told"
    elif (one["state"] == "resolved") != (actions[-1] == "discrepancy.resolved"):
        yield f"{what}: it is stated as {one['state']}, entry {entries[-1].seq} tells {actions[-1]}"


def stated_duties(document: dict[str, Any], told: Told) -> Faults:
    for duty in document.get("duties", []):
        what, entries = f"duty {duty['key']} {duty['obligation_id']}", told.of("obligation", duty["obligation_id"])
        level = entries[-1].data["level"] if entries else "green"
        if duty["level"] != level:
            yield f"{what}: it is stated as {duty['level']} and told as {level}"
        if duty["breached"] and not any(entry.action == "obligation.breached" for entry in entries):
            yield f"{what}: no entry tells that it was missed"
        waived = [(entry.actor, entry.reason) for entry in entries if entry.action == "obligation.waived"]
        if "waived_at" in duty and (duty["waived_by"], duty["waived_because"]) not in waived:
            yield f"{what}: that it was waived is not told so"
        if duty.get("met_by") is not None:
            yield from _met(what, duty, told.by_seq.get(duty["met_by"]["seq"]))


def _met(what: str, duty: dict[str, Any], entry: Entry | None) -> Faults:
    ref = duty["met_by"]
    stated = ref["action"], (ref["subject_type"], ref["subject_id"]), _instant(duty.get("satisfied_at"))
    if entry is None or (entry.action, entry.subject, entry.at) != stated:
        yield f"{what}: entry {ref['seq']} is not the fact that met it"


def stated_decisions(document: dict[str, Any], told: Told) -> Faults:
    stated = {one["seq"]: one for one in document.get("decisions", [])}
    due = {entry.seq for entry in told.entries if entry.reason is not None and entry.role not in NOBODY}
    for seq in sorted(due ^ stated.keys()):
        yield f"entry {seq} is a person's decision and not stated" if seq in due else f"entry {seq} is no decision"
    for seq in sorted(due & stated.keys()):
        one, entry = stated[seq], told.by_seq[seq]
        expected = {
            "seq": seq,
            "at": entry.at.isoformat(),
            "action": entry.action,
            "subject_type": entry.subject[0],
            "subject_id": entry.subject[1],
            "by": entry.actor,
            "role": entry.role,
            "reason": entry.reason,
        }
        for why in differing({name: value for name, value in one.items() if name != "asked_by"}, expected):
            yield f"decision of entry {seq}: {why}"
        if "asked_by" in one and one["asked_by"] not in _askers(entry, told) - {entry.actor}:
            yield f"decision of entry {seq}: that {one['asked_by']} asked for it is not told"


def _askers(entry: Entry, told: Told) -> set[str]:
    asked = told.of(*entry.subject, "amendment_proposed", "void_requested")
    its = entry.data.get("proposal_id")
    return {one.actor for one in asked if its in (None, one.data.get("proposal_id"))}


CROSS_CHECKS: dict[str, Callable[[dict[str, Any], Told], Faults]] = dict(
    zip(
        STATEMENTS,
        (
            *(stated_run, stated_enrolments, stated_register, stated_results, stated_submissions, stated_duties),
            stated_decisions,
        ),
        strict=True,
    )
)


# ------------------------------------------------------------------------------------------------ an evidence pack
def is_evidence(pack: bytes) -> bool:
    """Two of three signs: its manifest says so, an attestation follows that, and its directory lists one."""
    try:
        size = _LOCAL.unpack_from(pack)[8]
    except struct.error:
        return False
    ends = _LOCAL.size + len("manifest.json") + size
    signs = (
        EVIDENCE.encode() in pack[:ends],
        pack[ends + _LOCAL.size :].startswith(b"attestation.json"),
        b"attestation.json" in pack[-2_000:],
    )
    return sum(signs) > 1


def check_attestation(members: dict[str, bytes], keys: dict[str, bytes], findings: Findings) -> None:
    """The audit log's key vouches for exactly this manifest."""
    try:
        told: dict[str, Any] = parsed(members["attestation.json"])
        parts = ("id", "purpose", "sha256", "attested_at", "key_id")
        require(told.keys() == {*parts, "signature"}, "it has other fields than an attestation has")
        statement = "\n".join(["hawker-boys-tms/audit-attestation/v1", *(told[part] for part in parts)]).encode()
        signed = is_signed(statement, unhexed(told["signature"]), keys.get(told["key_id"], b""))
        require(signed, "it does not say what was signed, or nobody known signed it")
        require(told["purpose"] == "evidence", "it was given for something else")
        digest = hashlib.sha256(members["manifest.json"]).hexdigest()
        if told["sha256"] != digest:
            findings.add("manifest", "it is not what was vouched for")
    except (Unreadable, KeyError, TypeError, AttributeError) as error:
        findings.add("attestation", _words(error))


def check_evidence_manifest(members: dict[str, bytes], findings: Findings) -> dict[str, Any]:
    """What the pack says it is; each member is held against it."""
    try:
        manifest: dict[str, Any] = parsed(members["manifest.json"])
        require(manifest["format"] == EVIDENCE, f"its format is not {EVIDENCE}")
        require(manifest["sha256"].keys() == set(EVIDENCE_MEMBERS[2:]), "it names other files than there are")
        for name in EVIDENCE_MEMBERS[2:]:
            if hashlib.sha256(members[name]).hexdigest() != manifest["sha256"][name]:
                findings.add("manifest", f"{name} is not the file that was packed")
    except (Unreadable, KeyError, TypeError, AttributeError) as error:
        findings.add("manifest", _words(error))
        return {}
    return manifest


def check_statements(members: dict[str, bytes], manifest: dict[str, Any], told: Told, findings: Findings) -> None:
    """What every file states is what the entries tell, and the entries are all that was told."""
    heads: dict[tuple[str, str], int] = {}
    for member in STATEMENTS:
        wrong = partial(findings.state, member)
        try:
            document: dict[str, Any] = parsed(members[member])
            require(document["run_id"] == manifest.get("run_id"), "it is about another run")
            of_member = {(head["type"], head["id"]): head["entries"] for head in document.get("heads", [])}
            for why in (*_incomplete(of_member, told), *CROSS_CHECKS[member](document, told)):
                wrong(why)
            heads |= of_member
        except Unreadable as error:
            wrong(str(error))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            wrong(f"it cannot be read: {_words(error)}")
    for kind, record_id in sorted(set(told.subjects()) - heads.keys()):
        findings.add("entries", f"there are some about {kind} {record_id}, which nothing states")


def _incomplete(heads: dict[tuple[str, str], int], told: Told) -> Faults:
    for (kind, record_id), count in heads.items():
        numbers = [entry.number for entry in told.of(kind, record_id)]
        if numbers != list(range(1, count + 1)):
            yield f"{kind} {record_id}: {count} facts were told of it, and the extract has {len(numbers)}"


def check_evidence(pack: bytes) -> tuple[Findings, dict[str, bytes]]:
    """Everything about an evidence pack, and the keys that vouch for it."""
    findings = Findings()
    members = unpacked(pack, EVIDENCE_MEMBERS, findings)
    audit = check_audit(members["audit.zip"])
    findings.take(audit.findings, "audit.zip")
    manifest = check_evidence_manifest(members, findings)
    check_attestation(members, audit.keys, findings)
    told = Told(audit.lines)
    check_statements(members, manifest, told, findings)
    findings.checked.insert(0, f"evidence of run {manifest.get('run_id')}, taken out {manifest.get('made_at')}")
    findings.checked.append(f"{', '.join(STATEMENTS)}: each states what {len(told.entries)} entries tell")
    findings.checked.append("all that was told of each record is there; every file is the one that was vouched for")
    return findings, audit.keys


# ------------------------------------------------------------------------------------------------ all of it
def check(pack: bytes, pinned: str | None = None) -> Findings:
    """Everything about a pack of either kind; `pinned` is a public key in hex that must be among those that vouch."""
    if is_evidence(pack):
        findings, keys = check_evidence(pack)
    else:
        audit = check_audit(pack)
        findings, keys = audit.findings, audit.keys
    if pinned is not None and pinned.lower() not in {key.hex() for key in keys.values()}:
        findings.add("keys", "the key you gave is not among those that vouch for this pack")
    return findings


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    cli = argparse.ArgumentParser(description="Checks an audit or evidence pack without the system it came from.")
    cli.add_argument("pack", type=Path)
    cli.add_argument("--key", metavar="HEX", help="a public key you got another way: it must vouch for the pack")
    asked = cli.parse_args(arguments)
    try:
        findings = check(asked.pack.read_bytes(), asked.key)
    except OSError as error:
        print(f"WRONG  {error}")
        return 1
    for line in findings.checked:
        print(f"checked  {line}")
    if asked.key is None:
        print("note     compare the keys with ones you got another way, or give one with --key")
    faults = findings.told()
    for line in faults:
        print(f"WRONG    {line}")
    print(f"FAILED   {faults[0]}" if faults else "OK       nothing in this pack was changed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
