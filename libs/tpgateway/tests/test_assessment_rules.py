"""Assessments: sound requests pass, and every single breach is found where it is. All people are synthetic."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.sources import singapore_day
from libs.tpgateway import samples
from libs.tpgateway.rules.assessments import judge_create, judge_search, judge_update, judge_void
from libs.tpgateway.rules.finding import Finding, blocking
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.tests.bending import GONE, Json, bent

TODAY = singapore_day(samples.NOW)
RULES = ruleset_on(TODAY)


def create(body: Json, caller_uen: str | None = samples.UEN) -> list[Finding]:
    return judge_create(body, now=samples.NOW, ruleset=RULES, caller_uen=caller_uen)


def update(body: Json) -> list[Finding]:
    return judge_update(body, now=samples.NOW, ruleset=RULES)


def search(body: Json, caller_uen: str | None = samples.UEN) -> list[Finding]:
    return judge_search(body, now=samples.NOW, ruleset=RULES, caller_uen=caller_uen)


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    assert all(finding.message and finding.fix for finding in findings)
    return [(finding.field, finding.code) for finding in findings]


def test_sound_requests_have_no_findings() -> None:
    assert create(samples.assessment_body()) == []
    assert update(samples.assessment_update_body()) == []
    assert judge_void(samples.assessment_void_body(), now=samples.NOW, ruleset=RULES) == []
    assert search(samples.assessment_search_body()) == []


@given(
    result=st.sampled_from(["Pass", "Fail"]),
    grade=st.sampled_from("ABCDEF"),
    score=st.integers(0, 100),
    day=st.dates(date(2000, 1, 1), TODAY),
    identity=st.sampled_from([("NRIC", "S1234567D"), ("FIN", "M1234567K"), ("OTHERS", "X1"), ("Others", "S1234567A")]),
    left_out=st.sets(st.sampled_from(["grade", "score", "skillCode", "conferringInstitute"])),
)
def test_whatever_the_contract_allows_passes(
    result: str, grade: str, score: int, day: date, identity: tuple[str, str], left_out: set[str]
) -> None:
    trainee = {"idType": identity[0], "id": identity[1], "fullName": "Synthetic Trainee"}
    body = samples.assessment_body(
        result=result, grade=grade, score=score, assessmentDate=day.isoformat(), trainee=trainee
    )
    for name in left_out:
        del body["assessment"][name]
    assert create(body) == []


@pytest.mark.parametrize(
    "path",
    [
        "trainingPartner.uen",
        "trainingPartner.code",
        "course.run.id",
        "course.referenceNumber",
        "trainee.id",
        "trainee.idType",
        "trainee.fullName",
        "result",
    ],
)
@pytest.mark.parametrize("value", [GONE, ""])
def test_what_is_needed_is_missed(path: str, value: Any) -> None:
    at = f"assessment.{path}"
    assert told(create(bent(samples.assessment_body(), at, value))) == [(at, "required")]


@pytest.mark.parametrize(
    ("path", "longest"),
    [
        ("course.run.id", 20),
        ("course.referenceNumber", 100),
        ("trainee.id", 20),
        ("trainee.fullName", 200),
        ("skillCode", 30),
        ("conferringInstitute.code", 15),
    ],
)
def test_a_text_is_refused_one_sign_over_the_longest(path: str, longest: int) -> None:
    body, at = bent(samples.assessment_body(), "assessment.trainee.idType", "OTHERS"), f"assessment.{path}"
    assert create(bent(body, at, "1" * longest)) == []
    assert told(create(bent(body, at, "1" * (longest + 1)))) == [(at, "too_long")]


BREACHES = [
    ("result", "Void", "unknown_value"),
    ("result", "pass", "unknown_value"),
    ("grade", "G", "unknown_value"),
    ("grade", "", "required"),
    ("score", -1, "out_of_range"),
    ("score", 101, "out_of_range"),
    ("score", "85", "wrong_type"),
    ("score", 85.5, "wrong_type"),
    ("score", True, "wrong_type"),
    ("assessmentDate", "2026-03-02", "in_the_future"),
    ("assessmentDate", "20260228", "wrong_type"),
    ("assessmentDate", "2026-02-29", "wrong_type"),
    ("skillCode", "x" * 31, "too_long"),
]


@pytest.mark.parametrize(("name", "value", "code"), BREACHES)
def test_each_breach_of_an_outcome_is_found_in_creates_and_updates(name: str, value: Any, code: str) -> None:
    at = f"assessment.{name}"
    assert told(blocking(create(bent(samples.assessment_body(), at, value)))) == [(at, code)]
    assert told(blocking(update(bent(samples.assessment_update_body(), at, value)))) == [(at, code)]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("trainee.id", "S1234567A", "wrong_check_letter"),
        ("trainee.idType", {"type": "NRIC"}, "wrong_type"),
        ("trainee.idType", "SP", "unknown_value"),
        ("course.run.id", 849900, "wrong_type"),
        ("course.run.id", "x", "malformed"),
        ("trainingPartner.uen", "x", "malformed"),
        ("trainingPartner.code", "201200696W-01", "not_of_uen"),
        ("assessmentDate", GONE, "required"),
        ("conferringInstitute.code", " ", "required"),
    ],
)
def test_each_breach_of_a_create_is_found(path: str, value: Any, code: str) -> None:
    at = f"assessment.{path}"
    assert (at, code) in told(blocking(create(bent(samples.assessment_body(), at, value))))


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("action", "void", "wrong_type"),
        ("trainee.fullName", "", "required"),
        ("trainee.fullName", "x" * 201, "too_long"),
        ("trainee.id", samples.NRIC, "unknown_field"),
        ("course", {"run": {"id": samples.RUN}}, "unknown_field"),
        ("result", "", "required"),
    ],
)
def test_each_breach_of_an_update_is_found(path: str, value: Any, code: str) -> None:
    at = f"assessment.{path}"
    assert told(update(bent(samples.assessment_update_body(), at, value))) == [(at, code)]


def test_an_update_that_changes_nothing_and_an_exemption_with_a_score_are_worth_a_look() -> None:
    nothing = update({"assessment": {"action": "update"}})
    assert told(nothing) == [("assessment", "nothing_changes")]
    exempt = create(samples.assessment_body(result="Exempt"))
    assert told(exempt) == [("assessment.result", "exempt_with_score")]
    assert blocking([*nothing, *exempt]) == []


def test_voiding_says_only_that() -> None:
    found = judge_void({"assessment": {"action": "update"}}, now=samples.NOW, ruleset=RULES)
    assert told(found) == [("assessment.action", "wrong_type")]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("meta.lastUpdateDateTo", "2026-02-28", "before_start"),
        ("sortBy.field", "score", "unknown_value"),
        ("parameters.page", GONE, "required"),
        ("parameters.pageSize", GONE, "required"),
        ("parameters.page", -1, "negative"),
        ("parameters.pageSize", 101, "out_of_range"),
        ("assessments.course.referenceNumber", "x" * 51, "too_long"),
        ("assessments.enrolment.referenceNumber", "ENR-26-1", "unusual_reference"),
        ("assessments.skillCode", "x" * 31, "too_long"),
        ("assessments.trainingPartner.uen", GONE, "required"),
        ("assessments.trainingPartner.code", "", "required"),
        ("assessment.skillCode", "x", "unknown_field"),
    ],
)
def test_each_breach_of_a_search_is_found(path: str, value: Any, code: str) -> None:
    at = "assessment" if code == "unknown_field" else path
    assert told(search(bent(samples.assessment_search_body(), path, value))) == [(at, code)]


def test_searches_may_sort_by_the_day_of_the_assessment_and_leave_filters_empty() -> None:
    body = bent(samples.assessment_search_body(), "sortBy.field", "assessmentDate")
    for path in ("meta.lastUpdateDateTo", "assessments.skillCode", "assessments.enrolment.referenceNumber"):
        body = bent(body, path, "")
    assert search(body) == []
    assert told(search(body, "201200696W")) == [("assessments.trainingPartner.uen", "not_caller")]


def test_no_finding_quotes_what_it_judges() -> None:
    secret = "S7654321Q@" + "x" * 500
    for name in ("trainee.id", "trainee.fullName", "result", "grade", "score", "assessmentDate"):
        found = create(bent(samples.assessment_body(), f"assessment.{name}", secret))
        assert found
        assert "7654321" not in repr(found)
