"""One submitted record as TPGateway knows it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field

from libs.contracts.tpg_sync import RecordType
from libs.database.model import instant, status_column
from services.tpg_sync.models.model import Model, json_column, octets


class SyncRecord(Model, table=True):
    """One submitted record: what TPGateway calls it, and which of our revisions it holds for certain.

    `acked_hash` is None while a call is out whose end is not known, so that equality with it always means "they hold
    exactly this". Locked first in every transaction that touches the record's jobs: one writer per record.
    """

    __tablename__ = "sync_record"
    __table_args__ = (
        Index(
            "sync_record_remote_idx",
            "record_type",
            "remote_id",
            unique=True,
            postgresql_where=text("remote_id is not null"),
        ),
    )

    record_id: UUID = Field(primary_key=True)
    record_type: RecordType = status_column(RecordType, name="record_type")
    remote_id: str | None = None
    parts: dict[str, str | None] = json_column(dict)
    """Our session ids -> theirs; None while TPGateway holds the session and we have not read its name yet."""
    acked_revision: int | None = None
    acked_hash: bytes | None = octets()
    acked_at: datetime | None = instant(default=None, nullable=True)
    last_ordinal: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
