"""Whatever JSON is sent about people, or set in the portal, the gateway answers or refuses, and can show it."""

import json
from typing import Any

import pytest
from fastapi import HTTPException
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.tpg_simulator.assessments import change as assessment_change
from infra.tpg_simulator.assessments import create as assessment_create
from infra.tpg_simulator.assessments import views as assessment_views
from infra.tpg_simulator.attendance import upload, view
from infra.tpg_simulator.control.portal.drift import Drift, keep_drifted
from infra.tpg_simulator.driver import attendance_body
from infra.tpg_simulator.enrolments import change, create, search
from infra.tpg_simulator.enrolments import view as enrolment_view
from infra.tpg_simulator.operation import Handler
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.runs.publish import publish
from infra.tpg_simulator.samples import (
    COURSE,
    OWN,
    synthetic_assessment,
    synthetic_attendance,
    synthetic_enrolment,
    synthetic_run,
)
from infra.tpg_simulator.tests.anything import ANY_JSON, RUN_ID, call, calm_world, paths, status_of, with_change
from infra.tpg_simulator.world import World

ENROLMENT, ROW, ASSESSMENT = "ENR-2603-000001", "18024", "ASM-2603-000001"
PUBLISH = {
    "course": {
        "courseReferenceNumber": COURSE,
        "trainingProvider": {"uen": OWN},
        "runs": [synthetic_run()],
    }
}
PHONE = {"countryCode": "+65", "areaCode": "", "phoneNumber": "91234567", "phone": "91234567"}
PARTNER = {"uen": OWN, "code": f"{OWN}-01"}
ASKED = {
    "meta": {"lastUpdateDateFrom": "2026-03-01", "lastUpdateDateTo": "2026-03-31"},
    "sortBy": {"field": "updatedOn", "order": "asc"},
    "parameters": {"page": 0, "pageSize": 20},
}
CREATE = {"enrolment": synthetic_enrolment(RUN_ID)}
UPDATE = {
    "enrolment": {
        "action": "Update",
        "course": {"run": {"id": str(RUN_ID)}},
        "trainee": {"email": "t@example.com", "contactNumber": PHONE},
        "employer": {"contact": {"fullName": "X", "email": "x@example.com", "contactNumber": PHONE}},
        "fees": {"discountAmount": 1.5, "collectionStatus": "Full Payment", "feecollectionStatus": "Full Payment"},
    }
}
FEES = {"enrolment": {"fees": {"collectionStatus": "Full Payment"}}}
WANTED = {
    "enrolment": {
        "course": {"run": {"id": str(RUN_ID)}, "referenceNumber": COURSE},
        "status": "Confirmed",
        "trainee": {
            "id": "S1234567D",
            "idType": {"type": "NRIC"},
            "fees": {"feeCollectionStatus": "Pending Payment"},
            "employer": {"uen": "00192200M"},
            "enrolmentDate": "2026-03-02",
            "sponsorshipType": "EMPLOYER",
        },
        "trainingPartner": PARTNER,
    }
} | ASKED
UPLOAD = attendance_body(RUN_ID, synthetic_attendance())
ASSESS = {"assessment": synthetic_assessment(RUN_ID)}
REASSESS = {
    "assessment": {
        "action": "update",
        "trainee": {"fullName": "X"},
        "result": "Fail",
        "grade": "B",
        "score": 1,
        "skillCode": "X",
        "assessmentDate": "2026-03-24",
    }
}
WANTED_ASSESSMENTS = {
    "assessments": {
        "course": {"run": {"id": str(RUN_ID)}, "referenceNumber": COURSE},
        "trainee": {"id": "S1234567D"},
        "enrolment": {"referenceNumber": ENROLMENT},
        "skillCode": "X",
        "trainingPartner": PARTNER,
    }
} | ASKED
CASES: dict[str, tuple[Handler, Json, str]] = {
    "E1": (create.create, CREATE, ""),
    "E2": (change.update, UPDATE, ENROLMENT),
    "E3": (change.cancel, UPDATE, ENROLMENT),
    "E4": (search.search, WANTED, ""),
    "E6": (change.tell_fees, FEES, ENROLMENT),
    "A2": (upload.upload, UPLOAD, ""),
    "S1": (assessment_create.create, ASSESS, ""),
    "S2": (assessment_change.update, REASSESS, ASSESSMENT),
    "S3": (assessment_change.void, REASSESS, ASSESSMENT),
    "S4": (assessment_views.search, WANTED_ASSESSMENTS, ""),
}


def peopled_world() -> World:
    """One run with one enrolment, one row and one result."""
    world = calm_world()
    for handler, body in ((publish, PUBLISH), (create.create, CREATE), (upload.upload, UPLOAD)):
        handler(call(world, body))
    assessment_create.create(call(world, ASSESS))
    return world


def records_of(world: World) -> Json:
    store = world.store
    return {**store.enrolments.records, **store.attendance.records, **store.assessments.records}


def assert_all_can_be_shown(world: World) -> None:
    """Every record, and every list of them, is told in JSON or is not there."""
    asked: list[tuple[Handler, Any, str]] = [
        (view.view, None, ""),
        (search.search, {"enrolment": {"trainingPartner": PARTNER}}, ""),
        (assessment_views.search, {"assessments": {"trainingPartner": PARTNER}} | ASKED, ""),
        *((enrolment_view.view, None, key) for key in world.store.enrolments.records),
        *((assessment_views.view, None, key) for key in world.store.assessments.records),
    ]
    for handler, body, ref in asked:
        one = call(world, body, ref=ref, query={})
        if status_of(handler, one) == 200:
            json.dumps(handler(one).data, allow_nan=False)


def drifting(world: World, record: Any, path: str, value: Any) -> int:
    try:
        keep_drifted(world, record, Drift(set={path: value}))
    except HTTPException as refused:
        return refused.status_code
    return 200


@pytest.mark.parametrize("name", CASES)
def test_the_whole_body_is_accepted_as_it_stands(name: str) -> None:
    handler, body, ref = CASES[name]
    assert status_of(handler, call(peopled_world(), body, ref=ref)) == 200


@settings(max_examples=300, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(CASES)), value=ANY_JSON)
def test_any_change_to_a_request_is_answered_or_refused(data: st.DataObject, name: str, value: Any) -> None:
    handler, body, ref = CASES[name]
    path = data.draw(st.sampled_from(paths(body)))
    world = peopled_world()
    before = records_of(world)
    status = status_of(handler, call(world, with_change(body, path, value), ref=ref))
    assert status in {200, 400, 403}
    if status != 200 or name in {"E4", "S4"}:
        assert records_of(world) == before
    else:
        assert records_of(world) != before
    assert_all_can_be_shown(world)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), key=st.sampled_from([ENROLMENT, ROW, ASSESSMENT]), value=ANY_JSON)
def test_any_drift_is_refused_or_can_be_shown(data: st.DataObject, key: str, value: Any) -> None:
    world = peopled_world()
    record = records_of(world)[key]
    path = data.draw(st.sampled_from([".".join(path) for path in paths(record.model_dump(mode="json")) if path]))
    assert drifting(world, record, path, value) in {200, 422}
    assert_all_can_be_shown(world)


@settings(max_examples=60, deadline=None)
@given(
    query=st.dictionaries(
        st.sampled_from(["uen", "courseReferenceNumber", "sessionId"]),
        st.text(max_size=5) | st.sampled_from([OWN, COURSE, f"{COURSE}-{RUN_ID}-S1"]),
    )
)
def test_any_query_for_attendance_is_answered_or_refused(query: dict[str, str]) -> None:
    assert status_of(view.view, call(peopled_world(), None, query=query)) in {200, 403, 404}
