"""Checkpoints, proofs and keys as they are shown; every hash, key and signature in hex."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from libs.web.body import Body
from libs.web.reason import Reason
from services.audit.models import Checkpoint, CheckpointKey


class CheckpointView(BaseModel):
    """A signed statement that the log had `tree_size` entries whose tree has `root_hash`.

    `statement` is the text that was signed; `digest` is what the next checkpoint names as `previous_digest`.
    """

    tree_size: int
    id: UUID
    root_hash: str
    made_at: datetime
    previous_size: int
    previous_digest: str
    key_id: UUID
    signature: str
    statement: str
    digest: str

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> Self:
        return cls(
            tree_size=checkpoint.tree_size,
            id=checkpoint.id,
            root_hash=checkpoint.root_hash.hex(),
            made_at=checkpoint.made_at,
            previous_size=checkpoint.previous_size,
            previous_digest=checkpoint.previous_digest.hex(),
            key_id=checkpoint.key_id,
            signature=checkpoint.signature.hex(),
            statement=checkpoint.statement().decode(),
            digest=checkpoint.digest().hex(),
        )


class InclusionProof(BaseModel):
    """That an entry stands in a signed tree: hash up from `leaf_hash` along `path` and compare with the root."""

    seq: int
    entry_hash: str
    leaf_hash: str
    path: list[str]
    checkpoint: CheckpointView


class ConsistencyProof(BaseModel):
    """That the tree of `from_checkpoint` is the beginning of that of `to_checkpoint` (RFC 6962, 2.1.2)."""

    from_checkpoint: CheckpointView
    to_checkpoint: CheckpointView
    path: list[str]


class KeyView(BaseModel):
    """A key that signs or signed checkpoints. `endorsement` is over `statement`, by the key before it."""

    id: UUID
    number: int
    algorithm: str = "Ed25519"
    public_key: str
    made_at: datetime
    previous_id: UUID | None
    endorsement: str
    statement: str

    @classmethod
    def of(cls, key: CheckpointKey) -> Self:
        return cls(
            id=key.id,
            number=key.number,
            public_key=key.public_key.hex(),
            made_at=key.made_at,
            previous_id=key.previous_id,
            endorsement=key.endorsement.hex(),
            statement=key.statement().decode(),
        )


class KeysView(BaseModel):
    """Every key there ever was, oldest first; the last one signs."""

    items: list[KeyView]


class RotateKeyWish(Body):
    reason: Reason
