"""A1: the attendance of a run's sessions, texts where the upload had numbers."""

from decimal import Decimal

from infra.tpg_simulator import codes
from infra.tpg_simulator.attendance.record import AttendanceRow, Attendee
from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json, Session
from infra.tpg_simulator.refusals import Detail, Refusal
from infra.tpg_simulator.runs.course_root import visible_run


def view(call: Call) -> Answer:
    """All sessions with their rows, or the one asked for; `total` counts rows. No session at all is 404."""
    run = visible_run(call)
    if (call.query.get("uen") or run.provider_uen) != run.provider_uen:
        raise Refusal(403)
    if (call.query.get("courseReferenceNumber") or run.course_reference) != run.course_reference:
        raise Refusal(404, details=[Detail("courseReferenceNumber", "Course run does not belong to this course.")])
    wanted = call.query.get("sessionId")
    sessions = [one for one in run.live_sessions if not wanted or one.session_id == wanted]
    if not sessions:
        raise Refusal(404)
    sessions.sort(key=lambda session: session.starts_at)
    shown = [_show_session(call, session) for session in sessions]
    total = sum(len(session["attendance"]) for session in shown)
    return Answer({"courseRun": {**_show_run(call, run), "sessions": shown}}, meta={"total": total})


def _show_run(call: Call, run: CourseRun) -> Json:
    course = call.world.seed.find_course(run.course_reference)
    dates = run.content.get("courseDates")
    found = dates if isinstance(dates, dict) else {}
    return {
        "id": run.run_id,
        "title": course.title if course else "",
        "referenceNumber": run.course_reference,
        "externalReferenceNumber": course.external if course else run.course_reference,
        "modeOfTraining": run.content.get("modeOfTraining", ""),
        "courseDates": {end: str(found.get(end, "")) for end in ("start", "end")},
    }


def _show_session(call: Call, session: Session) -> Json:
    rows = call.world.store.attendance.having("session", session.session_id)
    return {
        "id": session.session_id,
        "startDate": session.start_date,
        "endDate": session.end_date,
        "startTime": session.start_time,
        "endTime": session.end_time,
        "modeOfTraining": session.mode,
        "attendance": [_show_row(row) for row in rows],
    }


def _show_row(row: AttendanceRow) -> Json:
    return {
        "id": row.key,
        "status": codes.ATTENDANCE_STATUSES.get(row.status, row.status),
        "nric": row.trainee.id,
        "numberOfHours": _show_hours(row.hours),
        "entryMode": row.entry_mode,
        "manuallyAdded": row.manually_added,
        "editedByTP": "Yes" if row.edited_by_tp else "No",
        "sentToTraqom": row.sent_to_traqom,
        "errorMessage": row.error_message,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "trainee": _show_trainee(row, row.trainee),
    }


def _show_hours(hours: Decimal | None) -> str:
    """At least one digit after the point, as the gateway's own decimals have."""
    if hours is None:
        return ""
    text = f"{hours:f}"
    return text if "." in text else f"{text}.0"


def _show_trainee(row: AttendanceRow, trainee: Attendee) -> Json:
    return {
        "id": trainee.id,
        "name": trainee.name,
        "email": trainee.email,
        "idType": {"code": trainee.id_type, "description": codes.ID_TYPES.get(trainee.id_type, "")},
        "contactNumber": {
            "countryCode": str(trainee.country_code),
            "areaCode": str(trainee.area_code or 0),
            "mobile": trainee.mobile,
        },
        "individualId": row.individual_id,
        "accountType": row.account_type,
        "attendeeType": row.attendee_type,
        "surveyLanguage": {
            "code": trainee.survey_language,
            "description": codes.SURVEY_LANGUAGES.get(trainee.survey_language, ""),
        },
    }
