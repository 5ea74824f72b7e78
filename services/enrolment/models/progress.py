from uuid import UUID

from sqlmodel import Field

from libs.contracts.assessment import OutcomeChanged
from libs.contracts.attendance import RateChanged
from services.enrolment.models.model import Model


class Progress(Model, table=True):
    """What attendance and assessment say of one enrolment: a projection, never edited by hand."""

    __tablename__ = "progress"

    enrolment_id: UUID = Field(primary_key=True, foreign_key="enrolment.enrolment.id")
    credited_minutes: int = 0
    held_minutes: int = 0
    scheduled_minutes: int = 0
    required_pct: int = 0
    rate_met: bool = False
    rate_reachable: bool = True
    outcome_decided: bool = False
    passed: bool = False

    def follow_rate(self, event: RateChanged) -> None:
        self.credited_minutes, self.held_minutes = event.credited_minutes, event.held_minutes
        self.scheduled_minutes, self.required_pct = event.scheduled_minutes, event.required_pct
        self.rate_met, self.rate_reachable = event.met, event.reachable

    def follow_outcome(self, event: OutcomeChanged) -> None:
        self.outcome_decided, self.passed = event.decided, event.passed
