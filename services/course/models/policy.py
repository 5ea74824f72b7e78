"""The numbers by which runs and sessions are judged: versioned data, because circulars change them."""

from datetime import date, timedelta

from sqlalchemy import CheckConstraint

from libs.database.versions import PolicyVersion
from services.course.models.model import Model


class Policy(PolicyVersion, Model, table=True):
    """One version of the numbers, in force from a Singapore date until the next one's. Never edited, only followed."""

    __tablename__ = "policy"
    __table_args__ = (
        CheckConstraint(
            "session_max_minutes > 0 and makeup_window_days >= 0 and class_max_size > 0"
            " and travel_buffer_minutes >= 0 and publish_target_days >= 0 and publish_min_lead_minutes >= 0"
            " and session_cutoff_minutes >= 0 and reveals_an_hour > 0",
            name="sensible",
        ),
    )

    session_max_minutes: int
    """The longest session, except in self-paced modes, whose windows are whole days."""
    makeup_window_days: int
    """Calendar days after the run's end in which a make-up session keeps its funding."""
    class_max_size: int
    """Seats in one run, unless overridden with a reason."""
    travel_buffer_minutes: int
    """Less between two places for one trainer draws a warning, never a refusal."""
    publish_target_days: int
    """Publishing later than this before the start draws a warning."""
    publish_min_lead_minutes: int
    """Publishing later than this before the first session is refused."""
    session_cutoff_minutes: int
    """A session this close to its start is no longer moved or cancelled by itself."""
    reveals_an_hour: int
    """How many full identity numbers one person may read in an hour."""

    @property
    def session_max(self) -> timedelta:
        return timedelta(minutes=self.session_max_minutes)

    @property
    def travel_buffer(self) -> timedelta:
        return timedelta(minutes=self.travel_buffer_minutes)

    @property
    def publish_min_lead(self) -> timedelta:
        return timedelta(minutes=self.publish_min_lead_minutes)

    @property
    def session_cutoff(self) -> timedelta:
        return timedelta(minutes=self.session_cutoff_minutes)

    def last_makeup_day(self, end_on: date) -> date:
        return end_on + timedelta(days=self.makeup_window_days)
