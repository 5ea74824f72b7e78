"""Synthetic requests and replies about attendance. Nobody in them exists."""

from typing import Any

from libs.tpgateway.samples.shared import COURSE, NRIC, RUN, SESSION, UEN, envelope


def attendance_body(**changed: Any) -> dict[str, Any]:
    """A2: somebody who was there, but for what is changed of the trainee."""
    attendee = {
        "id": NRIC,
        "name": "Synthetic Trainee",
        "email": "trainee@example.com",
        "idType": {"code": "SP"},
        "contactNumber": {"mobile": "91234567", "areaCode": None, "countryCode": 65},
        "numberOfHours": 3.5,
        "surveyLanguage": {"code": "EL"},
    }
    attendance = {"status": {"code": "1"}, "trainee": {**attendee, **changed}}
    course = {"sessionID": SESSION, "referenceNumber": COURSE, "attendance": attendance}
    return {"uen": UEN, "corppassId": "SYNTHETIC1", "course": course}


def attendance_row(number: int = 18024, **changed: Any) -> dict[str, Any]:
    """The sample attendance as TPGateway shows it."""
    attendee = {
        "id": NRIC,
        "name": "Synthetic Trainee",
        "email": "trainee@example.com",
        "idType": {"code": "SP", "description": "Singapore Pink Identification Card"},
        "contactNumber": {"countryCode": "65", "areaCode": "0", "mobile": "91234567"},
        "individualId": None,
        "accountType": "",
        "attendeeType": "",
        "surveyLanguage": {"code": "EL", "description": "English"},
    }
    row = {
        "id": str(number),
        "status": "Confirmed",
        "nric": NRIC,
        "numberOfHours": "3.5",
        "entryMode": "Manual",
        "manuallyAdded": True,
        "editedByTP": "No",
        "sentToTraqom": "Pending Upload to TRAQOM.",
        "errorMessage": "",
        "latitude": "",
        "longitude": "",
        "trainee": attendee,
    }
    return {**row, **changed}


def attendance_reply(*rows: dict[str, Any]) -> dict[str, Any]:
    """A1: one session with these rows."""
    shown = {
        "id": SESSION,
        "startDate": "20260323",
        "endDate": "20260323",
        "startTime": "09:00",
        "endTime": "17:00",
        "modeOfTraining": "1",
        "attendance": list(rows),
    }
    course_run = {
        "id": int(RUN),
        "title": "Basic Wok Safety",
        "referenceNumber": COURSE,
        "externalReferenceNumber": COURSE,
        "modeOfTraining": "1",
        "courseDates": {"start": "20260323", "end": "20260324"},
        "sessions": [shown],
    }
    return envelope({"courseRun": course_run}, total=len(rows))
