"""Where the facts that duties hang on are kept: one row a run, an enrolment, a mark or a result."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from libs.contracts.tpg_sync import RecordType
from libs.database.model import instant, status_column
from services.tpg_sync.models.model import Model, json_column


class ObligationRun(Model, table=True):
    """A run's file. Locked first in every transaction that touches a duty of the run: one writer at a time."""

    __tablename__ = "obligation_run"
    __table_args__ = (Index("obligation_run_staff_idx", "staff", postgresql_using="gin"),)

    run_id: UUID = Field(primary_key=True)
    staff: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    """The accounts of its trainers and assessors: they see its duties."""
    facts: dict[str, Any] = json_column(dict)


class ObligationEnrolment(Model, table=True):
    """An enrolment's file; its run is unknown until enrolment is heard."""

    __tablename__ = "obligation_enrolment"
    __table_args__ = (Index("obligation_enrolment_run_idx", "run_id"),)

    enrolment_id: UUID = Field(primary_key=True)
    run_id: UUID | None = None
    facts: dict[str, Any] = json_column(dict)


class ObligationPart(Model, table=True):
    """A mark or a result: since when it stands, what TPGateway must learn of it, and what it has acknowledged."""

    __tablename__ = "obligation_part"
    __table_args__ = (
        Index("obligation_part_run_idx", "run_id"),
        Index("obligation_part_enrolment_idx", "enrolment_id"),
    )

    record_type: RecordType = status_column(RecordType, name="record_type", primary_key=True)
    record_id: UUID = Field(primary_key=True)
    run_id: UUID | None = None
    enrolment_id: UUID | None = None
    session_id: UUID | None = None
    settled_at: datetime | None = instant(default=None, nullable=True)
    """Since when it is judged (a mark) or final (a result); None while it is neither."""
    owed_revision: int = 0
    owed_at: datetime | None = instant(default=None, nullable=True)
    acked_revision: int = 0
    acked_at: datetime | None = instant(default=None, nullable=True)
    drifted_at: datetime | None = instant(default=None, nullable=True)
    cleared_at: datetime | None = instant(default=None, nullable=True)

    @property
    def acknowledged(self) -> bool:
        """TPGateway holds all of it that it must know."""
        return self.acked_revision >= self.owed_revision
