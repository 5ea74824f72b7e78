"""What assessment keeps of a trainee's place and attendance: projections, never edited by hand."""

from uuid import UUID

from sqlmodel import Field

from libs.contracts.attendance import RateChanged
from libs.contracts.enrolment import EnrolmentFact, EnrolmentStatus
from libs.database.model import status_column
from services.assessment.models.model import Model

ASSESSABLE = frozenset({EnrolmentStatus.CONFIRMED, EnrolmentStatus.COMPLETED})


class Enrolment(Model, table=True):
    """A place on a run, as enrolment last told of it. Its row is what commands about its results wait at."""

    __tablename__ = "enrolment"

    id: UUID = Field(primary_key=True)
    run_id: UUID = Field(index=True)
    trainee_id: UUID
    status: EnrolmentStatus = status_column(EnrolmentStatus)
    replaces: UUID | None = Field(default=None, index=True)
    """Whose results follow it: the same person's, as they were entered before a correction."""

    @property
    def assessable(self) -> bool:
        return self.status in ASSESSABLE

    def follow(self, fact: EnrolmentFact) -> None:
        self.run_id, self.trainee_id, self.status = fact.run_id, fact.trainee_id, fact.status
        self.replaces = fact.replaces


class Rate(Model, table=True):
    """How much of the sessions held so far somebody attended, in minutes."""

    __tablename__ = "rate"

    enrolment_id: UUID = Field(primary_key=True)
    credited_minutes: int
    held_minutes: int
    scheduled_minutes: int

    def follow(self, event: RateChanged) -> None:
        self.credited_minutes, self.held_minutes = event.credited_minutes, event.held_minutes
        self.scheduled_minutes = event.scheduled_minutes


def attended_enough(rate: Rate | None, pct: int) -> bool:
    """Whether the minimum is met over what was held so far; nothing held is nothing attended."""
    if pct == 0:
        return True
    if rate is None or rate.held_minutes == 0:
        return False
    return 100 * rate.credited_minutes >= pct * rate.held_minutes
