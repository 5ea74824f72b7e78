"""Calls that take away at TPGateway what none of our records stands for, by its name there."""

from dataclasses import replace
from typing import Final

from pydantic import BaseModel, ConfigDict

from libs.tpgateway.attendance.replies import AttendanceRow
from libs.tpgateway.attendance.requests import (
    Attendance,
    AttendedCourse,
    Attendee,
    AttendeeNumber,
    Code,
    UploadAttendance,
)
from libs.tpgateway.course_runs.requests import DeleteRequest
from libs.tpgateway.enrolments.requests import CancelEnrolment
from libs.tpgateway.operations import (
    CANCEL_ENROLMENT,
    DELETE_RUN,
    UPLOAD_ATTENDANCE,
    VOID_ASSESSMENT,
)
from libs.tpgateway.submissions.assessments import void_assessment
from libs.tpgateway.submissions.enrolments import cancel_enrolment
from services.tpg_sync.client.tpgateway import Call
from services.tpg_sync.engine.records.dealings import Sending
from services.tpg_sync.models import JobKind
from services.tpg_sync.settings import SyncSettings

VOIDED: Final = "4"
_NO_AREA: Final = "0"


class RemoteThing(BaseModel):
    """What is to go, by references alone."""

    model_config = ConfigDict(frozen=True)

    remote_ref: str
    run_ref: str = ""
    course_reference: str = ""

    @property
    def session_ref(self) -> str:
        """Of a row of attendance: its session."""
        return self.remote_ref.rpartition("#")[0]

    @property
    def row_id(self) -> str:
        return self.remote_ref.rpartition("#")[2]


def removal(kind: JobKind, thing: RemoteThing, settings: SyncSettings) -> Call:
    """The call that removes a run, cancels an enrolment or voids a result; not for rows of attendance."""
    match kind:
        case JobKind.RUN_DELETE_FOREIGN:
            body = DeleteRequest.of(thing.course_reference, settings.tpg_uen).body()
            return Call(operation=DELETE_RUN, values={"run_id": thing.remote_ref}, body=body)
        case JobKind.ENROLMENT_CANCEL_FOREIGN:
            cancel = cancel_enrolment(run_id=thing.run_ref) if thing.run_ref else CancelEnrolment()
            return Call(operation=CANCEL_ENROLMENT, values={"reference": thing.remote_ref}, body=cancel.body())
        case JobKind.ASSESSMENT_VOID_FOREIGN:
            values = {"reference": thing.remote_ref}
            return Call(operation=VOID_ASSESSMENT, values=values, body=void_assessment().body())
        case _:
            message = f"{kind} removes nothing by its name"
            raise ValueError(message)


def voiding(row: AttendanceRow, thing: RemoteThing, settings: SyncSettings) -> Call:
    """The upload that withdraws a row, with the person as the row tells them."""
    attendee = Attendee(
        id=row.id_number,
        name=row.name,
        email=row.email or None,
        id_type=Code(code=row.id_type),
        contact_number=AttendeeNumber(
            mobile=row.mobile or None, area_code=_number(row.area_code), country_code=_number(row.country_code) or 65
        ),
        number_of_hours=row.hours,
        survey_language=Code(code=row.survey_language or "EL"),
    )
    upload = UploadAttendance(
        uen=settings.tpg_uen,
        corppass_id=settings.tpg_corppass_id,
        course=AttendedCourse(
            session_id=thing.session_ref,
            reference_number=thing.course_reference,
            attendance=Attendance(status=Code(code=VOIDED), trainee=attendee),
        ),
    )
    return Call(operation=UPLOAD_ATTENDANCE, values={"run_id": thing.run_ref}, body=upload.body())


def _number(text: str | None) -> int | None:
    return int(text) if text and text != _NO_AREA and text.isascii() and text.isdigit() else None


def dropping(edit: Sending, session_ref: str) -> Sending:
    """An edit of the run that touches one session only, to take it away; safe to say twice."""
    body = dict(edit.call.body or {})
    course = dict(body["course"])
    sessions = [{"action": "delete", "sessionId": session_ref}]
    course["run"] = {**course["run"], "sessions": sessions}
    call = replace(edit.call, body={**body, "course": course})
    return Sending(JobKind.RUN_DROP_SESSION, call, repeatable=True)
