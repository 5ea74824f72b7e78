"""The life of an assessment as one table: which action each state takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from libs.contracts.assessment import AssessmentStatus
from services.assessment.errors import ActionNotAllowed


class AssessmentAction(StrEnum):
    """What a person may ask of an assessment."""

    CHANGE = "change"
    DISCARD = "discard"
    OVERRIDE = "override"
    FINALISE = "finalise"
    AMEND = "amend"
    PROPOSE = "propose"
    VOID = "void"
    REQUEST_VOID = "request_void"
    APPROVE = "approve"
    DECLINE = "decline"
    REASSESS = "re-assess"


_S = AssessmentStatus

TAKEN_IN: Mapping[AssessmentAction, frozenset[AssessmentStatus]] = {
    AssessmentAction.CHANGE: frozenset({_S.DRAFT}),
    AssessmentAction.DISCARD: frozenset({_S.DRAFT}),
    AssessmentAction.OVERRIDE: frozenset({_S.DRAFT}),
    AssessmentAction.FINALISE: frozenset({_S.DRAFT}),
    AssessmentAction.AMEND: frozenset({_S.FINAL}),
    AssessmentAction.PROPOSE: frozenset({_S.FINAL}),
    AssessmentAction.VOID: frozenset({_S.FINAL}),
    AssessmentAction.REQUEST_VOID: frozenset({_S.FINAL}),
    AssessmentAction.APPROVE: frozenset({_S.FINAL}),
    AssessmentAction.DECLINE: frozenset({_S.FINAL}),
    AssessmentAction.REASSESS: frozenset({_S.FINAL, _S.VOIDED}),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides which actions an assessment takes.

    `open_proposal`: somebody waits for a second person. `amendable`: the amend window has not closed.
    `repeatable`: it is the newest attempt, was failed or voided, and nothing of its kind has been passed.
    """

    status: AssessmentStatus
    open_proposal: bool = False
    amendable: bool = False
    repeatable: bool = False


def takes(action: AssessmentAction, standing: Standing) -> bool:
    if standing.status not in TAKEN_IN[action]:
        return False
    match action:
        case AssessmentAction.AMEND:
            return standing.amendable and not standing.open_proposal
        case AssessmentAction.PROPOSE | AssessmentAction.REQUEST_VOID:
            return not standing.open_proposal
        case AssessmentAction.APPROVE | AssessmentAction.DECLINE:
            return standing.open_proposal
        case AssessmentAction.REASSESS:
            return standing.repeatable
        case _:
            return True


def taken_in(standing: Standing) -> tuple[str, ...]:
    """The actions this standing takes, in the order people meet them."""
    return tuple(action.value for action in AssessmentAction if takes(action, standing))


def require(action: AssessmentAction, standing: Standing) -> None:
    """Refuse an action that is not taken now, naming those that are."""
    if not takes(action, standing):
        raise ActionNotAllowed(action.value, standing.status.value, allowed=taken_in(standing))
