"""The life of one person's mark as one table: which action each state takes."""

from collections.abc import Mapping
from enum import StrEnum

from libs.contracts.attendance import MarkState
from services.attendance.errors import ActionNotAllowed


class MarkAction(StrEnum):
    """What may be asked of a mark. Official scans are no wishes: they are taken note of."""

    CHECK_IN = "check_in"
    MARK = "mark"
    CORRECT = "correct"
    REJECT = "reject"
    VOID = "void"
    RE_MARK = "re_mark"


_S = MarkState
TAKEN_IN: Mapping[MarkAction, frozenset[MarkState]] = {
    MarkAction.CHECK_IN: frozenset({_S.UNMARKED}),
    MarkAction.MARK: frozenset({_S.UNMARKED, _S.CHECKED_IN}),
    MarkAction.CORRECT: frozenset({_S.PRESENT, _S.ABSENT}),
    MarkAction.REJECT: frozenset({_S.CHECKED_IN}),
    MarkAction.VOID: frozenset({_S.PRESENT}),
    MarkAction.RE_MARK: frozenset({_S.REJECTED, _S.VOIDED}),
}
UNJUDGED = frozenset({_S.UNMARKED, _S.CHECKED_IN})
JUDGED = frozenset({_S.PRESENT, _S.ABSENT})
SET_ASIDE = frozenset({_S.REJECTED, _S.VOIDED})


def taken_in(state: MarkState) -> tuple[str, ...]:
    """The actions this state takes, in the order people meet them."""
    return tuple(action.value for action, states in TAKEN_IN.items() if state in states)


def require(action: MarkAction, state: MarkState) -> None:
    """Refuse an action the state does not take, naming those it does."""
    if state not in TAKEN_IN[action]:
        raise ActionNotAllowed(action.value, state.value, allowed=taken_in(state))
