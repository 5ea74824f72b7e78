"""What TPGateway would refuse about one person's attendance of one session, all at once.

    judge_upload(request, now=clock.now(), ruleset=ruleset_on(singapore_day(clock.now())), mode_of_training="1")

Whether the person is enrolled and the session has begun is not in a request and not judged here.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from libs.tpgateway.attendance.requests import Attendee, AttendeeNumber, UploadAttendance
from libs.tpgateway.identifiers import is_singapore_mobile
from libs.tpgateway.rules import shape
from libs.tpgateway.rules.fields import judge_fields, judge_root
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.identities import judge_identity
from libs.tpgateway.rules.partners import judge_caller
from libs.tpgateway.rules.ruleset import RuleSet

Body = Mapping[str, Any]
_AT = "course.attendance.trainee"
_AREA = f"{_AT}.contactNumber.areaCode"
_SINGAPORE = 65


def judge_upload(
    request: UploadAttendance | Body,
    *,
    now: datetime,
    ruleset: RuleSet,
    caller_uen: str | None = None,
    mode_of_training: str | None = None,
) -> list[Finding]:
    """A mark that is to be told. `mode_of_training` is the session's: one of them asks for hours."""
    del now  # part of the promise: a request tells no day, yet
    read, findings = shape.read(UploadAttendance, request, nullable={_AREA})
    if read is not None:
        circumstances = {"hours"} if ruleset.needs_hours(mode_of_training) else set()
        body = read.body()
        findings += judge_root(body, "upload", ruleset)
        findings += judge_fields(body.get("course", {}), "course", "attended_course", circumstances, ruleset)
        findings += judge_caller(read.uen, "uen", caller_uen)
        attendance = read.course.attendance
        findings += _attendee((attendance.trainee if attendance else None) or Attendee(), ruleset)
    return ruleset.graded(findings)


def _attendee(trainee: Attendee, ruleset: RuleSet) -> Iterator[Finding]:
    expected = ruleset.id_kinds.get(trainee.id_type.code or "") if trainee.id_type else None
    yield from judge_identity(trainee.id, expected, f"{_AT}.id", f"{_AT}.idType.code")
    number = trainee.contact_number or AttendeeNumber()
    email, mobile = (trainee.email or "").strip(), (number.mobile or "").strip()
    if not email and not mobile:
        message = "TPGateway asks for an email address or a mobile phone."
        yield Finding(f"{_AT}.email", "no_contact", message, "Enter one of them.")
    elif not email and number.country_code == _SINGAPORE and not is_singapore_mobile(mobile):
        message = "Without an email address a Singapore mobile phone is asked for."
        yield Finding(f"{_AT}.contactNumber.mobile", "not_a_mobile", message, "Enter an email address as well.")
