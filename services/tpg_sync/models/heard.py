"""What the owners of records said, as it was heard here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

from libs.database.model import instant
from services.tpg_sync.models.model import Model


class HeardEvent(Model, table=True):
    """One event of a record's owner: which, when, on whose word, at which revision. Ids and states, never its data.

    Written with the inbox row, so once for each event; a timeline shows it long after the inbox has forgotten.
    """

    __tablename__ = "heard_event"
    __table_args__ = (Index("heard_event_record_idx", "aggtype", "aggid", "at"),)

    event_id: UUID = Field(primary_key=True)
    aggtype: str
    aggid: UUID
    aggseq: int = Field(sa_column=Column(BigInteger, nullable=False))
    type: str
    """As `run.published`."""
    at: datetime = instant(nullable=False)
    """When it happened, by its owner's clock; when it was heard, where that is not known."""
    revision: int | None = None
    actor_id: str | None = None
    actor_role: str | None = None
    correlation_id: UUID | None = None
    trace_id: str | None = None
