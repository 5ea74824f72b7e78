"""From all that we hold of a run and all that TPGateway shows of it, every disagreement. Pure."""

from services.tpg_sync.engine.reconciling.attendance import judge_attendance
from services.tpg_sync.engine.reconciling.enrolments import judge_enrolments
from services.tpg_sync.engine.reconciling.results import judge_results
from services.tpg_sync.engine.reconciling.runs import judge_run
from services.tpg_sync.engine.reconciling.scene import Finding, Ours, Sight, Theirs


def judge(ours: Ours, theirs: Theirs, sight: Sight) -> list[Finding]:
    """Of a run that is not there, only that is told: what hangs on it cannot be there either."""
    found = judge_run(ours, theirs, sight)
    if theirs.course is None or not ours.run_ref:
        return found
    return [
        *found,
        *judge_enrolments(ours, theirs, sight),
        *judge_attendance(ours, theirs, sight),
        *judge_results(ours, theirs, sight),
    ]
