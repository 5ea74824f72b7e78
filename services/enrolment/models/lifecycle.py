"""The life of an enrolment as one table: which action each state takes."""

from collections.abc import Mapping
from enum import StrEnum

from libs.contracts.enrolment import EnrolmentStatus
from services.enrolment.errors import ActionNotAllowed


class EnrolmentAction(StrEnum):
    """What a person may ask of an enrolment. What happens by itself (expiry, completion) is not asked for."""

    AMEND = "amend"
    AMEND_FEES = "amend_fees"
    CONFIRM = "confirm"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"
    TRANSFER = "transfer"
    REINSTATE = "reinstate"
    PAY = "pay"
    REVERSE = "reverse"
    REFUND = "refund"


_S = EnrolmentStatus
UNSEATED = frozenset({_S.DRAFT, _S.WAITLISTED, _S.OFFERED})
"""Nothing was submitted for it, so it may be dropped at any time."""
ACTIVE = UNSEATED | {_S.CONFIRMED, _S.COMPLETED}
"""At most one of these for one trainee on one run."""
GIVEN_UP = frozenset({_S.CANCELLED, _S.WITHDRAWN, _S.TRANSFERRED})
_OPEN = UNSEATED | {_S.CONFIRMED}

TAKEN_IN: Mapping[EnrolmentAction, frozenset[EnrolmentStatus]] = {
    EnrolmentAction.AMEND: _OPEN,
    EnrolmentAction.AMEND_FEES: _OPEN,
    EnrolmentAction.CONFIRM: frozenset({_S.DRAFT, _S.WAITLISTED}),
    EnrolmentAction.OFFER: frozenset({_S.WAITLISTED}),
    EnrolmentAction.ACCEPT: frozenset({_S.OFFERED}),
    EnrolmentAction.DECLINE: frozenset({_S.OFFERED}),
    EnrolmentAction.CANCEL: _OPEN,
    EnrolmentAction.WITHDRAW: frozenset({_S.CONFIRMED}),
    EnrolmentAction.TRANSFER: frozenset({_S.CONFIRMED}),
    EnrolmentAction.REINSTATE: GIVEN_UP,
    EnrolmentAction.PAY: ACTIVE | {_S.WITHDRAWN},
    EnrolmentAction.REVERSE: ACTIVE | GIVEN_UP,
    EnrolmentAction.REFUND: frozenset({_S.CANCELLED, _S.WITHDRAWN}),
}


def taken_in(status: EnrolmentStatus, *, begun: bool) -> tuple[str, ...]:
    """The actions this state takes, in the order people meet them; `begun` says whether the run has."""
    return tuple(action.value for action in EnrolmentAction if takes(action, status, begun=begun))


def takes(action: EnrolmentAction, status: EnrolmentStatus, *, begun: bool) -> bool:
    """A confirmed place is cancelled before the start and withdrawn from after it."""
    if status not in TAKEN_IN[action]:
        return False
    if status is _S.CONFIRMED and action is EnrolmentAction.CANCEL:
        return not begun
    return begun if action is EnrolmentAction.WITHDRAW else True


def require(action: EnrolmentAction, status: EnrolmentStatus, *, begun: bool) -> None:
    """Refuse an action the state does not take, naming those it does."""
    if not takes(action, status, begun=begun):
        raise ActionNotAllowed(action.value, status.value, allowed=taken_in(status, begun=begun))
