"""Synthetic requests and replies about course runs. Nobody in them exists."""

from typing import Any

from libs.tpgateway.samples.shared import COURSE, NRIC, UEN, envelope


def venue(**changed: Any) -> dict[str, Any]:
    return {"street": "Demo Road", "floor": "02", "unit": "11", "postalCode": "408533", "room": "2A", **changed}


def session(day: str = "20260323", **changed: Any) -> dict[str, Any]:
    return {
        "startDate": day,
        "endDate": day,
        "startTime": "09:00",
        "endTime": "17:00",
        "modeOfTraining": "1",
        "venue": venue(),
        **changed,
    }


def existing_trainer(**changed: Any) -> dict[str, Any]:
    return {"trainer": {"trainerType": {"code": "1", "description": "Existing"}, "idNumber": NRIC, **changed}}


def new_trainer(**changed: Any) -> dict[str, Any]:
    trainer = {
        "trainerType": {"code": "2", "description": "New"},
        "idNumber": NRIC,
        "idType": {"code": "SP", "description": "Singapore Pink Identification Card"},
        "name": "Synthetic Trainer",
        "email": "trainer@example.com",
        "roles": [{"role": {"id": 1, "description": "Trainer"}}],
        "domainAreaOfPractice": "Wok safety",
        "salutationId": 2,
        "linkedSsecEQAs": [{"description": "Synthetic diploma", "ssecEQA": {"code": "64"}}],
    }
    return {"trainer": {**trainer, **changed}}


def run(**changed: Any) -> dict[str, Any]:
    """A sound run to publish, but for what is changed."""
    fields = {
        "sequenceNumber": 0,
        "registrationDates": {"opening": 20260301, "closing": 20260320},
        "courseDates": {"start": 20260323, "end": 20260324},
        "scheduleInfoType": {"code": "01", "description": "Description"},
        "scheduleInfo": "Mon-Tue 9am-5pm",
        "venue": venue(),
        "intakeSize": 20,
        "threshold": 2,
        "registeredUserCount": 0,
        "modeOfTraining": "1",
        "courseAdminEmail": "ops@example.com",
        "courseVacancy": {"code": "A", "description": "Available"},
        "file": {"Name": "", "content": ""},
        "sessions": [session(), session("20260324")],
        "linkCourseRunTrainer": [new_trainer()],
    }
    return {**fields, **changed}


def publish_body(**changed: Any) -> dict[str, Any]:
    return _course(runs=[run(**changed)])


def edit_body(**changed: Any) -> dict[str, Any]:
    """A sound change that moves one session, removes one and adds one, but for what is changed."""
    whole = run()
    del whole["sequenceNumber"]
    sessions = [
        {"action": "update", "sessionId": f"{COURSE}-849900-S1", **session()},
        {"action": "delete", "sessionId": f"{COURSE}-849900-S2", "endDate": "20260324"},
        session("20260324", startTime="13:00"),
    ]
    return _course(run={**whole, "action": "update", "sessions": sessions, **changed})


def delete_body() -> dict[str, Any]:
    return _course(run={"action": "delete"})


def _course(**parts: Any) -> dict[str, Any]:
    return {"course": {"courseReferenceNumber": COURSE, "trainingProvider": {"uen": UEN}, **parts}}


def run_reply(**changed: Any) -> dict[str, Any]:
    """C4: the sample run with flat dates, without sessions, its trainer masked."""
    shown = {
        "id": 849900,
        "referenceNumber": COURSE,
        "organizationKey": UEN,
        "registrationOpeningDate": 20260301,
        "registrationClosingDate": 20260320,
        "courseStartDate": 20260323,
        "courseEndDate": 20260324,
        "scheduleInfoType": {"code": "01", "description": "Description"},
        "scheduleInfo": "Mon-Tue 9am-5pm",
        "venue": venue(block="", building="", wheelChairAccess=False),
        "intakeSize": 20,
        "threshold": 2,
        "registeredUserCount": 3,
        "modeOfTraining": "1",
        "courseAdminEmail": "ops@example.com",
        "courseVacancy": {"code": "A", "description": "Available"},
        "qrCodeLink": "https://example.com/take-attendance/RA849900",
        "file": {},
        "attendanceTaken": False,
        "linkCourseRunTrainer": [{"trainer": {"uuid": "synthetic", "idNumber": f"*****{NRIC[-4:]}"}}],
    }
    course = {"referenceNumber": COURSE, "externalReferenceNumber": COURSE, "title": "Basic Wok Safety", "support": []}
    return envelope({"course": {**course, "run": {**shown, **changed}}})


def list_reply(*ids: int, **changed: Any) -> dict[str, Any]:
    """C5: the sample run under each id, with nested dates."""
    return envelope({"course": {"runs": [{**run(), "id": each, **changed} for each in ids]}}, total=len(ids))


def session_view(number: int = 1, day: str = "20260323", **changed: Any) -> dict[str, Any]:
    shown = session(day, venue=venue(block=None, building=None, wheelChairAccess=None))
    return {"id": f"{COURSE}-849900-S{number}", "attendanceTaken": False, "deleted": False, **shown, **changed}


def sessions_reply(*sessions: dict[str, Any]) -> dict[str, Any]:
    """C6."""
    return envelope({"sessions": list(sessions)}, total=len(sessions))
