"""One person's attendance of one session in the form in which ours and TPGateway's can be compared.

row = counterpart(ours, rows)
missing = row is None
names = differences(ours, normal_row(row))
"""

from collections.abc import Iterable, Mapping
from typing import Final

from libs.tpgateway.attendance.replies import VOIDED, AttendanceRow, newest_by_person, rows_by_person
from libs.tpgateway.attendance.requests import Attendee, UploadAttendance
from libs.tpgateway.comparing import Kind, NormalRecord, differing, normal_record
from libs.tpgateway.normalising import normal_id, normal_phone, normal_text

STATUS_WORDS: Final = {"1": "Confirmed", "2": "Unconfirmed", "3": "Rejected", "4": VOIDED}
"""The codes that are sent, in the words that are shown. Part of the shape of the message."""
_PAPERS: Final = {"SP": "NRIC", "SB": "NRIC", "SO": "FIN", "FP": "other", "OT": "other"}
"""TPGateway tells citizens from residents and passports from other papers; we do not, so neither differs."""

KIND_OF: Final[Mapping[str, Kind]] = {
    "status": Kind.STATUS,
    "trainee.id": Kind.IDENTITY,
    "trainee.idType.code": Kind.IDENTITY,
    "trainee.name": Kind.CONTACT,
    "trainee.email": Kind.CONTACT,
    "trainee.contactNumber": Kind.CONTACT,
    "trainee.numberOfHours": Kind.HOURS,
    "trainee.surveyLanguage.code": Kind.CONTACT,
}
"""Every field that is compared. For a row of a scan, what the person told Singpass differs without harm."""


def normal_upload(request: UploadAttendance) -> NormalRecord:
    """The row TPGateway will show once it took the upload."""
    attendance = request.course.attendance
    if attendance is None:
        return normal_record({})
    code = attendance.status.code if attendance.status else None
    status = None if code is None else STATUS_WORDS.get(code, code)
    return normal_record({"status": status, **(_attendee(attendance.trainee) if attendance.trainee else {})})


def normal_row(row: AttendanceRow) -> NormalRecord:
    return normal_record(
        {
            "status": STATUS_WORDS.get(row.status.strip(), row.status) or None,
            "trainee.id": row.person or None,
            "trainee.idType.code": _paper(row.id_type),
            "trainee.name": row.name or None,
            "trainee.email": row.email or None,
            "trainee.contactNumber": normal_phone(row.country_code, row.area_code, row.mobile) if row.mobile else None,
            "trainee.numberOfHours": row.hours,
            "trainee.surveyLanguage.code": row.survey_language or None,
        }
    )


def counterpart(ours: NormalRecord, rows: Iterable[AttendanceRow]) -> AttendanceRow | None:
    """The row of this session that ours is to be compared with; None when the person has none.

    Usually the newest that is not voided. A withdrawal stands beside the row it withdraws, so a mark that is voided
    here is looked for in the newest row of all.
    """
    rows, person = list(rows), ours.fields.get("trainee.id", "")
    if ours.fields.get("status") == normal_text(VOIDED):
        newest = rows_by_person(rows).get(person)
        return newest[0] if newest else None
    return newest_by_person(rows).get(person)


def differences(ours: NormalRecord, theirs: NormalRecord) -> tuple[str, ...]:
    """The names of the fields told differently, every one of them in `KIND_OF`; never a value."""
    return differing(ours, theirs)


def _attendee(trainee: Attendee) -> Mapping[str, object]:
    phone = trainee.contact_number
    return {
        "trainee.id": normal_id(trainee.id) if trainee.id else None,
        "trainee.idType.code": _paper(trainee.id_type.code if trainee.id_type else None),
        "trainee.name": trainee.name,
        "trainee.email": trainee.email,
        "trainee.contactNumber": (
            normal_phone(_text(phone.country_code), _text(phone.area_code), phone.mobile)
            if phone and phone.mobile
            else None
        ),
        "trainee.numberOfHours": trainee.number_of_hours,
        "trainee.surveyLanguage.code": trainee.survey_language.code if trainee.survey_language else None,
    }


def _paper(code: str | None) -> str | None:
    return None if code is None else _PAPERS.get(code.strip().upper(), code)


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
