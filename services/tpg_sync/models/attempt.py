"""The calls made, kept redacted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, Integer
from sqlmodel import Field

from libs.database.model import instant
from services.tpg_sync.models.model import Model, octets


class SyncAttempt(Model, table=True):
    """One call about one job, redacted: references, sizes, digests and times, never a body."""

    __tablename__ = "sync_attempt"
    __table_args__ = (
        # The breaker reads the latest calls of a group.
        Index("sync_attempt_ended_idx", "endpoint_group", "ended_at"),
    )

    job_id: UUID = Field(primary_key=True, foreign_key="tpg_sync.sync_job.id")
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
    trace_id: str | None = None
