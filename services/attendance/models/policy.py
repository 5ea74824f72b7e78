"""The numbers by which attendance is judged: versioned data, because circulars change them."""

from datetime import timedelta

from sqlalchemy import CheckConstraint

from libs.database.versions import PolicyVersion
from services.attendance.models.model import Model


class Policy(PolicyVersion, Model, table=True):
    """One version of the numbers, in force from a Singapore date until the next one's. Never edited, only followed."""

    __tablename__ = "policy"
    __table_args__ = (
        CheckConstraint(
            "lock_hours > 0 and check_in_early_minutes >= 0 and check_in_close_minutes >= 0"
            " and threshold_pct between 0 and 100",
            name="sensible",
        ),
    )

    lock_hours: int
    """How long after its end a session's sheet stays open."""
    check_in_early_minutes: int
    """How long before the start a sheet opens and people may check themselves in."""
    check_in_close_minutes: int
    """How long after the start they may still do so."""
    threshold_pct: int
    """The rate a course requires that names none of its own."""
    counts_assessments: bool
    """Whether sessions in which people are assessed count towards the rate."""

    @property
    def early(self) -> timedelta:
        return timedelta(minutes=self.check_in_early_minutes)

    @property
    def close(self) -> timedelta:
        return timedelta(minutes=self.check_in_close_minutes)

    @property
    def lock_after(self) -> timedelta:
        return timedelta(hours=self.lock_hours)
