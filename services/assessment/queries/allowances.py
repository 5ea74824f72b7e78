"""What a caller may do with an assessment now, and why not when they may not: the UI asks this and never guesses."""

from collections.abc import Mapping

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.web.views import AllowedAction
from services.assessment.models.lifecycle import AssessmentAction, Standing, takes
from services.assessment.models.proposal import Proposal

_P, _A = Permission, AssessmentAction
ASKS_FOR: Mapping[AssessmentAction, Permission] = {
    _A.CHANGE: _P.ASSESSMENTS_ENTER,
    _A.DISCARD: _P.ASSESSMENTS_ENTER,
    _A.OVERRIDE: _P.ASSESSMENTS_OVERRIDE,
    _A.FINALISE: _P.ASSESSMENTS_FINALISE,
    _A.AMEND: _P.ASSESSMENTS_FINALISE,  # who may not finalise only proposes
    _A.PROPOSE: _P.ASSESSMENTS_AMEND,
    _A.VOID: _P.ASSESSMENTS_APPROVE,  # who may not approve only requests
    _A.REQUEST_VOID: _P.ASSESSMENTS_VOID,
    _A.APPROVE: _P.ASSESSMENTS_APPROVE,
    _A.DECLINE: _P.ASSESSMENTS_APPROVE,
    _A.REASSESS: _P.ASSESSMENTS_ENTER,
}


def allowed_actions(standing: Standing, proposal: Proposal | None, caller: Principal) -> list[AllowedAction]:
    """Every action with its answer. A yes still leaves the words to be judged by the rule."""
    return [_allowed(action, standing, proposal, caller) for action in AssessmentAction]


def _allowed(
    action: AssessmentAction, standing: Standing, proposal: Proposal | None, caller: Principal
) -> AllowedAction:
    why_not = _why_not(action, standing, proposal, caller)
    return AllowedAction(action=action, allowed=why_not is None, reason=why_not)


def _why_not(action: AssessmentAction, standing: Standing, proposal: Proposal | None, caller: Principal) -> str | None:
    if caller.grant(ASKS_FOR[action]) is None:
        return f"Your roles do not grant {ASKS_FOR[action]}."
    if not takes(action, standing):
        return _state_of(action, standing)
    deciding = action in {AssessmentAction.APPROVE, AssessmentAction.DECLINE}
    if deciding and proposal is not None and proposal.proposed_by == str(caller.subject):
        return "Nobody decides what they asked for."
    if action is AssessmentAction.REQUEST_VOID and caller.grant(Permission.ASSESSMENTS_APPROVE) is not None:
        return "You may void it at once."
    return None


def _state_of(action: AssessmentAction, standing: Standing) -> str:
    if standing.open_proposal and action in {AssessmentAction.AMEND, AssessmentAction.PROPOSE}:
        return "Somebody waits for a second person already."
    if action is AssessmentAction.AMEND and standing.status == "final":
        return "The time to amend it alone is over."
    return f"The assessment is {standing.status}."
