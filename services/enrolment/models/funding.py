"""Whether a grant stands: computed from attendance, outcome and timeliness, explained, and never typed in."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from libs.sources import singapore_day
from services.enrolment.models.progress import Progress


class Cause(StrEnum):
    """Why a grant does not stand."""

    ATTENDANCE_BELOW_MINIMUM = "attendance_below_minimum"
    OUTCOME_OPEN = "outcome_open"
    OUTCOME_FAILED = "outcome_failed"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED_LATE = "accepted_late"


@dataclass(frozen=True, slots=True)
class Verdict:
    fundable: bool
    causes: tuple[Cause, ...] = ()


def judge(
    progress: Progress, *, over: bool, left: bool, accepted_at: datetime | None, last_day: date, today: date
) -> Verdict | None:
    """The verdict as far as it is known; None while it may still turn out either way.

    `over` means that the run has ended, `left` that the person gave the place up, so that nothing more is expected.
    `last_day` is the last on which TPGateway may have accepted the enrolment.
    """
    causes = _lost(progress, accepted_at, last_day, today)
    if left:
        causes += _missing(progress)
    if causes:
        return Verdict(fundable=False, causes=tuple(causes))
    earned = progress.rate_met and progress.outcome_decided and accepted_at is not None
    return Verdict(fundable=True) if earned and (over or left) else None


def _lost(progress: Progress, accepted_at: datetime | None, last_day: date, today: date) -> list[Cause]:
    """What cannot be mended by waiting."""
    causes: list[Cause] = []
    if not progress.rate_met and not progress.rate_reachable:
        causes.append(Cause.ATTENDANCE_BELOW_MINIMUM)
    if progress.outcome_decided and not progress.passed:
        causes.append(Cause.OUTCOME_FAILED)
    if accepted_at is None and today > last_day:
        causes.append(Cause.NOT_ACCEPTED)
    if accepted_at is not None and singapore_day(accepted_at) > last_day:
        causes.append(Cause.ACCEPTED_LATE)
    return causes


def _missing(progress: Progress) -> list[Cause]:
    """What somebody who has left will not bring any more."""
    causes: list[Cause] = []
    if not progress.rate_met and progress.rate_reachable:
        causes.append(Cause.ATTENDANCE_BELOW_MINIMUM)
    if not progress.outcome_decided:
        causes.append(Cause.OUTCOME_OPEN)
    return causes
