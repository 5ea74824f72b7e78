"""C2: edit a run. Absent fields stay (a switch), trainers are replaced as a whole (a switch), sessions by action."""

from typing import Any

from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json
from infra.tpg_simulator.refusals import Detail, Problems, Refusal
from infra.tpg_simulator.runs import rules
from infra.tpg_simulator.runs.course_root import REFERENCE_FIELD, open_root, visible_run
from infra.tpg_simulator.runs.session_edits import SessionEdits
from infra.tpg_simulator.runs.shapes import RUN
from infra.tpg_simulator.runs.trainers import LinkedTrainers, read_trainers

RUN_PATH = "course.run"


def open_run(call: Call, *, action: str) -> tuple[CourseRun, Json]:
    """Settle which run a write means and check that its action is the expected one."""
    root, course = open_root(call)
    run = visible_run(call)
    if run.course_reference != course.reference:
        raise Refusal(400, details=[Detail(REFERENCE_FIELD, "Course run does not belong to this course.")])
    source = root.get("run")
    if not isinstance(source, dict):
        raise Refusal(400, details=[Detail(RUN_PATH, "This field is required.")])
    if str(source.get("action", "")).lower() != action:
        raise Refusal(400, details=[Detail(f"{RUN_PATH}.action", "Must be update or delete.")])
    return run, source


def edit(call: Call) -> Answer:
    run, source = open_run(call, action="update")
    switches = call.world.switches
    problems = Problems()
    keep = switches.edit_absent_fields == "keep"
    given = read_fields(RUN, source, RUN_PATH, problems, absent_is_fine=keep)
    content = {**run.content, **given} if keep else given
    right = None if problems.details else content
    if right is not None:
        rules.check_run(right, RUN_PATH, problems, switches)
    linked = _edited_trainers(run, source.get("linkCourseRunTrainer"), call, problems)
    edits = SessionEdits(call, run, right, problems)
    sessions = edits.apply(source.get("sessions"), f"{RUN_PATH}.sessions")
    problems.refuse_if_any()
    edited = run.model_copy(
        update={
            "content": content,
            "sessions": sessions,
            "sessions_made": edits.sessions_made,
            "trainers": tuple(linked.links),
            "updated_at": call.world.clock.now(),
            "changed_by": "api",
            "edits": run.edits + 1,
        }
    )
    call.world.store.keep([edited], linked.to_profile, {"runs_edited": 1})
    return Answer(stored=True)


def _edited_trainers(run: CourseRun, links: Any, call: Call, problems: Problems) -> LinkedTrainers:
    """Replace the whole list, so that leaving it out takes all trainers off the run; `keep` forgives that."""
    if not links and call.world.switches.edit_trainers == "keep":
        return LinkedTrainers(list(run.trainers))
    return read_trainers(links, f"{RUN_PATH}.linkCourseRunTrainer", call, problems)


def delete(call: Call) -> Answer:
    """C3: delete a run and with it all its sessions; it is kept as deleted for the journal's reader."""
    run, _ = open_run(call, action="delete")
    _refuse_if_used(call, run)
    now = call.world.clock.now()
    gone = run.model_copy(
        update={
            "deleted": True,
            "sessions": tuple(session.model_copy(update={"deleted": True}) for session in run.sessions),
            "updated_at": now,
            "changed_by": "api",
        }
    )
    call.world.store.keep([gone], counted={"runs_deleted": 1})
    return Answer(stored=True)


def _refuse_if_used(call: Call, run: CourseRun) -> None:
    """A run that people are enrolled on, were seen on or have results of stays, unless a switch lets it go."""
    if call.world.switches.delete_run_with_records == "allow":
        return
    store = call.world.store
    for what, ledger in (
        ("enrolments", store.enrolments),
        ("attendance", store.attendance),
        ("assessments", store.assessments),
    ):
        if any(record.standing for record in ledger.having("run", run.run_id)):
            raise Refusal(400, details=[Detail(RUN_PATH, f"Course run has {what} and cannot be deleted.")])
