"""An entry as it is shown."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from services.audit.models import Entry


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
