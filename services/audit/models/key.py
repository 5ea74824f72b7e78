"""The keys that sign checkpoints: each signs the next one's introduction, so that trust in the first carries on.

id          = the first 16 bytes of SHA-256(public key)
statement   = "hawker-boys-tms/audit-key/v1", id, public key (hex), made at, id of the key before or "-", a line each
endorsement = Ed25519 over the statement by the key before; the first key signs for itself

A document of another service is never signed as it is: what is signed is a statement about its digest, under a heading
of its own, so that nobody can have a checkpoint or a key signed under the pretext of a document.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import CheckConstraint, Column, LargeBinary, SmallInteger
from sqlmodel import Field

from libs.database.model import instant
from services.audit.models.instant import told_at
from services.audit.models.model import Model

PRIVATE_KEY = "checkpoint_key"
"""What the vault binds the private half to."""


class CheckpointKey(Model, table=True):
    """The public half of a signing key. Never changed and never removed: old checkpoints need it for good."""

    __tablename__ = "checkpoint_key"

    id: UUID = Field(primary_key=True)
    number: int = Field(unique=True)
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    made_at: datetime = instant(nullable=False)
    previous_id: UUID | None = None
    endorsement: bytes = Field(sa_column=Column(LargeBinary, nullable=False))

    def statement(self) -> bytes:
        parts = (
            "hawker-boys-tms/audit-key/v1",
            str(self.id),
            str(self.number),
            self.public_key.hex(),
            told_at(self.made_at),
            str(self.previous_id) if self.previous_id else "-",
        )
        return "\n".join(parts).encode()


class CheckpointSecret(Model, table=True):
    """The private half of the one key that signs, sealed by the vault; replaced at a rotation and then gone."""

    __tablename__ = "checkpoint_secret"
    __table_args__ = (CheckConstraint("slot = 1", name="slot"),)

    slot: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    key_id: UUID
    private_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A key that can sign."""

    key: CheckpointKey
    _private: Ed25519PrivateKey

    @classmethod
    def opened(cls, key: CheckpointKey, private: str) -> "Signer":
        """From what the vault gave back."""
        return cls(key, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private)))

    @classmethod
    def made(cls, at: datetime, previous: "Signer | None") -> tuple["Signer", str]:
        """A new key, endorsed by the one before it; with its private half for the vault."""
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        key = CheckpointKey(
            id=key_id_of(public),
            number=previous.key.number + 1 if previous else 1,
            public_key=public,
            made_at=at,
            previous_id=previous.key.id if previous else None,
            endorsement=b"",
        )
        signer = cls(key, private)
        key.endorsement = (previous or signer).sign(key.statement())
        return signer, private.private_bytes_raw().hex()

    def sign(self, statement: bytes) -> bytes:
        return self._private.sign(statement)


def key_id_of(public_key: bytes) -> UUID:
    return UUID(bytes=hashlib.sha256(public_key).digest()[:16])


def is_signed(statement: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether the key's holder signed exactly this."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def fault_of_keys(keys: Sequence[CheckpointKey]) -> str | None:
    """Why the succession of keys, oldest first, cannot be believed; None when it can."""
    previous: CheckpointKey | None = None
    for number, key in enumerate(keys, 1):
        endorser = previous or key
        if key.number != number:
            return f"key {number} is missing"
        if key.id != key_id_of(key.public_key) or key.previous_id != (previous.id if previous else None):
            return f"key {key.id} is not the one that was introduced"
        if not is_signed(key.statement(), key.endorsement, endorser.public_key):
            return f"the introduction of key {key.id} is not signed by the key before it"
        previous = key
    return None
