"""What attendance keeps of runs: a projection of what course says, never edited by hand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from libs.contracts.course import RunFact, RunStatus, SessionFact, SessionStatus
from libs.database.model import instant, status_column
from services.attendance.models.model import Model

OVER = frozenset({RunStatus.ENDED, RunStatus.CLOSED})
TAKES_PLACE = frozenset({RunStatus.OPEN, RunStatus.CONFIRMED, RunStatus.IN_PROGRESS}) | OVER
TRAINS = 1
"""The role of who teaches; the other one assesses."""


class Run(Model, table=True):
    """A run as it stood when course last spoke of it. Whoever marks on it locks this row first."""

    __tablename__ = "run"

    id: UUID = Field(primary_key=True)
    course_id: UUID = Field(index=True)
    course_reference: str
    status: RunStatus = status_column(RunStatus)

    def follow(self, fact: RunFact) -> None:
        for name, value in known_of(fact).items():
            setattr(self, name, value)

    @property
    def over(self) -> bool:
        return self.status in OVER

    @property
    def takes_place(self) -> bool:
        return self.status in TAKES_PLACE


class RunAccount(Model, table=True):
    """An account that teaches or assesses a run: what `own` means to this service. Only who teaches marks."""

    __tablename__ = "run_account"
    __table_args__ = (Index("run_account_user_idx", "user_id", "run_id"),)

    run_id: UUID = Field(primary_key=True, foreign_key="attendance.run.id")
    user_id: UUID = Field(primary_key=True)
    teaches: bool


class CourseTerms(Model, table=True):
    """What attendance must know of a course: how much of it must be attended, and whether grants hang on it."""

    __tablename__ = "course_terms"

    course_id: UUID = Field(primary_key=True)
    required_pct: int
    funded: bool


class ClassSession(Model, table=True):
    """One timed block of a run. `end_at` is exclusive: back to back is no overlap."""

    __tablename__ = "session"
    __table_args__ = (
        Index("session_run_idx", "run_id", "sequence"),
        Index("session_start_idx", "start_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    run_id: UUID = Field(foreign_key="attendance.run.id")
    sequence: int
    start_at: datetime = instant(nullable=False)
    end_at: datetime = instant(nullable=False)
    mode_of_training: str
    status: SessionStatus = status_column(SessionStatus)
    is_makeup: bool = False
    makeup_for: UUID | None = None
    remote_id: str | None = None

    def follow(self, fact: SessionFact) -> None:
        for name, value in session_known_of(fact).items():
            setattr(self, name, value)

    @property
    def minutes(self) -> int:
        return int((self.end_at - self.start_at).total_seconds()) // 60

    @property
    def cancelled(self) -> bool:
        return self.status is SessionStatus.CANCELLED

    @property
    def held(self) -> bool:
        return self.status is SessionStatus.HELD

    def begun(self, at: datetime) -> bool:
        return self.start_at <= at


def known_of(fact: RunFact) -> dict[str, Any]:
    return {"course_id": fact.course_id, "course_reference": fact.course_reference, "status": fact.status}


def session_known_of(fact: SessionFact) -> dict[str, Any]:
    names = ("sequence", "start_at", "end_at", "mode_of_training", "status", "is_makeup", "makeup_for", "remote_id")
    return {name: getattr(fact, name) for name in names}
