"""From our words for attendance to the wire, and back to findings. All data is synthetic."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from libs.contracts.attendance import MarkState
from libs.contracts.submissions import (
    AttendanceSubmission,
    PhonePart,
)
from libs.tpgateway import samples
from libs.tpgateway.rules.finding import blocking
from libs.tpgateway.submissions.attendance import ON_THE_JOB
from libs.tpgateway.submissions.tests.sound import NOW, RULES, Json, judge_mark, mark, told, trainee, uploaded
from libs.tpgateway.submissions.untellable import Untellable


def test_attendance_uses_the_gateways_own_shapes() -> None:
    assert uploaded(mark()).body() == samples.attendance_body()


@pytest.mark.parametrize(("state", "code"), [("present", "1"), ("checked_in", "2"), ("rejected", "3"), ("voided", "4")])
def test_each_state_has_its_code(state: str, code: str) -> None:
    assert uploaded(mark(state=state)).body()["course"]["attendance"]["status"] == {"code": code}


@pytest.mark.parametrize("state", ["absent", "unmarked", "late"])
def test_of_absence_nothing_can_be_told(state: str) -> None:
    with pytest.raises(Untellable) as untellable:
        uploaded(mark(state=state))
    assert (untellable.value.finding.field, untellable.value.finding.code) == ("state", "no_code")


def test_every_state_is_told_or_untellable() -> None:
    told = set()
    for state in MarkState:
        try:
            told.add(uploaded(mark(state=state)).body()["course"]["attendance"]["status"]["code"])
        except Untellable:
            assert state in {MarkState.ABSENT, MarkState.UNMARKED}
    assert told == set(RULES.codes["attendance_status"])


@pytest.mark.parametrize(("id_type", "code"), [("NRIC", "SP"), ("FIN", "SO"), ("OTHERS", "OT")])
def test_identity_types_have_other_codes_in_attendance(id_type: str, code: str) -> None:
    sent = uploaded(mark(), trainee(id_type=id_type)).body()["course"]["attendance"]["trainee"]
    assert sent["idType"] == {"code": code}


def test_phones_are_numbers_in_attendance() -> None:
    abroad = trainee(phone=PhonePart(country="+60", area="03", number="1234-5678"))
    sent = uploaded(mark(), abroad).body()["course"]["attendance"]["trainee"]["contactNumber"]
    assert sent == {"countryCode": 60, "areaCode": 3, "mobile": "12345678"}
    with pytest.raises(Untellable) as untellable:
        uploaded(mark(), trainee(phone=PhonePart(country="SG", number="91234567")))
    assert untellable.value.finding.field == "trainee.phone.country"


def test_hours_have_two_decimals_and_who_was_not_there_tells_them_on_the_job_only() -> None:
    def hours(submission: AttendanceSubmission, mode: str = "1") -> Any:
        return uploaded(submission, mode=mode).body()["course"]["attendance"]["trainee"].get("numberOfHours")

    assert hours(mark(hours=Decimal("3.335"))) == 3.34
    assert hours(mark(hours=None)) is None
    assert hours(mark(state="voided")) is None
    assert hours(mark(state="voided"), ON_THE_JOB) == 3.5
    assert RULES.modes.hours_needed == {ON_THE_JOB}


@pytest.mark.parametrize(
    ("changed", "person", "given", "field", "code"),
    [
        ({"state": "absent"}, {}, {}, "state", "no_code"),
        ({"hours": Decimal("0.25")}, {}, {}, "hours", "out_of_range"),
        ({"hours": Decimal("8.01")}, {}, {}, "hours", "out_of_range"),
        ({"hours": None}, {}, {"mode_of_training": "4"}, "hours", "required"),
        ({}, {"full_name": "x" * 67}, {}, "trainee.full_name", "too_long"),
        ({}, {"survey_language": "EN"}, {}, "trainee.survey_language", "unknown_value"),
        ({}, {"email": "", "phone": PhonePart(country="65", number="")}, {}, "trainee.email", "no_contact"),
        ({}, {"phone": PhonePart(country="SG", number="1")}, {}, "trainee.phone.country", "malformed"),
        ({}, {"phone": PhonePart(country="1234", number="1")}, {}, "trainee.phone.country", "out_of_range"),
        ({}, {"phone": PhonePart(country="65", area="x", number="1")}, {}, "trainee.phone.area", "malformed"),
        ({}, {"phone": PhonePart(country="65", number="1" * 16)}, {}, "trainee.phone.number", "too_long"),
        ({}, {}, {"session_starts_at": NOW + timedelta(minutes=1)}, "session_id", "not_begun"),
    ],
)
def test_what_would_be_refused_of_attendance_is_found_beforehand(
    changed: Json, person: Json, given: Json, field: str, code: str
) -> None:
    found = told(blocking(judge_mark(mark(**changed), trainee(**person), **given)))
    assert found[0] == (field, code)
    assert {name for name, _ in found} == {field}


def test_what_cannot_be_built_hides_nothing_else() -> None:
    person = trainee(phone=PhonePart(country="SG", area="x", number="1"), survey_language="EN")
    assert told(judge_mark(mark(state="absent"), person)) == [
        ("state", "no_code"),
        ("trainee.phone.area", "malformed"),
        ("trainee.phone.country", "malformed"),
        ("trainee.survey_language", "unknown_value"),
    ]
    assert judge_mark(mark(), session_starts_at=NOW) == []
