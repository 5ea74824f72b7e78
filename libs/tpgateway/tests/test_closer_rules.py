"""Refusals of TPGateway that earlier rules let through, each found by bending sound requests."""

from typing import Any

import pytest

from libs.sources import singapore_day
from libs.tpgateway import samples
from libs.tpgateway.rules import assessments, course_runs, enrolments
from libs.tpgateway.rules.finding import Finding, blocking
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.tests.bending import GONE, bent

RULES = ruleset_on(singapore_day(samples.NOW))
RUN = "course.run"
Json = dict[str, Any]


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in blocking(findings)]


def edit(body: Json) -> list[tuple[str, str]]:
    return told(course_runs.judge_edit(body, now=samples.NOW, ruleset=RULES, caller_uen=samples.UEN))


def publish(body: Json) -> list[tuple[str, str]]:
    return told(course_runs.judge_publish(body, now=samples.NOW, ruleset=RULES, caller_uen=samples.UEN))


def enrol(body: Json) -> list[tuple[str, str]]:
    return told(enrolments.judge_create(body, now=samples.NOW, ruleset=RULES, caller_uen=samples.UEN))


def search(body: Json) -> list[tuple[str, str]]:
    return told(enrolments.judge_search(body, now=samples.NOW, ruleset=RULES))


@pytest.mark.parametrize(
    ("found", "field"),
    [
        (edit(bent(samples.edit_body(), f"{RUN}.action", GONE)), f"{RUN}.action"),
        (
            told(
                enrolments.judge_update(
                    bent(samples.enrolment_update_body(), "enrolment.action", GONE), now=samples.NOW, ruleset=RULES
                )
            ),
            "enrolment.action",
        ),
        (
            told(
                assessments.judge_update(
                    bent(samples.assessment_update_body(), "assessment.action", GONE), now=samples.NOW, ruleset=RULES
                )
            ),
            "assessment.action",
        ),
    ],
)
def test_a_body_without_its_action_is_found(found: list[tuple[str, str]], field: str) -> None:
    assert found == [(field, "required")]


@pytest.mark.parametrize("field", ["scheduleInfo", "modeOfTraining", "courseAdminEmail"])
@pytest.mark.parametrize("nothing", ["", "  "])
def test_an_edit_may_leave_a_field_out_but_not_empty_it(field: str, nothing: str) -> None:
    assert (f"{RUN}.{field}", "required") in edit(bent(samples.edit_body(), f"{RUN}.{field}", nothing))
    assert edit(bent(samples.edit_body(), f"{RUN}.{field}", GONE)) == []


@pytest.mark.parametrize("action", [GONE, "add"])
def test_a_session_with_an_id_is_changed_or_removed(action: object) -> None:
    at = f"{RUN}.sessions[0].action"
    assert edit(bent(samples.edit_body(), at, action)) == [(at, "action_and_id")]


def test_a_venue_told_beside_a_mode_without_one_is_copied_by_sessions_that_need_one() -> None:
    copying = samples.session(venue={"primaryVenue": True})
    body = samples.edit_body(modeOfTraining="2", venue={"street": "Demo Road"}, sessions=[copying])
    assert {field for field, _ in edit(body)} == {
        f"{RUN}.sessions[0].venue.{part}" for part in ("floor", "unit", "postalCode", "room")
    }


def test_seats_are_compared_in_an_edit_only_when_all_of_them_are_told() -> None:
    body = samples.edit_body(intakeSize=1, registeredUserCount=3, threshold=1)
    assert edit(body) == [(f"{RUN}.intakeSize", "below_registered")]
    assert edit(bent(body, f"{RUN}.threshold", GONE)) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"startTime": "22:00", "endTime": "02:00", "endDate": "20260324"},
        {"startTime": "09:00", "endTime": "08:00", "modeOfTraining": "2"},
    ],
)
def test_a_session_does_not_end_before_it_starts_once_it_is_kept_within_its_day(changed: Json) -> None:
    body = samples.publish_body(sessions=[samples.session(**changed)])
    assert publish(body) == [("course.runs[0].sessions[0].endTime", "before_start")]


def test_a_timed_session_is_over_on_its_first_day() -> None:
    over = samples.session("20260301", startTime="08:00", endTime="09:00", endDate="20260302")
    body = samples.publish_body(courseDates={"start": 20260301, "end": 20260302}, sessions=[over])
    body = bent(body, "course.runs[0].registrationDates", {"opening": 20260301, "closing": 20260301})
    assert publish(body) == [("course.runs[0].sessions[0].endDate", "already_ended")]


@pytest.mark.parametrize(
    "at", ["course.runs[0].sequenceNumber", "course.runs[0].linkCourseRunTrainer[0].trainer.indexNumber"]
)
def test_places_count_from_nought(at: str) -> None:
    assert publish(bent(samples.publish_body(), at, -1)) == [(at, "out_of_range")]
    assert publish(bent(samples.publish_body(), at, 0)) == []


@pytest.mark.parametrize("uen", [samples.UEN.lower(), f" {samples.UEN}", f"{samples.UEN}\n"])
def test_a_uen_is_sent_as_the_register_has_it(uen: str) -> None:
    at = "enrolment.trainee.employer.uen"
    assert enrol(bent(samples.enrolment_body(), at, uen)) == [(at, "malformed")]


@pytest.mark.parametrize("ending", ["-A1", "-1", "-001", "-01 ", ""])
def test_a_provider_code_ends_in_two_digits(ending: str) -> None:
    at = "enrolment.trainingPartner.code"
    assert enrol(bent(samples.enrolment_body(), at, samples.UEN + ending)) == [(at, "malformed")]
    assert enrol(bent(samples.enrolment_body(), at, f"{samples.UEN}-03")) == []
    assert enrol(bent(samples.enrolment_body(), at, samples.TP_CODE.lower())) == [(at, "not_of_uen")]


@pytest.mark.parametrize(("kind", "right"), [("Others", True), ("OTHERS", True), ("others", False), ("nric", False)])
def test_id_types_are_known_in_the_spellings_seen(kind: str, *, right: bool) -> None:
    at = "enrolment.trainee.idType.type"
    assert (enrol(bent(samples.enrolment_body(), at, kind)) == []) is right


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ("enrolment.status", "confirmed"),
        ("enrolment.trainee.sponsorshipType", "employer"),
        ("enrolment.status", " "),
        ("sortBy.order", " "),
    ],
)
def test_a_search_filters_by_words_as_they_are_spelt(at: str, value: str) -> None:
    assert [field for field, _ in search(bent(samples.enrolment_search_body(), at, value))] == [at]
    assert search(bent(samples.enrolment_search_body(), at, "")) == []


def test_nobody_is_enrolled_on_the_day_of_birth() -> None:
    born = samples.enrolment_body(dateOfBirth=singapore_day(samples.NOW).isoformat())
    assert enrol(born) == [("enrolment.trainee.dateOfBirth", "in_the_future")]
