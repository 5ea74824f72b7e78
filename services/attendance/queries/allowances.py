"""What a caller may do with a mark now, and why not when they may not: the UI asks this and never guesses."""

from collections.abc import Mapping

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.contracts.attendance import MarkState
from libs.web.views import AllowedAction
from services.attendance.models.attendance import Attendance
from services.attendance.models.lifecycle import MarkAction, taken_in
from services.attendance.models.sheet import Sheet

ASKS_FOR: Mapping[MarkAction, Permission] = {
    MarkAction.MARK: Permission.ATTENDANCE_MARK,
    MarkAction.CORRECT: Permission.ATTENDANCE_MARK,
    MarkAction.REJECT: Permission.ATTENDANCE_MARK,
    MarkAction.VOID: Permission.ATTENDANCE_VOID,
    MarkAction.RE_MARK: Permission.ATTENDANCE_CORRECT,
}
_AFTER_LOCK = frozenset({MarkAction.MARK, MarkAction.CORRECT, MarkAction.REJECT})


def allowed_actions(line: Attendance, sheet: Sheet, caller: Principal) -> list[AllowedAction]:
    """Every action with its answer. A yes still leaves the body to be judged."""
    answers = ((action, _why_not(line, sheet, caller, action)) for action in ASKS_FOR)
    return [AllowedAction(action=action, allowed=why is None, reason=why) for action, why in answers]


def _why_not(line: Attendance, sheet: Sheet, caller: Principal, action: MarkAction) -> str | None:
    permission = ASKS_FOR[action]
    if action in _AFTER_LOCK and sheet.locked:
        permission = Permission.ATTENDANCE_CORRECT
    if action is MarkAction.RE_MARK and line.state is MarkState.VOIDED:
        permission = Permission.ATTENDANCE_REINSTATE
    if caller.grant(permission) is None:
        return f"Your roles do not grant {permission}."
    if action.value not in taken_in(line.state):
        return f"Attendance that is {line.state} does not take it."
    if not line.seated and action is not MarkAction.VOID:
        return "The enrolment did not hold its seat when the session began."
    return None
