"""Redacted copies: of whatever is sent or answered, nothing of anybody is left, and what helps to mend it is."""

import json
import string
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import cycle
from typing import Any, Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from libs.tpgateway import samples
from libs.tpgateway.assessments import requests as assessments
from libs.tpgateway.attendance.requests import UploadAttendance
from libs.tpgateway.course_runs import requests as runs
from libs.tpgateway.enrolments import requests as enrolments
from libs.tpgateway.envelope import Detail, Reply, ReplyError, read_reply
from libs.tpgateway.operations import (
    ADD_TRAINER,
    CHANGE_TRAINER,
    CREATE_ASSESSMENT,
    CREATE_ENROLMENT,
    EDIT_RUN,
    OPERATIONS,
    PUBLISH_RUNS,
    SEARCH_ENROLMENTS,
    UPDATE_ENROLMENT,
    VIEW_ENROLMENT,
    Operation,
)
from libs.tpgateway.redacting import CUT, LARGEST, MASK, UNKNOWN, reply_copy, request_copy
from libs.tpgateway.redacting.fields import FIELDS, Tree

BODIES: Final[Mapping[str, tuple[Callable[[], dict[str, Any]], type[BaseModel] | None]]] = {
    "publish_runs": (samples.publish_body, runs.PublishRequest),
    "edit_run": (samples.edit_body, runs.EditRequest),
    "delete_run": (samples.delete_body, runs.DeleteRequest),
    "add_trainer": (samples.new_trainer, None),
    "change_trainer": (samples.new_trainer, None),
    "create_enrolment": (samples.enrolment_body, enrolments.CreateEnrolment),
    "update_enrolment": (samples.enrolment_update_body, enrolments.UpdateEnrolment),
    "cancel_enrolment": (samples.enrolment_cancel_body, enrolments.CancelEnrolment),
    "search_enrolments": (samples.enrolment_search_body, enrolments.SearchEnrolments),
    "update_fee": (samples.fee_body, enrolments.CollectFee),
    "upload_attendance": (samples.attendance_body, UploadAttendance),
    "create_assessment": (samples.assessment_body, assessments.CreateAssessment),
    "update_assessment": (samples.assessment_update_body, assessments.UpdateAssessment),
    "void_assessment": (samples.assessment_void_body, assessments.VoidAssessment),
    "search_assessments": (samples.assessment_search_body, assessments.SearchAssessments),
}
REPLIES: Final[Mapping[str, Callable[[], dict[str, Any]]]] = {
    "publish_runs": lambda: samples.envelope({"runs": [{"id": 849900}]}),
    "edit_run": samples.run_reply,
    "delete_run": samples.run_reply,
    "view_run": samples.run_reply,
    "list_runs": lambda: samples.list_reply(849900, 849901),
    "list_sessions": lambda: samples.sessions_reply(samples.session_view()),
    "list_trainers": lambda: samples.envelope({"trainers": [samples.new_trainer()["trainer"]]}),
    "add_trainer": lambda: samples.envelope(samples.new_trainer()),
    "change_trainer": lambda: samples.envelope(samples.new_trainer()),
    "create_enrolment": samples.enrolment_named_reply,
    "update_enrolment": samples.enrolment_named_reply,
    "cancel_enrolment": samples.enrolment_named_reply,
    "search_enrolments": lambda: samples.enrolments_reply(samples.enrolment_view()),
    "view_enrolment": samples.enrolment_reply,
    "update_fee": lambda: samples.enrolment_named_reply(None),
    "view_attendance": lambda: samples.attendance_reply(samples.attendance_row()),
    "upload_attendance": lambda: samples.envelope({}),
    "create_assessment": samples.assessment_named_reply,
    "update_assessment": samples.assessment_named_reply,
    "void_assessment": samples.assessment_named_reply,
    "search_assessments": lambda: samples.assessments_reply(samples.assessment_view()),
    "view_assessment": samples.assessment_reply,
}

names = st.one_of(
    st.lists(st.text(string.ascii_letters + "'éü陈", min_size=3, max_size=9), min_size=2, max_size=4).map(" ".join),
    st.sampled_from(["Ravindran", "Wongsakul", "tanahkow"]),
)
digits = st.text(string.digits, min_size=7, max_size=7)
identities = st.builds(
    lambda first, middle, last: f"{first}{middle}{last}", st.sampled_from("STFGMstfgm"), digits, st.sampled_from("ABCD")
)
passports = st.builds(lambda letter, number: f"{letter}{number}9", st.sampled_from("EKX"), digits)
emails = st.builds(
    lambda word, end: f"{word}@{end}.example", st.text(string.ascii_lowercase, min_size=3), st.just("home")
)
phones = st.builds(
    lambda lead, first, rest: f"{lead}{first}{rest}",
    st.sampled_from(["", "+65", "65", "+65 "]),
    st.sampled_from("3689"),
    digits,
)
births = st.builds(
    lambda day, form: day.strftime(form),
    st.dates(min_value=date(1931, 1, 1), max_value=date(2009, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d/%m/%Y"]),
)
addresses = st.builds(
    lambda number, street: f"Blk {number} {street} Road #02-11", st.integers(1, 999), st.sampled_from(["Demo", "Wok"])
)
somebodys = st.one_of(names, identities, passports, emails, phones, births, addresses)
as_number = somebodys.map(lambda value: int(value) if value.isdecimal() and value[0] != "0" else value)
people = st.lists(as_number, min_size=6, max_size=12)
quickly = settings(max_examples=40, deadline=None)


def everywhere(value: Any, draw: Callable[[], Any]) -> Any:
    """The same structure with somebody's data as every value, and in fields that nobody knows."""
    if isinstance(value, Mapping):
        grown = {name: everywhere(inner, draw) for name, inner in value.items()}
        return {**grown, str(draw()): str(draw()), "notInTheContract": {"id": draw(), "list": [draw()]}}
    if isinstance(value, list):
        return [*(everywhere(inner, draw) for inner in value), draw()]
    return draw()


def survivors(copy: Mapping[str, Any], planted: list[Any]) -> list[str]:
    """The plain values that can be found in the copy as it is stored."""
    stored = json.dumps(copy, ensure_ascii=False)
    return [str(value) for value in planted if str(value) in stored]


@pytest.mark.parametrize("name", OPERATIONS)
@given(planted=people)
@quickly
def test_nothing_of_anybody_survives_wherever_it_stands(name: str, planted: list[Any]) -> None:
    """Given somebody's data in every field, known or not, when the call is copied, then none of it is in the copy."""
    operation, turn = OPERATIONS[name], cycle(planted)

    def draw() -> Any:
        return next(turn)

    body = everywhere(BODIES[name][0](), draw) if name in BODIES else None
    query = {key: str(draw()) for key in (*operation.query, "notInTheContract")}
    values = {key: str(draw()) for key in ("run_id", "reference", "uen", "trainer_id")}
    asked = request_copy(operation, values=values, query=query, body=body)

    reply = everywhere(REPLIES[name](), draw)
    details = tuple(Detail(str(draw()), f"TGS-404 - {draw()} is wrong") for _ in range(2))
    error = ReplyError(str(draw()), str(draw()), details, str(draw()))
    answered = reply_copy(operation, Reply(400, 400, data=reply["data"], meta=reply["meta"], error=error))

    assert survivors(asked, planted) == []
    assert survivors(answered, planted) == []


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value with its path; places in lists are no steps."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, value


def fields_of(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Every field of a request by its path, and whether the contract's own types keep it out of a repr."""
    for name, field in model.model_fields.items():
        here = (*path, field.alias or name)
        inner = [one for one in _parts(field.annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
        if not inner:
            yield here, not field.repr
        for one in inner:
            yield from ((deeper, somebodys or not field.repr) for deeper, somebodys in fields_of(one, here))


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


@pytest.mark.parametrize("name", [name for name, (_, model) in BODIES.items() if model is not None])
def test_what_the_contract_calls_somebodys_is_masked_and_every_field_is_known(name: str) -> None:
    """Given a sound request, when it is copied, then results, fees and persons are masked, and no field is unknown."""
    make, model = BODIES[name]
    assert model is not None
    somebodys = dict(fields_of(model))
    copy = request_copy(OPERATIONS[name], values={}, query={}, body=make())
    shown = dict(leaves(copy["body"]))
    assert UNKNOWN not in json.dumps(copy)
    for path, value in leaves(make()):
        if somebodys[path] and value not in (None, ""):
            assert shown[path] == MASK, path


@pytest.mark.parametrize("name", [name for name, (_, model) in BODIES.items() if model is not None])
def test_no_field_that_can_be_sent_is_missing_from_the_allow_list(name: str) -> None:
    model = BODIES[name][1]
    assert model is not None
    for path, _ in fields_of(model):
        tree: Any = FIELDS[OPERATIONS[name].group]
        for step in path:
            assert step in tree, (name, path)
            tree = tree[step]


def test_references_dates_codes_and_states_of_an_enrolment_are_shown() -> None:
    copy = request_copy(CREATE_ENROLMENT, values={}, query={}, body=samples.enrolment_body())
    phone = {"countryCode": MASK, "areaCode": "", "phoneNumber": MASK}
    contact = {"fullName": MASK, "emailAddress": MASK, "contactNumber": phone}
    assert copy == {
        "method": "POST",
        "path": "/tpg/enrolments",
        "cut": False,
        "body": {
            "enrolment": {
                "course": {"run": {"id": samples.RUN}, "referenceNumber": samples.COURSE},
                "trainee": {
                    "id": MASK,
                    "idType": {"type": "NRIC"},
                    "fullName": MASK,
                    "dateOfBirth": MASK,
                    "emailAddress": MASK,
                    "contactNumber": phone,
                    "enrolmentDate": "2026-03-02",
                    "sponsorshipType": "EMPLOYER",
                    "employer": {"uen": MASK, "contact": contact},
                    "fees": {"discountAmount": MASK, "collectionStatus": "Pending Payment"},
                },
                "trainingPartner": {"uen": samples.UEN, "code": samples.TP_CODE},
            }
        },
    }


def test_the_path_shows_references_and_the_query_shows_what_was_sought() -> None:
    copy = request_copy(
        UPDATE_ENROLMENT, values={"reference": samples.ENROLMENT}, query={"uen": samples.UEN, "page": "0"}, body=None
    )
    assert (copy["path"], copy["query"]) == (
        f"/tpg/enrolments/details/{samples.ENROLMENT}",
        {"uen": samples.UEN, "page": "0"},
    )


def test_a_published_run_shows_its_days_sessions_and_modes() -> None:
    course = request_copy(PUBLISH_RUNS, values={}, query={}, body=samples.publish_body())["body"]["course"]
    [run] = course["runs"]
    assert (course["courseReferenceNumber"], run["courseDates"]["start"]) == (samples.COURSE, 20260323)
    assert [(one["startDate"], one["startTime"], one["modeOfTraining"]) for one in run["sessions"]] == [
        ("20260323", "09:00", "1"),
        ("20260324", "09:00", "1"),
    ]


def test_an_identity_type_is_shown_in_both_its_spellings() -> None:
    bare = request_copy(CREATE_ASSESSMENT, values={}, query={}, body=samples.assessment_body())
    assert bare["body"]["assessment"]["trainee"]["idType"] == "NRIC"
    shown = reply_copy(VIEW_ENROLMENT, read_reply(json.dumps(samples.enrolment_reply()).encode(), http_status=200))
    assert shown["data"]["enrolment"]["trainee"]["idType"] == {"type": "NRIC"}
    assert shown["data"]["enrolment"]["referenceNumber"] == samples.ENROLMENT


def test_a_refusal_shows_its_codes_and_the_fields_it_names() -> None:
    details = (
        Detail("enrolment.trainee.id", "TGS-404 - The trainee S1234567D is not known"),
        Detail("runs[0].sessions[2].startDate", "TGS-210"),
        Detail("Synthetic Trainee", "no code"),
    )
    error = ReplyError("400", "Bad request of Synthetic Trainee", details, "x")
    copy = reply_copy(CREATE_ENROLMENT, Reply(400, 400, data={}, error=error))
    assert copy == {
        "status": 400,
        "cut": False,
        "error": {
            "code": "400",
            "message": MASK,
            "errorId": MASK,
            "details": [
                {"field": "enrolment.trainee.id", "message": f"TGS-404 {MASK}"},
                {"field": "runs[0].sessions[2].startDate", "message": "TGS-210"},
                {"field": MASK, "message": MASK},
            ],
        },
    }


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (EDIT_RUN, samples.edit_body(sessions=[samples.session() for _ in range(500)])),
        (SEARCH_ENROLMENTS, {f"unknown{number}": number for number in range(20_000)} | samples.enrolment_search_body()),
        (CHANGE_TRAINER, {"trainer": [[[[{"name": "x"}]]]] * 9_000}),
        (ADD_TRAINER, {"trainers": [{"roles": [{"role": {"id": 1}}] * 50} for _ in range(900)]}),
    ],
    ids=["many-sessions", "many-fields", "deep", "wide"],
)
def test_a_copy_is_bounded_and_says_what_was_cut(operation: Operation, body: dict[str, Any]) -> None:
    copy = request_copy(operation, values={}, query={}, body=body)
    assert len(json.dumps(copy)) < LARGEST * 1.5
    assert copy["cut"] is (CUT in json.dumps(copy))
    assert copy["cut"] or operation is SEARCH_ENROLMENTS  # unknown fields are one, however many


def test_what_is_cut_keeps_its_beginning() -> None:
    body = samples.edit_body(sessions=[samples.session() for _ in range(500)])
    sessions = request_copy(EDIT_RUN, values={}, query={}, body=body)["body"]["course"]["run"]["sessions"]
    assert sessions[0]["startDate"] == "20260323"
    assert sessions[-1] == f"{CUT} {501 - len(sessions)} more"


def test_an_error_with_endless_details_is_bounded_too() -> None:
    error = ReplyError("400", "", tuple(Detail("enrolment.trainee.id", "TGS-404") for _ in range(5_000)))
    copy = reply_copy(CREATE_ENROLMENT, Reply(400, 400, data=None, error=error))
    assert copy["cut"]
    assert copy["error"]["details"][-1] == f"{CUT} 4960 more"


def _keys(tree: Tree) -> Iterator[str]:
    for name, inner in tree.items():
        yield name
        if isinstance(inner, Mapping):
            yield from _keys(inner)


def test_every_operation_has_an_allow_list() -> None:
    assert {operation.group for operation in OPERATIONS.values()} == set(FIELDS)
    assert set(REPLIES) == set(OPERATIONS)
    assert set(BODIES) == {name for name, operation in OPERATIONS.items() if operation.method == "POST"}
    assert all(any(_keys(tree)) for tree in FIELDS.values())
