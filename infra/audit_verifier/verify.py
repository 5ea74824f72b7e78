"""Checks an audit pack without the system it came from: `python verify.py pack.zip [--key HEX]`.

One file, the standard library and the package `cryptography`. It says what it checked, names the first wrong entry or
part, and ends with 1 when anything at all is wrong.

    link       hash(n) = SHA-256( hash(n-1) | n as 8 bytes | recorded_at in microseconds as 8 bytes | SHA-256(body) )
    tree       leaf(n) = SHA-256( 0x00 | hash(n) ),  node = SHA-256( 0x01 | left | right ), shaped after RFC 6962
    signatures Ed25519 over the statements of checkpoint and keys, and over the bytes of manifest.json

The archive is written in one way only, without compression, so that no byte of it is free to differ.
"""

import argparse
import hashlib
import json
import struct
import sys
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "hawker-boys-tms/audit-pack/v1"
MEMBERS = (
    *("manifest.json", "manifest.sig", "checkpoint.json", "keys.json", "nodes.jsonl", "entries.jsonl"),
    *("verify.py", "README.txt"),
)
SEALED = {"seq", "recorded_at", "prev_hash", "hash", "body"}
"""What an entry holds beside what its body tells."""
PARTS = ("entries", "nodes", "keys", "checkpoint", "manifest", "archive")
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


def unpacked(pack: bytes, findings: Findings) -> dict[str, bytes]:
    """The members of a pack; whatever in it is not as it must be is noted."""
    members: dict[str, bytes] = {}
    summary: list[tuple[str, int, int]] = []
    at = 0
    for name in MEMBERS:
        try:
            header = _LOCAL.unpack_from(pack, at)
        except struct.error:
            findings.add("archive", f"it ends before {name}")
            return members
        size, begins = header[8], at + _LOCAL.size + len(name.encode())
        content = pack[begins : begins + size]
        crc = zlib.crc32(content)
        if pack[at:begins] != local_header(name, len(content), crc):
            findings.add("archive", f"the header of {name} does not fit its content")
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


# ------------------------------------------------------------------------------------------------ all of it
def _words(error: Exception) -> str:
    return f"there is no {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__


def check(pack: bytes, pinned: str | None = None) -> Findings:
    """Everything about a pack; `pinned` is a public key in hex that must be among those that vouch for it."""
    findings = Findings()
    members = unpacked(pack, findings)
    for name in MEMBERS:
        if name not in members:
            findings.add("archive", f"{name} is missing")
            members[name] = b""
    keys = check_keys(members["keys.json"], findings)
    if pinned is not None and pinned.lower() not in {key.hex() for key in keys.values()}:
        findings.add("keys", "the key you gave is not among those that vouch for this pack")
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
    return findings


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    cli = argparse.ArgumentParser(description="Checks an audit pack without the system it came from.")
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
