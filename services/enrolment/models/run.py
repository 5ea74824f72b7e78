"""What enrolment keeps of a course run: a projection of what course says, never edited by hand."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from libs.contracts.course import RunFact, RunStatus, SessionStatus
from libs.database.model import instant, status_column
from libs.sources import SINGAPORE, singapore_day
from services.enrolment.errors import RunNotOpen
from services.enrolment.models.model import Model

TAKES_REGISTRATIONS = frozenset({RunStatus.OPEN, RunStatus.CONFIRMED})
BEGUN = frozenset({RunStatus.IN_PROGRESS, RunStatus.ENDED, RunStatus.CLOSED})
OVER = frozenset({RunStatus.ENDED, RunStatus.CLOSED})
CALLED_OFF = frozenset({RunStatus.CANCELLED, RunStatus.DISCARDED})


class Run(Model, table=True):
    """A run as it stood when course last spoke of it."""

    __tablename__ = "run"

    id: UUID = Field(primary_key=True)
    course_id: UUID = Field(index=True)
    course_reference: str
    status: RunStatus = status_column(RunStatus)
    registration_opens_on: date
    registration_closes_on: date
    start_on: date
    end_on: date
    starts_at: datetime = instant(nullable=False)
    """When the first session begins; before there are sessions, the start of the first day."""
    sessions: list[list[str]] = Field(sa_column=Column(JSONB, nullable=False))
    """From when to when each standing session lasts, to see who is asked to be in two places."""

    def follow(self, fact: RunFact) -> None:
        for name, value in known_of(fact).items():
            setattr(self, name, value)

    def begun(self, now: datetime) -> bool:
        return self.status in BEGUN or self.starts_at <= now

    @property
    def over(self) -> bool:
        return self.status in OVER

    def promotes(self, now: datetime) -> bool:
        """Whether a seat that is free is offered to those who wait."""
        return self.status in TAKES_REGISTRATIONS and not self.begun(now)

    def judge_registration(self, now: datetime, *, override: bool) -> None:
        """Raise RunNotOpen unless the run takes registrations today; an override opens it early, late and under way."""
        in_window = self.registration_opens_on <= singapore_day(now) <= self.registration_closes_on
        if self.status in TAKES_REGISTRATIONS and (in_window or override):
            return
        if self.status is RunStatus.IN_PROGRESS and override:
            return
        overridable = self.status in TAKES_REGISTRATIONS or self.status is RunStatus.IN_PROGRESS
        raise RunNotOpen(self.id, self.status, overridable=overridable)

    def judge_seat(self, now: datetime, *, override: bool) -> None:
        """Raise RunNotOpen unless somebody registered may be seated: before the start, or under way by override."""
        if self.status in TAKES_REGISTRATIONS and (override or not self.begun(now)):
            return
        if self.status is RunStatus.IN_PROGRESS and override:
            return
        overridable = self.status in TAKES_REGISTRATIONS or self.status is RunStatus.IN_PROGRESS
        raise RunNotOpen(self.id, self.status, overridable=overridable)


class RunAccount(Model, table=True):
    """An account that teaches or assesses a run: what `own` means to this service."""

    __tablename__ = "run_account"
    __table_args__ = (Index("run_account_user_idx", "user_id", "run_id"),)

    run_id: UUID = Field(primary_key=True, foreign_key="enrolment.run.id")
    user_id: UUID = Field(primary_key=True)


class CourseTerms(Model, table=True):
    """What enrolment must know of a course: whether grants are paid for it."""

    __tablename__ = "course_terms"

    course_id: UUID = Field(primary_key=True)
    funded: bool


def known_of(fact: RunFact) -> dict[str, Any]:
    standing = [each for each in fact.sessions if each.status is not SessionStatus.CANCELLED]
    first_day = datetime.combine(fact.start_on, time(), SINGAPORE)
    return {
        "course_id": fact.course_id,
        "course_reference": fact.course_reference,
        "status": fact.status,
        "registration_opens_on": fact.registration_opens_on,
        "registration_closes_on": fact.registration_closes_on,
        "start_on": fact.start_on,
        "end_on": fact.end_on,
        "starts_at": min((each.start_at for each in standing if not each.is_makeup), default=first_day),
        "sessions": [[each.start_at.isoformat(), each.end_at.isoformat()] for each in standing],
    }
