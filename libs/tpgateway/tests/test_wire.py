"""Names and types on the wire: what goes out is exactly the contract's, what comes in may be told in several ways."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from libs.tpgateway import samples
from libs.tpgateway.assessments.requests import (
    CreateAssessment,
    SearchAssessments,
    UpdateAssessment,
    VoidAssessment,
)
from libs.tpgateway.attendance.requests import UploadAttendance
from libs.tpgateway.course_runs.parts import File, RunVenue
from libs.tpgateway.course_runs.requests import (
    DeleteRequest,
    EditRequest,
    NewRun,
    PublishRequest,
    RunEdit,
    Session,
    SessionEdit,
)
from libs.tpgateway.course_runs.trainers import Qualification, Trainer
from libs.tpgateway.enrolments.requests import (
    CancelEnrolment,
    CollectFee,
    CreateEnrolment,
    Fees,
    SearchEnrolments,
    UpdateEnrolment,
)
from libs.tpgateway.wire import Seen, SeenNumber, SeenStamp, SeenWhole


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        (PublishRequest, samples.publish_body()),
        (EditRequest, samples.edit_body()),
        (DeleteRequest, samples.delete_body()),
        (CreateEnrolment, samples.enrolment_body()),
        (UpdateEnrolment, samples.enrolment_update_body()),
        (CancelEnrolment, samples.enrolment_cancel_body()),
        (CollectFee, samples.fee_body()),
        (SearchEnrolments, samples.enrolment_search_body()),
        (UploadAttendance, samples.attendance_body()),
        (CreateAssessment, samples.assessment_body()),
        (UpdateAssessment, samples.assessment_update_body()),
        (VoidAssessment, samples.assessment_void_body()),
        (SearchAssessments, samples.assessment_search_body()),
    ],
)
def test_a_sound_body_survives_reading_and_writing(shape: Any, body: dict[str, Any]) -> None:
    read = shape.model_validate(body)
    assert read.body() == body
    assert json.loads(json.dumps(read.body())) == body


def test_dates_of_runs_are_numbers_and_of_sessions_text() -> None:
    [run] = PublishRequest.model_validate(samples.publish_body()).course.runs
    assert run.course_dates is not None
    assert run.course_dates.start == date(2026, 3, 23)
    assert run.body()["courseDates"] == {"start": 20260323, "end": 20260324}
    assert run.sessions is not None
    assert run.sessions[0].start_time == time(9)
    assert run.sessions[0].body()["startDate"] == "20260323"


def test_sessions_may_be_told_with_dashes_and_seconds_and_go_out_in_one_spelling() -> None:
    told = samples.session(startDate="2026-03-23", startTime="09:00:00")
    assert Session.model_validate(told).body() == samples.session()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("startDate", 20260323),
        ("startDate", "20260230"),
        ("startDate", "2026323"),
        ("startDate", "2026-W12-1"),
        ("startTime", "9:00"),
        ("startTime", "24:00"),
        ("startTime", 900),
        ("modeOfTraining", 1),
    ],
)
def test_another_type_or_spelling_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Session.model_validate(samples.session() | {name: value})


def test_a_refused_value_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as refused:
        Session.model_validate(samples.session(startDate=samples.NRIC, startTime=samples.NRIC))
    assert samples.NRIC not in str(refused.value)


@pytest.mark.parametrize(("name", "value"), [("opening", "20260301"), ("opening", 20260230), ("opening", True)])
def test_dates_of_runs_are_refused_as_anything_but_numbers(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        NewRun.model_validate({"registrationDates": {name: value}})


def test_nothing_is_left_out_rather_than_sent_as_nothing() -> None:
    run = NewRun(venue=RunVenue(), schedule_info="", sessions=())
    assert run.body() == {"scheduleInfo": "", "sessions": []}


def test_the_contracts_odd_names_are_kept() -> None:
    assert File(name="plan.pdf").body() == {"Name": "plan.pdf", "content": ""}
    assert RunVenue(wheel_chair_access=True).body() == {"wheelChairAccess": True}
    trainer = Trainer.model_validate(samples.new_trainer(linkedInURL="https://example.com")["trainer"])
    assert trainer.linked_in_url == "https://example.com"
    assert Qualification.model_validate({"ssecEQA": {"code": "64"}}).body() == {"ssecEQA": {"code": "64"}}
    assert RunEdit().body() == {"action": "update"}
    assert SessionEdit(action="delete", session_id="X-1-S1").body() == {"action": "delete", "sessionId": "X-1-S1"}


def test_personal_data_stays_out_of_what_is_printed() -> None:
    shown = repr(PublishRequest.model_validate(samples.publish_body()))
    for personal in (samples.NRIC, "trainer@example.com", "Synthetic Trainer", "ops@example.com"):
        assert personal not in shown


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        (CreateEnrolment, samples.enrolment_body()),
        (UpdateEnrolment, samples.enrolment_update_body()),
        (SearchEnrolments, samples.enrolment_search_body()),
        (UploadAttendance, samples.attendance_body()),
        (SearchAssessments, samples.assessment_search_body()),
    ],
)
def test_nobody_enrolled_is_printed(shape: Any, body: dict[str, Any]) -> None:
    assert_nobody_in(repr(shape.model_validate(body)))


def test_no_result_is_printed() -> None:
    shown = repr(CreateAssessment.model_validate(samples.assessment_body()))
    assert_nobody_in(shown)
    assert "85" not in shown
    assert "Pass" not in shown


def assert_nobody_in(shown: str) -> None:
    for personal in (samples.NRIC, "1234567", "Synthetic", "example.com", "1980", "50.25"):
        assert personal not in shown.replace("SYNTHETIC1", "")


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_money_goes_out_as_a_number_with_its_own_digits(amount: Decimal) -> None:
    text = json.dumps(Fees(discount_amount=amount).body())
    assert json.loads(text, parse_float=Decimal, parse_int=Decimal) == {"discountAmount": amount}


@pytest.mark.parametrize("value", ["50.25", True, float("nan"), float("inf"), [], {}])
def test_a_number_is_never_text(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Fees.model_validate({"discountAmount": value})
    assert "50.25" not in str(refused.value)


@pytest.mark.parametrize(
    "day", ["20260302", "2026-02-30", "2026-3-2", "02-03-2026", "2026-03-02T00:00:00", 20260302, ""]
)
def test_dates_of_enrolments_have_one_spelling(day: object) -> None:
    with pytest.raises(ValidationError):
        CreateEnrolment.model_validate(samples.enrolment_body(dateOfBirth=day))


def test_an_empty_text_filters_nothing_in_a_search() -> None:
    body = samples.enrolment_search_body()
    body["meta"] = {"lastUpdateDateFrom": "", "lastUpdateDateTo": ""}
    body["enrolment"]["trainee"]["enrolmentDate"] = ""
    read = SearchEnrolments.model_validate(body)
    assert read.meta is not None
    assert read.meta.last_update_date_from is None
    assert "enrolmentDate" not in read.body()["enrolment"]["trainee"]


def test_an_area_code_is_told_even_when_there_is_none() -> None:
    bare: dict[str, Any] = {"course": {"attendance": {"trainee": {"contactNumber": {}}}}}
    sent = UploadAttendance.model_validate(bare).body()
    assert sent == {"course": {"attendance": {"trainee": {"contactNumber": {"areaCode": None}}}}}
    with_one = samples.attendance_body(contactNumber={"mobile": "91234567", "areaCode": 3, "countryCode": 60})
    assert UploadAttendance.model_validate(with_one).body() == with_one


class Told(Seen):
    number: SeenNumber = None
    whole: SeenWhole = None
    stamp: SeenStamp = None


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"number": "50.25", "whole": "85", "stamp": "2026-03-02 12:01:54"}, (Decimal("50.25"), 85, True)),
        ({"number": 50.25, "whole": 85, "stamp": "2026-03-02T04:01:54Z"}, (Decimal("50.25"), 85, True)),
        ({"number": "1,050.00", "whole": "85.0", "stamp": "yesterday"}, (Decimal(1050), 85, False)),
        ({"number": "", "whole": "", "stamp": ""}, (None, None, False)),
        ({"number": None, "whole": None, "stamp": None}, (None, None, False)),
    ],
)
def test_replies_tell_numbers_and_stamps_in_several_ways(told: dict[str, Any], read: tuple[Any, Any, bool]) -> None:
    seen = Told.model_validate(told)
    stamp = datetime(2026, 3, 2, 4, 1, 54, tzinfo=UTC) if read[2] else None
    assert (seen.number, seen.whole, seen.stamp) == (read[0], read[1], stamp)


@pytest.mark.parametrize(
    "told", [{"number": "many"}, {"whole": "8.5"}, {"whole": "B"}, {"whole": "1e999999999"}, {"number": "NaN"}]
)
def test_what_is_no_number_is_none_of_theirs(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Told.model_validate(told)
