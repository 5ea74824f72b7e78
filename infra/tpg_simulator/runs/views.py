"""C4, C5 and C6: what can be read back, in the three shapes the gateway has for it."""

from typing import Any

from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.fields import is_day
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json, Session
from infra.tpg_simulator.refusals import Detail, Refusal, RunUnknown
from infra.tpg_simulator.runs.course_root import visible_run, wants_expired
from infra.tpg_simulator.runs.paging import read_page
from infra.tpg_simulator.runs.shapes import VENUE_NAMES
from infra.tpg_simulator.runs.trainers import show_trainer
from infra.tpg_simulator.seed import Course

QR_LINK = "https://uat.myskillsfuture.gov.sg/api/uat/take-attendance/RA"
COPIED = (
    "scheduleInfoType",
    "scheduleInfo",
    "venue",
    "intakeSize",
    "threshold",
    "modeOfTraining",
    "courseAdminEmail",
    "courseVacancy",
    "toAppendCourseApplicationURL",
    "courseApplicationUrl",
    "notShownToPublic",
)


def view_run(call: Call) -> Answer:
    """C4: one run, its dates flat."""
    run = visible_run(call)
    if call.query.get("organizationKey", run.provider_uen) != run.provider_uen:
        raise Refusal(403)
    course = _course_of(call, run)
    registration, dates = run.content.get("registrationDates", {}), run.content.get("courseDates", {})
    shown = {
        **_show_run(call, run),
        "registrationOpeningDate": registration.get("opening"),
        "registrationClosingDate": registration.get("closing"),
        "courseStartDate": dates.get("start"),
        "courseEndDate": dates.get("end"),
    }
    return Answer({"course": {**_show_course(course), "run": shown}})


def list_runs(call: Call) -> Answer:
    """C5: the runs of one course, their dates nested. A token may read any provider's, a certificate its own."""
    course = _asked_course(call)
    uen = call.query.get("uen") or (course.provider if call.by_token else call.provider_uen)
    if not call.by_token and uen != call.provider_uen:
        raise Refusal(403)
    strict = call.world.switches.profile == "strict"
    page = read_page(call.query, sizes={20, 40, 60, 100} if strict else None)
    start = _asked_start(call)
    now = call.world.clock.now()
    runs = [
        run
        for run in call.world.store.runs_of_course(course.reference)
        if run.provider_uen == uen
        and run.visible_at <= now
        and start in {None, run.content.get("courseDates", {}).get("start")}
    ]
    shown = [_show_nested(call, run) for run in page.cut(runs)]
    return Answer({"course": {**_show_course(course), "runs": shown}}, meta={"total": len(runs)})


def list_sessions(call: Call) -> Answer:
    """C6: the sessions of one run. None, or an unknown run, is 404 without details."""
    try:
        run = visible_run(call)
    except RunUnknown:
        raise Refusal(404) from None
    if call.query.get("uen", run.provider_uen) != run.provider_uen:
        raise Refusal(403)
    if call.query.get("courseReferenceNumber", run.course_reference) != run.course_reference:
        raise Refusal(404)
    _course_of(call, run)
    page = read_page(call.query)
    month = _asked_month(call)
    standing = run.sessions if call.world.switches.sessions_show_deleted else run.live_sessions
    sessions = [session for session in standing if month is None or session.start_date.startswith(month)]
    if not sessions:
        raise Refusal(404)
    sessions.sort(key=lambda session: session.starts_at)
    return Answer({"sessions": [_show_session(one) for one in page.cut(sessions)]}, meta={"total": len(sessions)})


def _course_of(call: Call, run: CourseRun) -> Course:
    course = call.world.seed.find_course(run.course_reference)
    if course is None or (course.expired and not wants_expired(call)):
        raise RunUnknown
    return course


def _asked_course(call: Call) -> Course:
    reference = call.query.get("courseReferenceNumber", "")
    if not reference:
        raise Refusal(400, details=[Detail("courseReferenceNumber", "This parameter is required.")])
    course = call.world.seed.find_course(reference)
    if course is None or (course.expired and not wants_expired(call)):
        raise Refusal(404, details=[Detail("", "No course found.")])
    tp_code = call.query.get("tpCode")
    if tp_code and not tp_code.startswith(course.provider):
        raise Refusal(404, details=[Detail("", "No course found.")])
    return course


def _asked_start(call: Call) -> int | None:
    text = call.query.get("courseRunStartDate", "").replace("-", "")
    if not text:
        return None
    if not is_day(text):
        raise Refusal(400, details=[Detail("courseRunStartDate", "Must be a date as YYYYMMDD.")])
    return int(text)


def _asked_month(call: Call) -> str | None:
    """Turn `MMYYYY` into the beginning of a stored date."""
    text = call.query.get("sessionMonth", "")
    if not text:
        return None
    month, year = text[:2], text[2:]
    if not is_day(f"{year}{month}01"):
        raise Refusal(400, details=[Detail("sessionMonth", "Must be a month as MMYYYY.")])
    return year + month


def _show_course(course: Course) -> Json:
    return {
        "referenceNumber": course.reference,
        "externalReferenceNumber": course.external,
        "title": course.title,
        "deleteFlag": False,
        "expireFlag": course.expired,
        "support": list(course.support),
    }


def _show_run(call: Call, run: CourseRun) -> Json:
    mask = call.world.switches.mask_trainer_id
    return {
        "id": run.run_id,
        "referenceNumber": run.course_reference,
        "organizationKey": run.provider_uen,
        **{name: run.content[name] for name in COPIED if name in run.content},
        "registeredUserCount": _count_registered(call, run),
        "qrCodeLink": f"{QR_LINK}{run.run_id}",
        "file": _show_file(run.content.get("file")),
        "attendanceTaken": any(session.attendance_taken for session in run.sessions),
        "linkCourseRunTrainer": [show_trainer(one, run.provider_uen, mask=mask) for one in run.trainers],
    }


def _count_registered(call: Call, run: CourseRun) -> Any:
    """What was published, or by switch how many people are enrolled."""
    if call.world.switches.runs_registered_count == "published":
        return run.content.get("registeredUserCount", 0)
    return sum(enrolment.confirmed for enrolment in call.world.store.enrolments.having("run", run.run_id))


def _show_nested(call: Call, run: CourseRun) -> Json:
    return {
        **_show_run(call, run),
        "sequenceNumber": run.content.get("sequenceNumber", 0),
        "registrationDates": run.content.get("registrationDates", {}),
        "courseDates": run.content.get("courseDates", {}),
    }


def _show_file(file: Any) -> Json:
    """Say nothing of a file that was sent empty, as most clients send it."""
    return dict(file) if file and file.get("Name") else {}


def _show_session(session: Session) -> Json:
    venue = session.venue or {}
    return {
        "id": session.session_id,
        "startDate": session.start_date,
        "endDate": session.end_date,
        "startTime": session.start_time,
        "endTime": session.end_time,
        "modeOfTraining": session.mode,
        "attendanceTaken": session.attendance_taken,
        "deleted": session.deleted,
        "venue": {name: _empty_is_null(venue.get(name)) for name in VENUE_NAMES},
    }


def _empty_is_null(value: Any) -> Any:
    return None if value == "" else value
