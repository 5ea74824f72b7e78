"""Sound records in our own words, for the tests beside. All data is synthetic."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from libs.contracts.submissions import (
    AssessmentSubmission,
    AttendanceSubmission,
    EmployerPart,
    EnrolmentSubmission,
    PhonePart,
    TraineePart,
)
from libs.sources import singapore_day
from libs.tpgateway import samples
from libs.tpgateway.attendance.requests import UploadAttendance
from libs.tpgateway.envelope import Reply, read_reply
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.submissions import assessment_findings, attendance_findings, enrolment_findings
from libs.tpgateway.submissions.attendance import upload_attendance
from libs.tpgateway.submissions.enrolments import (
    create_enrolment,
)

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
RULES = ruleset_on(singapore_day(NOW))
UEN, TP_CODE, RUN = samples.UEN, samples.TP_CODE, samples.RUN
MOBILE = PhonePart(country="+65", number="9123 4567")
Json = dict[str, Any]


def trainee(**changed: Any) -> TraineePart:
    fields: Json = {
        "trainee_id": UUID(int=1),
        "id_type": "NRIC",
        "id_number": samples.NRIC,
        "full_name": "Synthetic Trainee",
        "born_on": date(1980, 1, 31),
        "email": "trainee@example.com",
        "phone": MOBILE,
    }
    return TraineePart(**{**fields, **changed})


def employer(**changed: Any) -> EmployerPart:
    fields: Json = {
        "employer_id": UUID(int=2),
        "uen": "00192200M",
        "contact_name": "Synthetic HR",
        "email": "hr@example.com",
        "phone": PhonePart(country="65", number="61234567"),
    }
    return EmployerPart(**{**fields, **changed})


def enrolment(**changed: Any) -> EnrolmentSubmission:
    fields: Json = {
        "enrolment_id": UUID(int=3),
        "revision": 1,
        "fee_revision": 1,
        "status": "confirmed",
        "run_id": UUID(int=4),
        "course_reference": samples.COURSE,
        "trainee": trainee(),
        "sponsorship": "EMPLOYER",
        "employer": employer(),
        "enrolled_on": date(2026, 3, 2),
        "fee_status": "pending",
        "full_fee": Decimal("400.00"),
        "nett_fee": Decimal("200.00"),
        "discount": Decimal("50.25"),
    }
    return EnrolmentSubmission(**{**fields, **changed})


def mark(**changed: Any) -> AttendanceSubmission:
    fields: Json = {
        "attendance_id": UUID(int=5),
        "revision": 1,
        "state": "present",
        "session_id": UUID(int=6),
        "run_id": UUID(int=4),
        "enrolment_id": UUID(int=3),
        "hours": Decimal("3.5"),
    }
    return AttendanceSubmission(**{**fields, **changed})


def result(**changed: Any) -> AssessmentSubmission:
    fields: Json = {
        "assessment_id": UUID(int=7),
        "revision": 1,
        "status": "final",
        "enrolment_id": UUID(int=3),
        "run_id": UUID(int=4),
        "course_reference": samples.COURSE,
        "skill_code": "ATP-SSM-3007-1.1",
        "result": "pass",
        "score": 85,
        "grade": "B",
        "assessed_on": date(2026, 2, 28),
    }
    return AssessmentSubmission(**{**fields, **changed})


def created(submission: EnrolmentSubmission) -> Json:
    body: Json = create_enrolment(submission, run_id=RUN, uen=UEN, tp_code=TP_CODE).body()
    assert json.loads(json.dumps(body)) == body
    return body


def uploaded(
    submission: AttendanceSubmission, person: TraineePart | None = None, mode: str | None = "1"
) -> UploadAttendance:
    return upload_attendance(
        submission,
        person or trainee(),
        session_id=samples.SESSION,
        course_reference=samples.COURSE,
        uen=UEN,
        corppass_id="SYNTHETIC1",
        mode_of_training=mode,
    )


def reply(body: Json) -> Reply:
    return read_reply(json.dumps(body).encode(), http_status=200)


def judge_enrolment(submission: EnrolmentSubmission, **given: Any) -> list[Finding]:
    return enrolment_findings.judge(submission, now=NOW, **{"uen": UEN, "tp_code": TP_CODE, "run_id": RUN, **given})


def judge_mark(submission: AttendanceSubmission, person: TraineePart | None = None, **given: Any) -> list[Finding]:
    known = {
        "mode_of_training": "1",
        "uen": UEN,
        "corppass_id": "SYNTHETIC1",
        "session_id": samples.SESSION,
        "course_reference": samples.COURSE,
    }
    return attendance_findings.judge(submission, person or trainee(), now=NOW, **{**known, **given})


def judge_result(submission: AssessmentSubmission, person: TraineePart | None = None, **given: Any) -> list[Finding]:
    known = {"uen": UEN, "tp_code": TP_CODE, "run_id": RUN, **given}
    return assessment_findings.judge(submission, person or trainee(), now=NOW, **known)


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    assert all(finding.message and finding.fix for finding in findings)
    return [(finding.field, finding.code) for finding in findings]
