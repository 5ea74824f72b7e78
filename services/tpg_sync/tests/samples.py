"""Synthetic runs, people and results for tests: no real person, place or course."""

from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from libs.contracts.submissions import (
    AssessmentSubmission,
    AttendanceSubmission,
    EmployerPart,
    EnrolmentSubmission,
    PhonePart,
    RunSubmission,
    SessionPart,
    TraineePart,
    TrainerPart,
    VenuePart,
)

COURSE = "TGS-2026000123"
UEN = "197401143C"
VENUE = VenuePart(street="Demo Road", floor="02", unit="11", postal_code="408533", room="2A")


def session(number: int, **changed: Any) -> SessionPart:
    fields: dict[str, Any] = {
        "session_id": UUID(int=100 + number),
        "sequence": number,
        "start_on": date(2026, 3, 23),
        "start_time": time(9),
        "end_on": date(2026, 3, 23),
        "end_time": time(12),
        "mode_of_training": "1",
    }
    return SessionPart(**{**fields, **changed})


def trainer(**changed: Any) -> TrainerPart:
    fields: dict[str, Any] = {
        "trainer_id": UUID(int=7),
        "existing": False,
        "name": "Synthetic Trainer",
        "email": "trainer@example.com",
        "id_type": "NRIC",
        "id_number": "S0000001I",
        "roles": (1,),
        "domain_area_of_practice": "Wok safety",
        "salutation": 2,
    }
    return TrainerPart(**{**fields, **changed})


def run(**changed: Any) -> RunSubmission:
    fields: dict[str, Any] = {
        "run_id": UUID(int=1),
        "revision": 1,
        "status": "open",
        "course_reference": COURSE,
        "registration_opens_on": date(2026, 3, 2),
        "registration_closes_on": date(2026, 3, 20),
        "start_on": date(2026, 3, 23),
        "end_on": date(2026, 3, 24),
        "schedule_info": "Mon-Tue 9am-5pm",
        "venue": VENUE,
        "intake_size": 20,
        "threshold": 2,
        "mode_of_training": "1",
        "admin_email": "ops@example.com",
        "vacancy": "A",
        "sessions": (session(1), session(2, start_time=time(13), end_time=time(17))),
        "trainers": (trainer(),),
    }
    return RunSubmission(**{**fields, **changed})


RUN, ENROLMENT, MARK, RESULT = UUID(int=1), UUID(int=20_001), UUID(int=30_001), UUID(int=40_001)
SKILL = "TST-WOK-1001-1.1"
PHONE = PhonePart(country="65", number="91234567")
PEOPLE = ("S1234567D", "T0000001E", "F1234567N", "G1234567X", "M1234567K")
"""Identity numbers with right check letters that belong to nobody."""


def trainee(number: int = 0, **changed: Any) -> TraineePart:
    id_number = PEOPLE[number]
    fields: dict[str, Any] = {
        "trainee_id": UUID(int=10_001 + number),
        "id_type": "NRIC" if id_number[0] in "ST" else "FIN",
        "id_number": id_number,
        "full_name": f"Synthetic Trainee {number}",
        "born_on": date(1980, 1, 31),
        "email": f"trainee{number}@example.com",
        "phone": PHONE,
    }
    return TraineePart(**{**fields, **changed})


def employer(**changed: Any) -> EmployerPart:
    fields: dict[str, Any] = {
        "employer_id": UUID(int=60_001),
        "uen": "00192200M",
        "contact_name": "Synthetic Contact",
        "email": "hr@example.com",
        "phone": PhonePart(country="65", number="61234567"),
    }
    return EmployerPart(**{**fields, **changed})


def enrolment(number: int = 0, **changed: Any) -> EnrolmentSubmission:
    fields: dict[str, Any] = {
        "enrolment_id": UUID(int=ENROLMENT.int + number),
        "revision": 1,
        "fee_revision": 1,
        "status": "confirmed",
        "run_id": RUN,
        "course_reference": COURSE,
        "trainee": trainee(number),
        "sponsorship": "INDIVIDUAL",
        "enrolled_on": date(2026, 3, 2),
        "fee_status": "pending",
        "full_fee": Decimal("300.00"),
        "nett_fee": Decimal("90.00"),
        "discount": Decimal("0.00"),
    }
    return EnrolmentSubmission(**{**fields, **changed})


def mark(number: int = 0, **changed: Any) -> AttendanceSubmission:
    fields: dict[str, Any] = {
        "attendance_id": UUID(int=MARK.int + number),
        "revision": 1,
        "state": "present",
        "session_id": UUID(int=101),
        "run_id": RUN,
        "enrolment_id": UUID(int=ENROLMENT.int + number),
        "hours": Decimal("3.0"),
        "method": "trainer",
    }
    return AttendanceSubmission(**{**fields, **changed})


def result(number: int = 0, **changed: Any) -> AssessmentSubmission:
    fields: dict[str, Any] = {
        "assessment_id": UUID(int=RESULT.int + number),
        "revision": 1,
        "status": "final",
        "enrolment_id": UUID(int=ENROLMENT.int + number),
        "run_id": RUN,
        "course_reference": COURSE,
        "skill_code": SKILL,
        "result": "Pass",
        "score": 85,
        "grade": "A",
        "assessed_on": date(2026, 3, 23),
    }
    return AssessmentSubmission(**{**fields, **changed})
