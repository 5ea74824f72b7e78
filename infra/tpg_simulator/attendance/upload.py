"""A2: say of one trainee that he was there. There is no edit: a correction is another upload, a withdrawal status 4."""

from infra.tpg_simulator.attendance.record import VOIDED, AttendanceRow, Attendee
from infra.tpg_simulator.attendance.shapes import UPLOAD
from infra.tpg_simulator.attendance.taken import with_attendance_taken
from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json, Session
from infra.tpg_simulator.refusals import Detail, Problems, Refusal, WrongProvider
from infra.tpg_simulator.runs.course_root import visible_run
from infra.tpg_simulator.stored import person, touched
from infra.tpg_simulator.world import World

ON_THE_JOB = "4"
TRAINEE_PATH = "course.attendance.trainee"


def upload(call: Call) -> Answer:
    run = visible_run(call)
    if not isinstance(call.body, dict):
        raise Refusal(400, details=[Detail("course", "This field is required.")])
    problems = Problems()
    found = read_fields(UPLOAD, call.body, "", problems)
    course = found.get("course", {})
    session = _session_of(call, run, course, problems)
    attendance = course.get("attendance", {})
    _check_trainee(call, run, session, attendance, problems)
    _check_caller(call, found, problems)
    problems.refuse_if_any()
    row = make_row(call.world, run, course, corppass_id=found["corppassId"])
    _refuse_duplicate(call, row)
    voided = _withdrawn(call.world, row)
    changed = with_attendance_taken(call.world.store, run, [row, *voided])
    call.world.store.keep(changed, records=[row, *voided], counted={"attendance_created": 1})
    return Answer(stored=True)


def _check_caller(call: Call, found: Json, problems: Problems) -> None:
    if found.get("uen", call.provider_uen) == call.provider_uen:
        return
    if not problems.details:
        raise WrongProvider
    problems.add("uen", "TGS-405 - Invalid training partner UEN")


def _session_of(call: Call, run: CourseRun, course: Json, problems: Problems) -> Session | None:
    """Find the session among the run's; tells what is wrong with it or with the course."""
    reference = course.get("referenceNumber", run.course_reference)
    if call.world.seed.find_course(reference) is None:
        problems.add("course.referenceNumber", "Invalid course reference number")
    elif reference != run.course_reference:
        problems.add("course.referenceNumber", "Course run does not belong to this course.")
    wanted = course.get("sessionID")
    if wanted is None:
        return None
    session = next((one for one in run.live_sessions if one.session_id == wanted), None)
    if session is None:
        problems.add("course.sessionID", "No such session on this course run.")
    elif call.world.switches.checks("future_attendance") and session.starts_at > call.world.clock.now():
        problems.add("course.sessionID", "The session has not started.")
    return session


def _check_trainee(call: Call, run: CourseRun, session: Session | None, attendance: Json, problems: Problems) -> None:
    trainee = attendance.get("trainee")
    if trainee is None:
        return
    _check_reachable(trainee, problems)
    hours_told = f"{TRAINEE_PATH}.numberOfHours" in {detail.field for detail in problems.details}
    if session is not None and session.mode == ON_THE_JOB and "numberOfHours" not in trainee and not hours_told:
        problems.add(f"{TRAINEE_PATH}.numberOfHours", "This field is required for on-the-job training.")
    withdrawal = attendance.get("status", {}).get("code") == VOIDED
    if call.world.switches.checks("enrolled") and "id" in trainee and not withdrawal:
        seat = call.world.store.enrolments.having("seat", run.run_id, person(trainee["id"]))
        if not any(enrolment.confirmed for enrolment in seat):
            problems.add(f"{TRAINEE_PATH}.id", "Trainee is not enrolled on this course run.")


def _check_reachable(trainee: Json, problems: Problems) -> None:
    mobile_path, email_path = f"{TRAINEE_PATH}.contactNumber.mobile", f"{TRAINEE_PATH}.email"
    told = {detail.field for detail in problems.details}
    reachable = trainee.get("email", "") + trainee.get("contactNumber", {}).get("mobile", "")
    if not reachable.strip() and not told & {mobile_path, email_path}:
        problems.add(email_path, "An e-mail address or a mobile number is required.")


def make_row(world: World, run: CourseRun, course: Json, *, corppass_id: str = "") -> AttendanceRow:
    """Turn the `course` object of a well-formed upload into a row; nothing is stored yet."""
    now = world.clock.now()
    attendance = course["attendance"]
    trainee = attendance["trainee"]
    contact = trainee["contactNumber"]
    return AttendanceRow(
        number=world.store.attendance.next_number(),
        provider_uen=run.provider_uen,
        created_at=now,
        updated_at=now,
        touch_at=touched(now, world.switches.meta_touch_delay_s),
        run_id=run.run_id,
        session_id=course["sessionID"],
        status=attendance["status"]["code"],
        hours=trainee.get("numberOfHours"),
        trainee=Attendee(
            id=trainee["id"],
            name=trainee["name"],
            id_type=trainee["idType"]["code"],
            email=trainee.get("email", ""),
            mobile=contact.get("mobile", ""),
            area_code=contact.get("areaCode"),
            country_code=contact["countryCode"],
            survey_language=trainee["surveyLanguage"]["code"],
        ),
        corppass_id=corppass_id,
    )


def _refuse_duplicate(call: Call, row: AttendanceRow) -> None:
    if call.world.switches.duplicates_attendance == "allow":
        return
    seen = call.world.store.attendance.having("seen", row.session_id, row.person)
    if any(other.likeness() == row.likeness() for other in seen):
        call.world.store.count("attendance_refused_as_duplicate")
        raise Refusal(400, details=[Detail("course.attendance", "Attendance already exists.")])


def _withdrawn(world: World, row: AttendanceRow) -> list[AttendanceRow]:
    """The earlier rows of the person that a withdrawal voids with it, where the switch says so."""
    if row.status != VOIDED or world.switches.attendance_withdrawal == "appends":
        return []
    earlier = world.store.attendance.having("seen", row.session_id, row.person)
    stamps = {"status": VOIDED, "updated_at": row.created_at, "changed_by": "api"}
    return [one.model_copy(update={**stamps, "edits": one.edits + 1}) for one in earlier if one.standing]
