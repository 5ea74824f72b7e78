"""What TPGateway would refuse about somebody's attendance, told in our own field names."""

from datetime import datetime
from typing import Final

from libs.contracts.attendance import MarkState
from libs.contracts.submissions import AttendanceSubmission, TraineePart
from libs.sources import singapore_day
from libs.tpgateway.attendance.requests import UploadAttendance
from libs.tpgateway.rules.attendance import judge_upload
from libs.tpgateway.rules.finding import Finding, LocalNames
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.submissions.attendance import upload_attendance
from libs.tpgateway.submissions.untellable import Untellable

_AT: Final = "course.attendance"
LOCAL_NAMES: Final = LocalNames(
    {
        "corppassId": "corppass_id",
        "course.sessionID": "session_id",
        "course.referenceNumber": "course_reference",
        f"{_AT}.status": "state",
        f"{_AT}.status.code": "state",
        f"{_AT}.trainee": "trainee",
        f"{_AT}.trainee.id": "trainee.id_number",
        f"{_AT}.trainee.idType": "trainee.id_type",
        f"{_AT}.trainee.idType.code": "trainee.id_type",
        f"{_AT}.trainee.name": "trainee.full_name",
        f"{_AT}.trainee.contactNumber": "trainee.phone",
        f"{_AT}.trainee.contactNumber.mobile": "trainee.phone.number",
        f"{_AT}.trainee.contactNumber.areaCode": "trainee.phone.area",
        f"{_AT}.trainee.contactNumber.countryCode": "trainee.phone.country",
        f"{_AT}.trainee.numberOfHours": "hours",
        f"{_AT}.trainee.surveyLanguage": "trainee.survey_language",
        f"{_AT}.trainee.surveyLanguage.code": "trainee.survey_language",
    }
)


def judge(
    submission: AttendanceSubmission,
    trainee: TraineePart,
    *,
    now: datetime,
    mode_of_training: str | None,
    uen: str | None = None,
    corppass_id: str | None = None,
    session_id: str | None = None,
    course_reference: str | None = None,
    session_starts_at: datetime | None = None,
) -> list[Finding]:
    """All that speaks against telling the mark as it stands, blocking or only worth a look, in our field names.

    What is not given (the provider, TPGateway's `session_id`, when the session starts) is not judged. A mark that
    cannot be told at all, such as an absence, is found here too.
    """
    ruleset = ruleset_on(singapore_day(now))
    given = {"uen": uen, "corppass_id": corppass_id, "session_id": session_id, "course_reference": course_reference}
    request, found = _built(submission, trainee, {name: value or "" for name, value in given.items()}, mode_of_training)
    if session_starts_at is not None and session_starts_at > now:
        message = "The session has not begun."
        found.append(Finding("session_id", "not_begun", message, "Wait until it has."))
    judged = judge_upload(request, now=now, ruleset=ruleset, caller_uen=uen, mode_of_training=mode_of_training)
    told = [finding for finding in LOCAL_NAMES.told(judged) if given.get(finding.field, "") is not None]
    return [*ruleset.graded(found), *told]


def _built(
    submission: AttendanceSubmission, trainee: TraineePart, given: dict[str, str], mode_of_training: str | None
) -> tuple[UploadAttendance, list[Finding]]:
    """A request, with something that can be told in place of what cannot, which is found."""
    found: list[Finding] = []
    while True:
        try:
            return upload_attendance(submission, trainee, mode_of_training=mode_of_training, **given), found
        except Untellable as untellable:
            found.append(untellable.finding)
            submission, trainee = _stood_in(untellable.finding.field, submission, trainee)


def _stood_in(
    field: str, submission: AttendanceSubmission, trainee: TraineePart
) -> tuple[AttendanceSubmission, TraineePart]:
    part = field.rpartition(".")[2]
    if part == "state":
        return submission.model_copy(update={"state": MarkState.VOIDED}), trainee
    phone = trainee.phone.model_copy(update={part: "1"})
    return submission, trainee.model_copy(update={"phone": phone})
