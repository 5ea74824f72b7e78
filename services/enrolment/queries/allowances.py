"""What a caller may do with an enrolment now, and why not when they may not: the UI asks this and never guesses."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.web.views import AllowedAction
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.lifecycle import EnrolmentAction, takes
from services.enrolment.models.run import Run
from services.enrolment.schemas.enrolment import Notice

ASKS_FOR: Mapping[EnrolmentAction, Permission] = {
    **dict.fromkeys(EnrolmentAction, Permission.ENROLMENTS_WRITE),
    EnrolmentAction.AMEND_FEES: Permission.FEES_WRITE,
    EnrolmentAction.PAY: Permission.FEES_WRITE,
    EnrolmentAction.REFUND: Permission.FEES_WRITE,
    EnrolmentAction.REVERSE: Permission.FEES_REVERSE,
    EnrolmentAction.REINSTATE: Permission.ENROLMENTS_REINSTATE,
}


def allowed_actions(enrolment: Enrolment, run: Run, caller: Principal, now: datetime) -> list[AllowedAction]:
    """Every action with its answer. A yes still leaves the body to be judged, and the seats to be looked at."""
    begun = run.begun(now)
    return [_allowed(enrolment, caller, action, begun=begun) for action in EnrolmentAction]


def _allowed(enrolment: Enrolment, caller: Principal, action: EnrolmentAction, *, begun: bool) -> AllowedAction:
    why_not = _why_not(enrolment, caller, action, begun=begun)
    return AllowedAction(action=action, allowed=why_not is None, reason=why_not)


def _why_not(enrolment: Enrolment, caller: Principal, action: EnrolmentAction, *, begun: bool) -> str | None:
    if caller.grant(ASKS_FOR[action]) is None:
        return f"Your roles do not grant {ASKS_FOR[action]}."
    if takes(action, enrolment.status, begun=begun):
        return None
    when = "and the run has begun" if begun else "and the run has not begun"
    return f"The enrolment is {enrolment.status} {when}."


def notices(run: Run, others: Sequence[Run]) -> list[Notice]:
    """What is allowed and still worth a look: the person is asked to be in two places at once."""
    return [
        Notice(code="overlapping_run", message=f"Sessions overlap with those of run {other.id}.", run_id=other.id)
        for other in others
        if _overlap(run, other)
    ]


def _overlap(run: Run, other: Run) -> bool:
    return any(
        start < other_end and other_start < end
        for start, end in _times(run)
        for other_start, other_end in _times(other)
    )


def _times(run: Run) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in run.sessions]
