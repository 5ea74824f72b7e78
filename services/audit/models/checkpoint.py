"""Signed statements about the log: at this moment it had so many entries, and their tree had this root.

statement = "hawker-boys-tms/audit-checkpoint/v1", id, tree size, root (hex), made at, size before, digest before (hex),
            key id, a line each
signature = Ed25519 over the statement
digest    = SHA-256( statement | signature ), which the next checkpoint names as `previous_digest`
"""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, LargeBinary
from sqlmodel import Field

from libs.database.model import instant
from services.audit.models.instant import told_at
from services.audit.models.model import Model

NO_DIGEST = bytes(32)
"""What the first checkpoint names as the digest before it."""


class Checkpoint(Model, table=True):
    __tablename__ = "checkpoint"
    __table_args__ = (CheckConstraint("tree_size > previous_size and previous_size >= 0", name="grows"),)

    tree_size: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    id: UUID = Field(unique=True)
    root_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    made_at: datetime = instant(nullable=False)
    previous_size: int = Field(sa_column=Column(BigInteger, nullable=False))
    previous_digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    key_id: UUID
    signature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))

    def statement(self) -> bytes:
        parts = (
            "hawker-boys-tms/audit-checkpoint/v1",
            str(self.id),
            str(self.tree_size),
            self.root_hash.hex(),
            told_at(self.made_at),
            str(self.previous_size),
            self.previous_digest.hex(),
            str(self.key_id),
        )
        return "\n".join(parts).encode()

    def digest(self) -> bytes:
        return hashlib.sha256(self.statement() + self.signature).digest()
