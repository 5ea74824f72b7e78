"""What TPGateway would refuse about a run of ours, told in our own field names."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from libs.contracts.submissions import RunSubmission
from libs.sources import singapore_day
from libs.tpgateway.rules.course_runs import judge_edit, judge_publish
from libs.tpgateway.rules.finding import Finding, LocalNames
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.submissions.course_runs import edit_request, is_told_in_edit, publish_request

_SESSION_INDEX: Final = re.compile(r"^sessions\[(\d+)\]")
_UEN: Final = "course.trainingProvider.uen"

_VENUE: Final = {
    "postalCode": "postal_code",
    "wheelChairAccess": "wheelchair_access",
}
_SESSION: Final = {
    "": "",
    ".startDate": ".start_on",
    ".endDate": ".end_on",
    ".startTime": ".start_time",
    ".endTime": ".end_time",
    ".modeOfTraining": ".mode_of_training",
    **{f".venue.{wire}": f".venue.{local}" for wire, local in _VENUE.items()},
}
_TRAINER: Final = {
    "": "",
    ".trainerType": ".existing",
    ".idNumber": ".id_number",
    ".idType": ".id_type",
    ".idType.code": ".id_type",
    ".idType.description": ".id_type",
    ".domainAreaOfPractice": ".domain_area_of_practice",
    ".linkedInURL": ".linkedin_url",
    ".salutationId": ".salutation",
    ".roles": ".roles",
    ".roles[].role.id": ".roles[]",
    ".roles[].role.description": ".roles[]",
    ".linkedSsecEQAs": ".qualifications",
}
_RUN: Final = {
    ".registrationDates": ".registration_opens_on",
    ".registrationDates.opening": ".registration_opens_on",
    ".registrationDates.closing": ".registration_closes_on",
    ".courseDates": ".start_on",
    ".courseDates.start": ".start_on",
    ".courseDates.end": ".end_on",
    ".scheduleInfo": ".schedule_info",
    ".venue": ".venue",
    **{f".venue.{wire}": f".venue.{local}" for wire, local in _VENUE.items()},
    ".intakeSize": ".intake_size",
    ".threshold": ".threshold",
    ".registeredUserCount": ".registered_count",
    ".modeOfTraining": ".mode_of_training",
    ".courseAdminEmail": ".admin_email",
    ".courseVacancy": ".vacancy",
    ".courseVacancy.code": ".vacancy",
    ".courseVacancy.description": ".vacancy",
    **{f".sessions[]{wire}": f".sessions[]{local}" for wire, local in _SESSION.items()},
    ".sessions": ".sessions",
    **{f".linkCourseRunTrainer[].trainer{wire}": f".trainers[]{local}" for wire, local in _TRAINER.items()},
    ".linkCourseRunTrainer": ".trainers",
}
LOCAL_NAMES: Final = LocalNames(
    {
        "course.courseReferenceNumber": "course_reference",
        **{f"course.{run}{wire}": local.removeprefix(".") for run in ("run", "runs[]") for wire, local in _RUN.items()},
    }
)


def judge(submission: RunSubmission, *, now: datetime, uen: str | None = None) -> list[Finding]:
    """All that speaks against sending the run as it stands, blocking or only worth a look, in our field names.

    A run with a `remote_id` is judged as an edit, any other as a publish. Without `uen` the provider is not judged.
    """
    ruleset = ruleset_on(singapore_day(now))
    if submission.remote_id is None:
        told = [not part.cancelled for part in submission.sessions]
        publish = publish_request(submission, uen=uen or "", ruleset=ruleset)
        found = judge_publish(publish, now=now, ruleset=ruleset, caller_uen=uen)
    else:
        told = [is_told_in_edit(part, ruleset, now) for part in submission.sessions]
        edit = edit_request(submission, uen=uen or "", ruleset=ruleset, now=now)
        found = judge_edit(edit, now=now, ruleset=ruleset, caller_uen=uen)
    judged = LOCAL_NAMES.told(finding for finding in found if uen is not None or finding.field != _UEN)
    places = [index for index, is_told in enumerate(told) if is_told]
    return [replace(finding, field=_at_our_index(finding.field, places)) for finding in judged]


def _at_our_index(field: str, places: list[int]) -> str:
    """A request leaves some sessions out, so its third may be our fifth."""
    return _SESSION_INDEX.sub(lambda found: f"sessions[{places[int(found.group(1))]}]", field)
