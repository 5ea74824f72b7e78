"""The life of a course run as one table: which action each state takes."""

from collections.abc import Mapping
from enum import StrEnum

from libs.contracts.course import RunStatus
from services.course.errors import ActionNotAllowed


class RunAction(StrEnum):
    """What a person may ask of a run. The clock's own two steps, start and end, are not asked for."""

    EDIT = "edit"
    REPLAN = "replan"
    PUBLISH = "publish"
    DISCARD = "discard"
    CONFIRM = "confirm"
    RESCHEDULE = "reschedule"
    CHANGE_VENUE = "change_venue"
    CHANGE_TRAINERS = "change_trainers"
    ADD_SESSION = "add_session"
    MOVE_SESSION = "move_session"
    CANCEL_SESSION = "cancel_session"
    REMOVE_SESSION = "remove_session"
    CANCEL = "cancel"
    CUT_SHORT = "cut_short"
    ADD_MAKEUP_SESSION = "add_makeup_session"
    CLOSE = "close"
    REOPEN = "reopen"


_PLANNED = frozenset({RunStatus.DRAFT, RunStatus.OPEN, RunStatus.CONFIRMED})
_PUBLISHED = frozenset({RunStatus.OPEN, RunStatus.CONFIRMED})
_UNDER_WAY = _PLANNED | {RunStatus.IN_PROGRESS}

TAKEN_IN: Mapping[RunAction, frozenset[RunStatus]] = {
    RunAction.EDIT: _PLANNED,
    RunAction.REPLAN: frozenset({RunStatus.DRAFT}),
    RunAction.PUBLISH: frozenset({RunStatus.DRAFT}),
    RunAction.DISCARD: frozenset({RunStatus.DRAFT}),
    RunAction.CONFIRM: frozenset({RunStatus.OPEN}),
    RunAction.RESCHEDULE: _PUBLISHED,
    RunAction.CHANGE_VENUE: _PLANNED,
    RunAction.CHANGE_TRAINERS: _PLANNED,
    # While a run is under way its sessions are not moved but cancelled and replaced.
    RunAction.ADD_SESSION: _UNDER_WAY,
    RunAction.MOVE_SESSION: _PLANNED,
    RunAction.CANCEL_SESSION: _PUBLISHED | {RunStatus.IN_PROGRESS},
    RunAction.REMOVE_SESSION: frozenset({RunStatus.DRAFT}),
    RunAction.CANCEL: _PUBLISHED,
    RunAction.CUT_SHORT: frozenset({RunStatus.IN_PROGRESS}),
    RunAction.ADD_MAKEUP_SESSION: frozenset({RunStatus.ENDED}),
    RunAction.CLOSE: frozenset({RunStatus.ENDED}),
    RunAction.REOPEN: frozenset({RunStatus.CLOSED}),
}


def taken_in(status: RunStatus) -> tuple[str, ...]:
    """The actions this state takes, in the order people meet them."""
    return tuple(action.value for action in RunAction if status in TAKEN_IN[action])


def require(action: RunAction, status: RunStatus) -> None:
    """Refuse an action the state does not take, naming those it does."""
    if status not in TAKEN_IN[action]:
        raise ActionNotAllowed(action.value, status.value, allowed=taken_in(status))
