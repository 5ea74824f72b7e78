"""The numbers by which enrolments are judged: versioned data, because circulars change them."""

from datetime import date, timedelta

from sqlalchemy import CheckConstraint

from libs.database.versions import PolicyVersion
from services.enrolment.models.model import Model


class Policy(PolicyVersion, Model, table=True):
    """One version of the numbers, in force from a Singapore date until the next one's. Never edited, only followed."""

    __tablename__ = "policy"
    __table_args__ = (
        CheckConstraint("offer_hours > 0 and submission_days >= 0 and reveals_an_hour > 0", name="sensible"),
    )

    offer_hours: int
    """How long a seat is held for somebody from the waitlist."""
    submission_days: int
    """Calendar days after the run's start in which TPGateway must have accepted an enrolment for its grant to stand."""
    reveals_an_hour: int
    """How many full identity numbers one person may read in an hour."""

    @property
    def offer_time(self) -> timedelta:
        return timedelta(hours=self.offer_hours)

    def last_submission_day(self, start_on: date) -> date:
        return start_on + timedelta(days=self.submission_days)
