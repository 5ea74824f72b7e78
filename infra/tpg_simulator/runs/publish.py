"""C1: publish one or more runs of a course, all of them or none."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json, Session
from infra.tpg_simulator.refusals import Detail, Problems, Refusal
from infra.tpg_simulator.runs import rules
from infra.tpg_simulator.runs.course_root import open_root
from infra.tpg_simulator.runs.sessions import read_session
from infra.tpg_simulator.runs.shapes import RUN
from infra.tpg_simulator.runs.trainers import LinkedTrainers, read_trainers
from infra.tpg_simulator.seed import Course


@dataclass(frozen=True, slots=True)
class Draft:
    """One run of the request, read and right."""

    content: Json
    sessions: list[Session]
    trainers: LinkedTrainers


def publish(call: Call) -> Answer:
    root, course = open_root(call)
    sources = root.get("runs")
    if not isinstance(sources, list) or not sources:
        raise Refusal(400, details=[Detail("course.runs", "At least one course run is required.")])
    problems = Problems()
    drafts = [_read_run(source, position, call, problems) for position, source in enumerate(sources)]
    problems.refuse_if_any()
    runs = _make_runs(call, course, [draft for draft in drafts if draft])
    _refuse_duplicates(call, runs)
    profile = {key: one for draft in drafts if draft for key, one in draft.trainers.to_profile.items()}
    call.world.store.keep(runs, profile, {"runs_created": len(runs)})
    return Answer({"runs": [{"id": run.run_id} for run in runs]}, stored=True)


def _read_run(source: Any, position: int, call: Call, problems: Problems) -> Draft | None:
    path = f"course.runs[{position}]"
    if not isinstance(source, dict):
        problems.add(path, "Must be an object.")
        return None
    mine = Problems()
    switches = call.world.switches
    content = read_fields(RUN, source, path, mine)
    right = None if mine.details else content
    if right is not None:
        rules.check_run(right, path, mine, switches)
        rules.check_opening(right, path, mine, today=call.world.clock.singapore_today(), switches=switches)
    sessions = _read_sessions(source.get("sessions"), path, right, call, mine)
    trainers = read_trainers(source.get("linkCourseRunTrainer"), f"{path}.linkCourseRunTrainer", call, mine)
    # The position the client gave is echoed, so that it can tell which of its runs is meant.
    sequence = content.get("sequenceNumber", position)
    for detail in mine.details:
        problems.add(detail.field, f"Run {sequence}: {detail.message}")
    return Draft(content, sessions, trainers)


def _read_sessions(sources: Any, path: str, content: Json | None, call: Call, problems: Problems) -> list[Session]:
    if sources is None:
        return []
    if not isinstance(sources, list):
        problems.add(f"{path}.sessions", "Must be a list.")
        return []
    sessions = []
    for position, source in enumerate(sources):
        where = f"{path}.sessions[{position}]"
        session = read_session(source, where, content, problems)
        if session is not None and content is not None:
            rules.check_session_inside(session, content, where, problems)
            rules.check_not_ended(session, where, problems, now=call.world.clock.now(), switches=call.world.switches)
            sessions.append(session)
    return sessions


def _make_runs(call: Call, course: Course, drafts: list[Draft]) -> list[CourseRun]:
    first_id = call.world.store.next_run_id()
    return [_make_run(call, course, draft, first_id + position) for position, draft in enumerate(drafts)]


def _make_run(call: Call, course: Course, draft: Draft, run_id: int) -> CourseRun:
    now = call.world.clock.now()
    sessions = tuple(
        session.model_copy(update={"session_id": session_id(course, run_id, number)})
        for number, session in enumerate(draft.sessions, start=1)
    )
    run = CourseRun(
        run_id=run_id,
        provider_uen=call.provider_uen,
        course_reference=course.reference,
        content=draft.content,
        sessions=sessions,
        trainers=tuple(draft.trainers.links),
        sessions_made=len(sessions),
        created_at=now,
        updated_at=now,
        visible_at=now + timedelta(seconds=call.world.switches.visibility_delay_s),
    )
    return run.model_copy(update={"published_as": run.fingerprint()})


def session_id(course: Course, run_id: int, number: int) -> str:
    return f"{course.external}-{run_id}-S{number}"


def _refuse_duplicates(call: Call, runs: list[CourseRun]) -> None:
    """Refuse a run equal to one that stands, or to another in the same request."""
    if call.world.switches.duplicates_run == "allow":
        return
    seen: set[str] = set()
    for position, run in enumerate(runs):
        if run.published_as in seen or call.world.store.runs_like(run.published_as):
            call.world.store.count("runs_refused_as_duplicate")
            raise Refusal(
                400, details=[Detail(f"course.runs[{position}]", f"Run {position}: Course run already exists.")]
            )
        seen.add(run.published_as)
