"""What a caller may do with a run now, and why not when they may not: the UI asks this and never guesses."""

from collections.abc import Mapping
from datetime import datetime

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.contracts.course import RunStatus
from libs.sources import singapore_day
from libs.web.views import AllowedAction
from services.course.models.codes import ASSESSOR, TRAINER
from services.course.models.lifecycle import TAKEN_IN, RunAction
from services.course.models.policy import Policy
from services.course.models.run import HELD_BY_TPGATEWAY, CourseRun
from services.course.schemas.run import Notice

ASKS_FOR: Mapping[RunAction, Permission] = {
    **dict.fromkeys(RunAction, Permission.RUNS_WRITE),
    RunAction.CUT_SHORT: Permission.RUNS_OVERRIDE,
    RunAction.REOPEN: Permission.RUNS_REOPEN,
}


def allowed_actions(run: CourseRun, caller: Principal) -> list[AllowedAction]:
    """Every action with its answer. A yes still leaves the body to be judged."""
    return [_allowed(run, caller, action) for action in RunAction]


def _allowed(run: CourseRun, caller: Principal, action: RunAction) -> AllowedAction:
    why_not = _why_not(run, caller, action)
    return AllowedAction(action=action, allowed=why_not is None, reason=why_not)


def _why_not(run: CourseRun, caller: Principal, action: RunAction) -> str | None:
    if caller.grant(ASKS_FOR[action]) is None:
        return f"Your roles do not grant {ASKS_FOR[action]}."
    if run.status not in TAKEN_IN[action]:
        states = ", ".join(sorted(TAKEN_IN[action]))
        return f"The run is {run.status}; this needs {states}."
    overrides = caller.grant(Permission.RUNS_OVERRIDE) is not None
    return next((why for asked, holds, why in _hurdles(run, overrides=overrides) if asked is action and holds), None)


def _hurdles(run: CourseRun, *, overrides: bool) -> list[tuple[RunAction, bool, str]]:
    """Guards beyond state and role: the action each stands before, whether it stands now, and what it says."""
    few = run.registered_count < run.min_pax and not overrides
    owed = run.sync_state not in HELD_BY_TPGATEWAY and not overrides
    attended = any(session.attendance_taken for session in run.sessions)
    taught = any(TRAINER in link.roles for link in run.trainers)
    return [
        (RunAction.PUBLISH, not run.planned(), "It has no session."),
        (RunAction.PUBLISH, not taught, "No trainer is linked."),
        (RunAction.CONFIRM, few, f"{run.registered_count} of at least {run.min_pax} seats are confirmed."),
        (RunAction.CANCEL, attended, "Somebody was present."),
        (RunAction.CLOSE, bool(run.planned()), "A make-up session still lies ahead."),
        (RunAction.CLOSE, owed, f"TPGateway does not hold the run as it stands ({run.sync_state})."),
    ]


def notices(run: CourseRun, policy: Policy, now: datetime) -> list[Notice]:
    """What is allowed and still worth a look, as far as the run alone tells."""
    found: list[Notice] = []
    both = [link.trainer_id for link in run.trainers if {TRAINER, ASSESSOR} <= set(link.roles)]
    found += [
        Notice(code="assessor_is_trainer", message="One person both teaches and assesses.", trainer_id=trainer_id)
        for trainer_id in both
    ]
    days_left = (run.start_on - singapore_day(now)).days
    if run.status is RunStatus.DRAFT and days_left < policy.publish_target_days:
        message = f"It starts in {days_left} days; runs are best published {policy.publish_target_days} days ahead."
        found.append(Notice(code="publish_late", message=message))
    if run.class_size_override is not None:
        found.append(Notice(code="class_size_override", message=f"Larger than usual: {run.class_size_override}"))
    return found
