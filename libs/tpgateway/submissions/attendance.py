"""One person's attendance of one session in our words -> what TPGateway wants to hear.

Every function is pure. Requests hold personal data: encrypt, never log. There is no edit and no delete: to correct,
upload again; to withdraw, upload a voided mark.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from libs.contracts.attendance import MarkState
from libs.contracts.submissions import AttendanceSubmission, PhonePart, TraineePart
from libs.tpgateway.attendance.requests import (
    Attendance,
    AttendedCourse,
    Attendee,
    AttendeeNumber,
    Code,
    UploadAttendance,
)
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.submissions.people import bare_digits, id_number
from libs.tpgateway.submissions.untellable import Untellable

STATUS_CODE: Final[dict[str, str]] = {
    MarkState.PRESENT: "1",
    MarkState.CHECKED_IN: "2",
    MarkState.REJECTED: "3",
    MarkState.VOIDED: "4",
}
"""Absence has no code: of somebody who was not there, TPGateway is told nothing."""
ID_TYPE_CODE: Final = {"NRIC": "SP", "FIN": "SO", "OTHERS": "OT"}
"""Our three kinds of id, in the five codes attendance has on the wire."""
ON_THE_JOB: Final = "4"
"""The mode of training in which hours are asked of every upload. Part of the shape of the message."""
_CENTIHOUR: Final = Decimal("0.01")
_HERE: Final = frozenset({MarkState.PRESENT, MarkState.CHECKED_IN})


def upload_attendance(
    submission: AttendanceSubmission,
    trainee: TraineePart,
    *,
    session_id: str,
    course_reference: str,
    uen: str,
    corppass_id: str,
    mode_of_training: str | None,
) -> UploadAttendance:
    """Tell the mark as it stands. `session_id` is TPGateway's; `mode_of_training` the session's.

    Raises Untellable for an absence, or a phone whose country or area is no number. A rejected or voided mark tells
    hours only in the mode that asks for them always.
    """
    status = Code(code=_status(submission.state))
    hours = submission.hours if submission.state in _HERE or mode_of_training == ON_THE_JOB else None
    attendee = Attendee(
        id=id_number(trainee),
        name=trainee.full_name,
        email=trainee.email or None,
        id_type=Code(code=ID_TYPE_CODE.get(trainee.id_type, trainee.id_type)),
        contact_number=_number(trainee.phone),
        number_of_hours=None if hours is None else hours.quantize(_CENTIHOUR, ROUND_HALF_UP),
        survey_language=Code(code=trainee.survey_language),
    )
    attendance = Attendance(status=status, trainee=attendee)
    course = AttendedCourse(session_id=session_id, reference_number=course_reference, attendance=attendance)
    return UploadAttendance(uen=uen, corppass_id=corppass_id, course=course)


def _status(state: str) -> str:
    code = STATUS_CODE.get(state)
    if code is None:
        message = f"TPGateway has no code for a mark that is {state}."
        raise Untellable(Finding("state", "no_code", message, "Send nothing; void what was sent before."))
    return code


def _number(phone: PhonePart) -> AttendeeNumber:
    return AttendeeNumber(
        mobile=bare_digits(phone.number) or None,
        area_code=_whole(phone.area, "area") if phone.area.strip() else None,
        country_code=_whole(phone.country, "country"),
    )


def _whole(text: str, part: str) -> int:
    digits = bare_digits(text)
    if not (digits.isascii() and digits.isdigit()):
        message = f"The phone's {part} code has to be a number."
        raise Untellable(Finding(f"trainee.phone.{part}", "malformed", message, "Enter its digits alone, such as 65."))
    return int(digits)
