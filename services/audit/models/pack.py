"""The forms of what stands in an audit pack; `infra/audit_verifier` reads them. The archive itself is `libs.packs`'."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from libs.packs.canonical import canonical
from services.audit.models.checkpoint import Checkpoint
from services.audit.models.entry import Entry
from services.audit.models.instant import told_at
from services.audit.models.key import CheckpointKey
from services.audit.models.merkle import Subtree

FORMAT: Final = "hawker-boys-tms/audit-pack/v1"
VERIFIER: Final = files("infra.audit_verifier").joinpath("verify.py").read_bytes()
"""The program that checks a pack, as it goes with each."""
README: Final = b"""An extract of the audit log, with all that is needed to show that it is what was recorded.

    python verify.py <this file>            Python 3.11 or newer, and the package `cryptography`

entries.jsonl    the entries, each with the event exactly as it was told
nodes.jsonl      hashes of the parts of the tree that hold none of these entries
checkpoint.json  the signed root of the tree over all entries at that time
keys.json        the keys that sign, each introduced by the one before it
manifest.json    what is in here, who took it out, when and why; signed in manifest.sig

A verifier that came with the pack vouches for nothing: use your own copy, and compare the key with one you got another
way.
"""


def entry_line(entry: Entry) -> bytes:
    return canonical(
        {
            "seq": entry.seq,
            "recorded_at": told_at(entry.recorded_at),
            "prev_hash": entry.prev_hash.hex(),
            "hash": entry.hash.hex(),
            "body": entry.body,
            "happened_at": told_at(entry.happened_at),
            "event_id": str(entry.event_id),
            "service": entry.service,
            "action": entry.action,
            "subject_type": entry.subject_type,
            "subject_id": str(entry.subject_id),
            "subject_seq": entry.subject_seq,
            "actor_id": entry.actor_id,
            "actor_role": entry.actor_role,
            "correlation_id": str(entry.correlation_id),
            "causation_id": str(entry.causation_id) if entry.causation_id else None,
            "trace_id": entry.trace_id,
            "reason": entry.reason,
            "changes": entry.changes,
        }
    )


def node_line(subtree: Subtree, hashed: bytes) -> bytes:
    return canonical({"level": subtree.level, "index": subtree.place, "hash": hashed.hex()})


def checkpoint_document(checkpoint: Checkpoint) -> bytes:
    return canonical(
        {
            "tree_size": checkpoint.tree_size,
            "id": str(checkpoint.id),
            "root_hash": checkpoint.root_hash.hex(),
            "made_at": told_at(checkpoint.made_at),
            "previous_size": checkpoint.previous_size,
            "previous_digest": checkpoint.previous_digest.hex(),
            "key_id": str(checkpoint.key_id),
            "signature": checkpoint.signature.hex(),
        }
    )


def keys_document(keys: Sequence[CheckpointKey]) -> bytes:
    return canonical(
        [
            {
                "id": str(key.id),
                "number": key.number,
                "public_key": key.public_key.hex(),
                "made_at": told_at(key.made_at),
                "previous_id": str(key.previous_id) if key.previous_id else None,
                "endorsement": key.endorsement.hex(),
            }
            for key in keys
        ]
    )


def ranges(seqs: Sequence[int]) -> list[list[int]]:
    """Ascending numbers as stretches without gaps, first and last of each."""
    found: list[list[int]] = []
    for seq in seqs:
        if found and found[-1][1] == seq - 1:
            found[-1][1] = seq
        else:
            found.append([seq, seq])
    return found
