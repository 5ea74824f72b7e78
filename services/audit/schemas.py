"""Request and response shapes of the audit service."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from libs.web.body import Body
from libs.web.reason import Reason
from services.audit.models import Entry, Verdict


class EntryView(BaseModel):
    """One audit entry: who did what to which record, when, why, and its place in the chain."""

    seq: int
    happened_at: datetime
    recorded_at: datetime
    service: str
    action: str
    subject_type: str
    subject_id: UUID
    subject_seq: int
    actor_id: str
    actor_role: str
    correlation_id: UUID
    causation_id: UUID | None
    trace_id: str | None
    reason: str | None
    changes: list[dict[str, Any]]
    event_id: UUID
    hash: str
    prev_hash: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        plain = entry.model_dump(exclude={"hash", "prev_hash", "body"})
        return cls(**plain, hash=entry.hash.hex(), prev_hash=entry.prev_hash.hex())


class EntryDetail(EntryView):
    """The entry with the event exactly as it was told."""

    body: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(**EntryView.of(entry).model_dump(), body=entry.body)


class VerifyWish(Body):
    """Which part of the chain to read; without numbers, all of it."""

    from_seq: int = Field(default=1, ge=1)
    to_seq: int | None = Field(default=None, ge=1)


class VerdictView(BaseModel):
    """What reading the chain found. `fault` says in words why `first_broken_seq` does not hold."""

    verification_id: UUID
    from_seq: int
    to_seq: int
    intact: bool
    first_broken_seq: int | None
    fault: str | None

    @classmethod
    def of(cls, verification_id: UUID, verdict: Verdict) -> Self:
        return cls(
            verification_id=verification_id,
            from_seq=verdict.from_seq,
            to_seq=verdict.to_seq,
            intact=verdict.intact,
            first_broken_seq=verdict.first_broken_seq,
            fault=verdict.fault,
        )


class ExportWish(Body):
    """Which entries to take out, and why."""

    from_seq: int = Field(default=1, ge=1)
    to_seq: int | None = Field(default=None, ge=1)
    reason: Reason
