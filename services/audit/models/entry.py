"""The log: append-only, and each entry sealed to the one before it.

    hash(n) = SHA-256( hash(n-1) | seq as 8 bytes | recorded_at in microseconds as 8 bytes | SHA-256(body) )

All integers big-endian; hash(0) is 32 zero bytes. `body` is the event's envelope exactly as it was sent. The other
columns repeat parts of it for searching, and verification derives them anew, so that no column can lie.
"""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, desc
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from libs.contracts.envelope import Envelope
from libs.database.model import instant
from services.audit.models.instant import microseconds
from services.audit.models.model import Model

GENESIS = bytes(32)


class Entry(Model, table=True):
    """One fact, as it was told, in the order it was heard."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("entry_subject_idx", "subject_type", "subject_id", desc("seq")),
        Index("entry_actor_idx", "actor_id", desc("seq")),
        Index("entry_correlation_idx", "correlation_id"),
        Index("entry_action_idx", "action", desc("seq")),
        Index("entry_event_idx", "event_id", unique=True),
        Index("entry_happened_idx", "happened_at", postgresql_using="brin"),
    )

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    recorded_at: datetime = instant(nullable=False)
    happened_at: datetime = instant(nullable=False)
    event_id: UUID
    service: str
    action: str
    subject_type: str
    subject_id: UUID
    subject_seq: int = Field(sa_column=Column(Integer, nullable=False))
    actor_id: str
    actor_role: str
    correlation_id: UUID
    causation_id: UUID | None = None
    trace_id: str | None = None
    reason: str | None = None
    changes: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    body: str = Field(sa_column=Column(Text, nullable=False))
    prev_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


def link(prev_hash: bytes, seq: int, recorded_at: datetime, body: bytes) -> bytes:
    """The hash that seals one entry to the chain before it."""
    when = microseconds(recorded_at)
    digest = hashlib.sha256(body).digest()
    sealed = prev_hash + seq.to_bytes(8, "big") + when.to_bytes(8, "big") + digest
    return hashlib.sha256(sealed).digest()


def searchable(envelope: Envelope) -> dict[str, Any]:
    """The columns that repeat parts of the body: always derived, never given."""
    trace = envelope.traceparent.split("-")[1] if envelope.traceparent else None
    return {
        "happened_at": envelope.time,
        "event_id": envelope.id,
        "service": envelope.source.removeprefix("/tms/"),
        "action": envelope.event_type,
        "subject_type": envelope.aggtype,
        "subject_id": envelope.aggid,
        "subject_seq": envelope.aggseq,
        "actor_id": envelope.actorid,
        "actor_role": envelope.actorrole,
        "correlation_id": envelope.correlationid,
        "causation_id": envelope.causationid,
        "trace_id": trace,
        "reason": envelope.data.get("reason"),
        "changes": envelope.data.get("changes", []),
    }


def sealed_entry(envelope: Envelope, body: bytes, *, seq: int, prev_hash: bytes, recorded_at: datetime) -> Entry:
    """The entry that follows `prev_hash` in the chain."""
    return Entry(
        seq=seq,
        recorded_at=recorded_at,
        body=body.decode(),
        prev_hash=prev_hash,
        hash=link(prev_hash, seq, recorded_at, body),
        **searchable(envelope),
    )


def fault_of(entry: Entry, *, expected_seq: int, prev_hash: bytes) -> str | None:
    """Why this entry does not follow the chain, or None when it does."""
    if entry.seq != expected_seq:
        return f"entry {expected_seq} is missing"
    if entry.prev_hash != prev_hash:
        return "it does not follow the entry before it"
    body = entry.body.encode()
    if entry.hash != link(prev_hash, entry.seq, entry.recorded_at, body):
        return "its body, time or hash was changed"
    try:
        derived = searchable(Envelope.from_bytes(body))
    except ValueError:
        return "its body is no event"
    for column, value in derived.items():
        if getattr(entry, column) != value:
            return f"its column {column} does not say what its body says"
    return None
