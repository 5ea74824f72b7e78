"""What publish, edit and delete share: the root object, whose course it is, and which run is meant."""

from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json
from infra.tpg_simulator.refusals import Detail, Problems, Refusal, RunUnknown, WrongProvider
from infra.tpg_simulator.runs.paging import read_whole
from infra.tpg_simulator.runs.shapes import COURSE_ROOT
from infra.tpg_simulator.seed import Course

REFERENCE_FIELD = "course.courseReferenceNumber"


def wants_expired(call: Call) -> bool:
    """Read `includeExpiredCourses`: absent, or true/false in any case."""
    text = call.query.get("includeExpiredCourses", "false").lower()
    if text not in {"true", "false"}:
        raise Refusal(400, details=[Detail("includeExpiredCourses", "Must be true or false.")])
    return text == "true"


def open_root(call: Call) -> tuple[Json, Course]:
    """Read the root of a write and settle its course; refuses strangers before anything else is looked at."""
    root = call.body.get("course") if isinstance(call.body, dict) else None
    if not isinstance(root, dict):
        raise Refusal(400, details=[Detail("course", "This field is required.")])
    problems = Problems()
    head = read_fields(COURSE_ROOT, root, "course", problems)
    problems.refuse_if_any()
    if head["trainingProvider"]["uen"] != call.provider_uen:
        raise WrongProvider
    return root, own_course(call, head["courseReferenceNumber"])


def own_course(call: Call, reference: str) -> Course:
    """Find the caller's course; unknown, foreign and expired ones are refused."""
    course = call.world.seed.find_course(reference)
    if course is None or (course.expired and not wants_expired(call)):
        raise Refusal(400, details=[Detail(REFERENCE_FIELD, "Invalid course reference number")])
    if course.provider != call.provider_uen:
        raise Refusal(400, details=[Detail(REFERENCE_FIELD, "Course does not belong to the Training Partner")])
    return course


def visible_run(call: Call) -> CourseRun:
    """Find the run named in the path; 404 while it is not visible yet, 403 when it is another provider's."""
    run_id = read_whole(call.path["runId"])
    run = None if run_id is None else call.world.store.runs.get(run_id)
    if run is None or run.deleted or run.visible_at > call.world.clock.now():
        raise RunUnknown
    if run.provider_uen != call.provider_uen:
        raise Refusal(403)
    return run
