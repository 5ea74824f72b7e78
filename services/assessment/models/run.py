"""What assessment keeps of courses, runs and who assesses them: projections of what course says, never edited."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from libs.contracts.course import CourseFact, RunFact, RunStatus
from libs.database.model import status_column
from services.assessment.models.model import Model

TRAINER, ASSESSOR = 1, 2
"""The roles of a person on a run, as TPGateway numbers them."""


class Course(Model, table=True):
    """A course as it stood when course last spoke of it."""

    __tablename__ = "course"

    id: UUID = Field(primary_key=True)
    reference: str
    title: str
    skill_codes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))

    def follow(self, fact: CourseFact) -> None:
        self.reference, self.title, self.skill_codes = fact.reference, fact.title, list(fact.skill_codes)


class Run(Model, table=True):
    """A run as it stood when course last spoke of it."""

    __tablename__ = "run"

    id: UUID = Field(primary_key=True)
    course_id: UUID = Field(index=True)
    course_reference: str
    status: RunStatus = status_column(RunStatus)
    start_on: date
    end_on: date

    def follow(self, fact: RunFact) -> None:
        for name, value in known_of(fact).items():
            setattr(self, name, value)

    def last_makeup_day(self, makeup_days: int) -> date:
        """The last Singapore day on which somebody who failed may be assessed again."""
        return self.end_on + timedelta(days=makeup_days)


class RunAccount(Model, table=True):
    """An account linked to a run. `own` means the runs it assesses."""

    __tablename__ = "run_account"
    __table_args__ = (Index("run_account_user_idx", "user_id", "run_id"),)

    run_id: UUID = Field(primary_key=True, foreign_key="assessment.run.id")
    user_id: UUID = Field(primary_key=True)
    assesses: bool
    trains: bool


def known_of(fact: RunFact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in ("course_id", "course_reference", "status", "start_on", "end_on")}


def accounts_of(run_id: UUID, fact: RunFact) -> list[RunAccount]:
    """One row for each account, with all it does on the run."""
    roles: dict[UUID, set[int]] = {}
    for link in fact.trainers:
        if link.user_id is not None:
            roles.setdefault(link.user_id, set()).update(link.roles)
    return [
        RunAccount(run_id=run_id, user_id=user_id, assesses=ASSESSOR in held, trains=TRAINER in held)
        for user_id, held in sorted(roles.items())
    ]
