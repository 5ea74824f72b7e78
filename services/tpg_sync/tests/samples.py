"""Synthetic runs for tests: no real person, place or course."""

from datetime import date, time
from typing import Any
from uuid import UUID

from libs.contracts.submissions import RunSubmission, SessionPart, TrainerPart, VenuePart

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
