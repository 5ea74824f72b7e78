"""Names and types on the wire: what goes out is exactly the contract's, what comes in may be told in several ways."""

from datetime import date, time
from typing import Any

import pytest
from pydantic import ValidationError

from libs.tpgateway import samples
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


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        (PublishRequest, samples.publish_body()),
        (EditRequest, samples.edit_body()),
        (DeleteRequest, samples.delete_body()),
    ],
)
def test_a_sound_body_survives_reading_and_writing(shape: Any, body: dict[str, Any]) -> None:
    assert shape.model_validate(body).body() == body


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
