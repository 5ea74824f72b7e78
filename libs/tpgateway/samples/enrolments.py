"""Synthetic requests and replies about enrolments and fees. Nobody in them exists."""

from typing import Any

from libs.tpgateway.samples.shared import (
    ENROLMENT,
    LOCAL_STAMPS,
    NRIC,
    RUN,
    UTC_STAMPS,
    envelope,
    frame,
    partner,
    phone,
    place,
    shown_place,
)


def employer(**changed: Any) -> dict[str, Any]:
    contact = {"fullName": "Synthetic HR", "emailAddress": "hr@example.com", "contactNumber": _office()}
    return {"uen": "00192200M", "contact": contact, **changed}


def _office() -> dict[str, Any]:
    return phone(phoneNumber="61234567")


def trainee(**changed: Any) -> dict[str, Any]:
    """A person to enrol whom an employer pays for, but for what is changed."""
    fields = {
        "id": NRIC,
        "idType": {"type": "NRIC"},
        "fullName": "Synthetic Trainee",
        "dateOfBirth": "1980-01-31",
        "emailAddress": "trainee@example.com",
        "contactNumber": phone(),
        "enrolmentDate": "2026-03-02",
        "sponsorshipType": "EMPLOYER",
        "employer": employer(),
        "fees": {"discountAmount": 50.25, "collectionStatus": "Pending Payment"},
    }
    return {**fields, **changed}


def enrolment_body(**changed: Any) -> dict[str, Any]:
    """E1: a sound enrolment, but for what is changed of the trainee."""
    return {"enrolment": {"course": place(), "trainee": trainee(**changed), "trainingPartner": partner()}}


def enrolment_update_body(**changed: Any) -> dict[str, Any]:
    """E2: every field that can be changed."""
    fields = {
        "action": "Update",
        "course": {"run": {"id": RUN}},
        "trainee": {"email": "trainee@example.com", "contactNumber": phone()},
        "employer": {
            "contact": {"fullName": "Synthetic HR", "email": "hr@example.com", "contactNumber": _office()},
        },
        "fees": {"discountAmount": 50.25, "collectionStatus": "Full Payment"},
    }
    return {"enrolment": {**fields, **changed}}


def enrolment_cancel_body() -> dict[str, Any]:
    """E3."""
    return {"enrolment": {"action": "Cancel", "course": {"run": {"id": RUN}}}}


def fee_body(status: str = "Full Payment") -> dict[str, Any]:
    """E6."""
    return {"enrolment": {"fees": {"collectionStatus": status}}}


def enrolment_search_body(**changed: Any) -> dict[str, Any]:
    """E4: a sound search, but for what is changed of what is sought."""
    sought = {
        "course": place(),
        "status": "Confirmed",
        "trainee": {
            "id": NRIC,
            "idType": {"type": "NRIC"},
            "fees": {"feeCollectionStatus": "Pending Payment"},
            "employer": {"uen": "00192200M"},
            "enrolmentDate": "2026-03-02",
            "sponsorshipType": "EMPLOYER",
        },
        "trainingPartner": partner(),
    }
    return {**frame(), "enrolment": {**sought, **changed}}


def enrolment_view(**changed: Any) -> dict[str, Any]:
    """The sample enrolment as TPGateway shows it, but for what is changed of the trainee."""
    contact = {"fullName": "Synthetic HR", "contactNumber": _office(), "email": {"full": "hr@example.com"}}
    shown = {
        "idType": {"type": "NRIC"},
        "id": NRIC,
        "dateOfBirth": "1980-01-31",
        "fullName": "Synthetic Trainee",
        "contactNumber": phone(),
        "email": {"full": "trainee@example.com"},
        "sponsorshipType": "Employer",
        "employer": {"uen": "00192200M", "name": "DEMO EMPLOYER", "contact": contact},
        "fees": {"discountAmount": "50.25", "collectionStatus": "Pending Payment"},
        "enrolmentDate": "2026-03-02",
    }
    return {
        "referenceNumber": ENROLMENT,
        "status": "Confirmed",
        "trainingPartner": partner(name="DEMO PTE. LTD."),
        "course": shown_place(),
        "trainee": {**shown, **changed},
    }


def enrolment_named_reply(status: str | None = "Confirmed") -> dict[str, Any]:
    """E1, E2, E3; without a status E6."""
    named = {"referenceNumber": ENROLMENT, **({} if status is None else {"status": status})}
    return envelope({"enrolment": named}, **UTC_STAMPS)


def enrolment_reply(**changed: Any) -> dict[str, Any]:
    """E5."""
    return envelope({"enrolment": enrolment_view(**changed)}, status="200", **LOCAL_STAMPS)


def enrolments_reply(*views: dict[str, Any]) -> dict[str, Any]:
    """E4."""
    entries = [{"enrolment": view, "meta": LOCAL_STAMPS} for view in views]
    return envelope(entries, status="200", totalRecords=len(entries))
