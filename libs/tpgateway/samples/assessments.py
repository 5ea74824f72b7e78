"""Synthetic requests and replies about assessments. Nobody in them exists."""

from typing import Any

from libs.tpgateway.samples.shared import (
    ASSESSMENT,
    ENROLMENT,
    LOCAL_STAMPS,
    NRIC,
    TP_CODE,
    UTC_STAMPS,
    envelope,
    frame,
    partner,
    place,
    shown_place,
)


def assessment_body(**changed: Any) -> dict[str, Any]:
    """S1: a sound result, but for what is changed."""
    fields = {
        "trainingPartner": partner(),
        "course": place(),
        "trainee": {"id": NRIC, "idType": "NRIC", "fullName": "Synthetic Trainee"},
        "result": "Pass",
        "grade": "B",
        "score": 85,
        "assessmentDate": "2026-02-28",
        "skillCode": "ATP-SSM-3007-1.1",
        "conferringInstitute": {"code": TP_CODE},
    }
    return {"assessment": {**fields, **changed}}


def assessment_update_body(**changed: Any) -> dict[str, Any]:
    """S2: every field that can be changed."""
    fields = {
        "action": "update",
        "trainee": {"fullName": "Synthetic Trainee"},
        "result": "Fail",
        "grade": "F",
        "score": 12,
        "assessmentDate": "2026-02-28",
        "skillCode": "ATP-SSM-3007-1.1",
    }
    return {"assessment": {**fields, **changed}}


def assessment_void_body() -> dict[str, Any]:
    """S3."""
    return {"assessment": {"action": "void"}}


def assessment_search_body(**changed: Any) -> dict[str, Any]:
    """S4: a sound search, but for what is changed of what is sought."""
    sought = {
        "course": place(),
        "trainee": {"id": NRIC},
        "enrolment": {"referenceNumber": ENROLMENT},
        "skillCode": "ATP-SSM-3007-1.1",
        "trainingPartner": partner(),
    }
    return {**frame(), "assessments": {**sought, **changed}}


def assessment_view(**changed: Any) -> dict[str, Any]:
    """The sample result as TPGateway shows it."""
    shown = {
        "referenceNumber": ASSESSMENT,
        "trainingPartner": partner(name="DEMO PTE. LTD."),
        "course": shown_place(),
        "trainee": {"idType": {"type": "NRIC"}, "id": NRIC, "fullName": "Synthetic Trainee"},
        "result": "Pass",
        "score": 85,
        "grade": "B",
        "assessmentDate": "2026-02-28",
        "skillCode": "ATP-SSM-3007-1.1",
        "conferringInstitute": partner(name="DEMO PTE. LTD."),
        "enrolment": {"referenceNumber": ENROLMENT},
    }
    return {**shown, **changed}


def assessment_named_reply() -> dict[str, Any]:
    """S1; S2 and S3 tell their status as text."""
    return envelope({"assessment": {"referenceNumber": ASSESSMENT}}, **UTC_STAMPS)


def assessment_reply(**changed: Any) -> dict[str, Any]:
    """S5: the bare record."""
    return envelope(assessment_view(**changed), status="200", **LOCAL_STAMPS)


def assessments_reply(*views: dict[str, Any]) -> dict[str, Any]:
    """S4: bare records, their scores as text."""
    records = [{**view, "score": str(view.get("score", "")), "meta": LOCAL_STAMPS} for view in views]
    return envelope(records, status="200", totalRecords=len(records))
