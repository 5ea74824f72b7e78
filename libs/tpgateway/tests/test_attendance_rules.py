"""Attendance: sound uploads pass, and every single breach is found where it is. All people are synthetic."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.sources import singapore_day
from libs.tpgateway import samples
from libs.tpgateway.rules.attendance import judge_upload
from libs.tpgateway.rules.finding import Finding, blocking
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.tests.bending import GONE, Json, bent

RULES = ruleset_on(singapore_day(samples.NOW))
TRAINEE = "course.attendance.trainee"
NUMBER = f"{TRAINEE}.contactNumber"
IDENTITIES = [("SP", "T0000001E"), ("SB", "S1234567D"), ("SO", "G1234567X"), ("FP", "X1"), ("OT", "9")]


def upload(body: Json, mode: str | None = "1", caller_uen: str | None = samples.UEN) -> list[Finding]:
    return judge_upload(body, now=samples.NOW, ruleset=RULES, caller_uen=caller_uen, mode_of_training=mode)


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    assert all(finding.message and finding.fix for finding in findings)
    return [(finding.field, finding.code) for finding in findings]


def test_a_sound_upload_has_no_findings() -> None:
    for mode in (*RULES.codes["mode_of_training"], None):
        assert upload(samples.attendance_body(), mode) == []


@given(
    status=st.sampled_from("1234"),
    hours=st.none() | st.integers(50, 800).map(lambda hundredths: hundredths / 100),
    language=st.sampled_from(["EL", "MN", "MY", "TM"]),
    identity=st.sampled_from(
        [("SP", "T0000001E"), ("SB", "S1234567D"), ("SO", "G1234567X"), ("FP", "X1"), ("OT", "9")]
    ),
    contact=st.sampled_from([("a@b.sg", ""), ("a@b.sg", "61234567"), ("", "81234567"), ("a@b.sg", None)]),
    area=st.none() | st.integers(0, 99999),
)
def test_whatever_the_contract_allows_passes(
    status: str,
    hours: float | None,
    language: str,
    identity: tuple[str, str],
    contact: tuple[str, str | None],
    area: int | None,
) -> None:
    body = samples.attendance_body(
        id=identity[1],
        idType={"code": identity[0]},
        email=contact[0],
        contactNumber={"areaCode": area, "countryCode": 65} | ({} if contact[1] is None else {"mobile": contact[1]}),
        surveyLanguage={"code": language},
    )
    body = bent(bent(body, f"{TRAINEE}.numberOfHours", hours or 1), "course.attendance.status.code", status)
    assert upload(bent(body, f"{TRAINEE}.numberOfHours", GONE) if hours is None else body) == []


@pytest.mark.parametrize(
    "path",
    [
        "uen",
        "corppassId",
        "course.sessionID",
        "course.referenceNumber",
        "course.attendance.status.code",
        f"{TRAINEE}.id",
        f"{TRAINEE}.name",
        f"{TRAINEE}.idType.code",
        f"{TRAINEE}.surveyLanguage.code",
    ],
)
@pytest.mark.parametrize("value", [GONE, " "])
def test_what_is_needed_is_missed(path: str, value: Any) -> None:
    assert told(blocking(upload(bent(samples.attendance_body(), path, value)))) == [(path, "required")]


@pytest.mark.parametrize(
    ("path", "longest"),
    [
        ("course.sessionID", 300),
        ("course.referenceNumber", 100),
        (f"{TRAINEE}.id", 50),
        (f"{TRAINEE}.name", 66),
        (f"{TRAINEE}.email", 320),
        (f"{NUMBER}.mobile", 15),
    ],
)
def test_a_text_is_refused_one_sign_over_the_longest(path: str, longest: int) -> None:
    body = samples.attendance_body(idType={"code": "OT"})
    fill = "1@1.1" + "1" * 400 if path.endswith("email") else "1" * 400
    assert upload(bent(body, path, fill[:longest])) == []
    assert told(upload(bent(body, path, fill[: longest + 1]))) == [(path, "too_long")]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("uen", "12345", "malformed"),
        ("course.attendance.status.code", "5", "unknown_value"),
        ("course.attendance.status.code", 1, "wrong_type"),
        ("course.sessionId", samples.SESSION, "unknown_field"),
        (f"{TRAINEE}.id", "S1234567A", "wrong_check_letter"),
        (f"{TRAINEE}.idType.code", "NRIC", "unknown_value"),
        (f"{TRAINEE}.email", "nobody", "not_an_email"),
        (f"{TRAINEE}.numberOfHours", 0.49, "out_of_range"),
        (f"{TRAINEE}.numberOfHours", 8.01, "out_of_range"),
        (f"{TRAINEE}.numberOfHours", "3.5", "wrong_type"),
        (f"{TRAINEE}.surveyLanguage.code", "EN", "unknown_value"),
        (f"{NUMBER}.countryCode", "65", "wrong_type"),
        (f"{NUMBER}.countryCode", "+65", "wrong_type"),
        (f"{NUMBER}.countryCode", 1000, "out_of_range"),
        (f"{NUMBER}.countryCode", 0, "out_of_range"),
        (f"{NUMBER}.countryCode", GONE, "required"),
        (f"{NUMBER}.areaCode", "", "wrong_type"),
        (f"{NUMBER}.areaCode", 100000, "out_of_range"),
        (f"{NUMBER}.mobile", "mine", "malformed"),
    ],
)
def test_each_breach_is_found_where_it_is(path: str, value: Any, code: str) -> None:
    found = blocking(upload(bent(samples.attendance_body(), path, value)))
    assert (path, code) in told(found)
    assert {finding.field for finding in found if finding.code != "required"} <= {path}


def test_on_the_job_tells_hours_always() -> None:
    without = bent(samples.attendance_body(), f"{TRAINEE}.numberOfHours", GONE)
    assert told(upload(without, "4")) == [(f"{TRAINEE}.numberOfHours", "required")]
    assert upload(without, "1") == []
    for edge in (0.5, 8.0, 8):
        assert upload(bent(without, f"{TRAINEE}.numberOfHours", edge), "4") == []


def test_an_email_or_a_mobile_is_needed() -> None:
    neither = samples.attendance_body(email="", contactNumber={"areaCode": None, "countryCode": 65})
    assert told(upload(neither)) == [(f"{TRAINEE}.email", "no_contact")]
    landline = samples.attendance_body(
        email="", contactNumber={"mobile": "61234567", "areaCode": None, "countryCode": 65}
    )
    assert told(upload(landline)) == [(f"{NUMBER}.mobile", "not_a_mobile")]
    assert blocking(upload(landline)) == []


def test_a_null_is_taken_for_an_area_code_and_nowhere_else() -> None:
    assert upload(bent(samples.attendance_body(), f"{NUMBER}.areaCode", None)) == []
    assert told(upload(bent(samples.attendance_body(), f"{TRAINEE}.email", None))) == [(f"{TRAINEE}.email", "empty")]


def test_another_providers_attendance_is_not_ours_to_send() -> None:
    assert told(upload(samples.attendance_body(), caller_uen="201200696W")) == [("uen", "not_caller")]


def test_no_finding_quotes_what_it_judges() -> None:
    secret = "S7654321Q@" + "x" * 500
    for name in ("id", "name", "email", "numberOfHours", "contactNumber"):
        found = upload(samples.attendance_body(**{name: secret}))
        assert found
        assert "7654321" not in repr(found)
