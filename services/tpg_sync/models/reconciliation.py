"""A wish to compare with TPGateway, and its steps: one for each run, and one for each course."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from libs.database.model import Versioned, instant, status_column
from services.tpg_sync.models.model import Model, json_column


class ReconciliationState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class Origin(StrEnum):
    SCHEDULED = "scheduled"
    ON_DEMAND = "on_demand"


class StepState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """It could not be read to its end as often as it may be tried."""


class Reconciliation(Model, Versioned, table=True):
    """One comparison of one run, or of all that are open. `plan` makes a scheduled one unique."""

    __tablename__ = "reconciliation"

    id: UUID = Field(primary_key=True)
    origin: Origin = status_column(Origin, name="origin")
    state: ReconciliationState = status_column(ReconciliationState, ReconciliationState.WAITING, name="state")
    plan: str | None = Field(default=None, unique=True)
    run_id: UUID | None = None
    """None: all open runs."""
    steps: int = 0
    steps_done: int = 0
    counts: dict[str, Any] = json_column(dict)
    """How many were judged, found, opened, resolved, pushed; and how often each code was found."""
    created_by: str
    created_at: datetime = instant(nullable=False)
    finished_at: datetime | None = instant(default=None, nullable=True)
    correlation_id: UUID


class ReconciliationStep(Model, table=True):
    """One run, or one course's list of runs, to be read and judged.

    A step whose worker vanished is simply done again: what it found is written in one transaction, or not at all.
    """

    __tablename__ = "reconciliation_step"
    __table_args__ = (
        Index(
            "reconciliation_step_due_idx", "not_before", "id", postgresql_where=text("state in ('queued', 'running')")
        ),
        Index("reconciliation_step_of_idx", "reconciliation_id"),
    )

    id: UUID = Field(primary_key=True)
    reconciliation_id: UUID = Field(foreign_key="tpg_sync.reconciliation.id")
    run_id: UUID | None = None
    course_reference: str | None = None
    state: StepState = status_column(StepState, StepState.QUEUED, name="state")
    not_before: datetime = instant(nullable=False)
    tries: int = 0
    lease_token: UUID | None = None
    lease_until: datetime | None = instant(default=None, nullable=True)
    error_code: str | None = None
    calls: int = 0
    finished_at: datetime | None = instant(default=None, nullable=True)


class Presence(Model, table=True):
    """Somebody TPGateway showed present in a session, when its run was read last; to find who was at two places."""

    __tablename__ = "remote_presence"
    __table_args__ = (
        Index("remote_presence_person_idx", "person", "starts_at"),
        Index("remote_presence_enrolment_idx", "enrolment_id"),
    )

    run_id: UUID = Field(primary_key=True)
    session_ref: str = Field(primary_key=True)
    person: bytes = Field(primary_key=True)
    """A keyed digest of the identity number, never the number."""
    starts_at: datetime = instant(nullable=False)
    ends_at: datetime = instant(nullable=False)
    row_ref: str
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    attendance_id: UUID | None = None
