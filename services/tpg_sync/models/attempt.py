"""The calls made, kept redacted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, Integer, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from libs.database.model import instant
from services.tpg_sync.models.model import Model, octets


class SyncAttempt(Model, table=True):
    """One call about one job, redacted: references, sizes, digests, times, and copies with nothing of anybody in them.

    It is kept as long as its job, and goes with it.
    """

    __tablename__ = "sync_attempt"
    __table_args__ = (
        # The breaker reads the latest calls of a group.
        Index("sync_attempt_ended_idx", "endpoint_group", "ended_at"),
    )

    job_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("tpg_sync.sync_job.id", ondelete="CASCADE"), primary_key=True)
    )
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    series: int
    endpoint_group: str
    operation: str
    path: str
    """The path's template with remote references, which are no personal data."""
    started_at: datetime = instant(nullable=False)
    ended_at: datetime = instant(nullable=False)
    duration_ms: int
    http_status: int | None = None
    outcome: str
    counted: bool
    """Whether it used one of the job's attempts."""
    breaker_failure: bool
    error_class: str | None = None
    error_code: str | None = None
    request_bytes: int = 0
    request_sha256: bytes | None = octets()
    response_bytes: int = 0
    request: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    response: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    next_at: datetime | None = instant(default=None, nullable=True)
    """When its job was to move next, as decided after this call; None when the call was its last."""
    trace_id: str | None = None
