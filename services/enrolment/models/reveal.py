from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from libs.database.model import instant
from services.enrolment.models.model import Model


class Reveal(Model, table=True):
    """One reading of a full identity number: counted to slow bursts down. The event is the record of it."""

    __tablename__ = "reveal"
    __table_args__ = (Index("reveal_actor_idx", "actor_id", "revealed_at"),)

    id: UUID = Field(primary_key=True)
    trainee_id: UUID = Field(foreign_key="enrolment.trainee.id")
    actor_id: str
    revealed_at: datetime = instant(nullable=False)
