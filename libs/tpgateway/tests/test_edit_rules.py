"""Changing and removing runs, page sizes, and telling findings in somebody's own names."""

from datetime import timedelta
from typing import Any

import pytest

from libs.sources import singapore_day
from libs.tpgateway import samples
from libs.tpgateway.course_runs.requests import EditRequest
from libs.tpgateway.operations import LIST_RUNS, LIST_SESSIONS
from libs.tpgateway.rules.course_runs import judge_delete, judge_edit, judge_publish
from libs.tpgateway.rules.finding import LocalNames, Severity, blocking
from libs.tpgateway.rules.paging import judge_page
from libs.tpgateway.rules.ruleset import ruleset_on

RULES = ruleset_on(singapore_day(samples.NOW))
Json = dict[str, Any]


def found(body: Json, **now_is: Any) -> set[tuple[str, str, str]]:
    findings = judge_edit(body, now=now_is.get("now", samples.NOW), ruleset=RULES, caller_uen=samples.UEN)
    return {(one.field.removeprefix("course.run."), one.code, one.severity.value) for one in findings}


def test_a_sound_change_passes() -> None:
    assert found(samples.edit_body()) == set()
    typed = EditRequest.model_validate(samples.edit_body())
    assert judge_edit(typed, now=samples.NOW, ruleset=RULES) == []


def test_registration_that_opened_long_ago_is_no_trouble_in_a_change() -> None:
    assert found(samples.edit_body(registrationDates={"opening": 20260101, "closing": 20260320})) == set()


def test_what_the_guide_wants_each_time_is_only_advised() -> None:
    bare = samples.edit_body()
    bare["course"]["run"] = {"action": "update", "linkCourseRunTrainer": [samples.existing_trainer()]}
    told = found(bare)
    assert {code for _, code, _ in told} == {"left_out"}
    assert {severity for _, _, severity in told} == {"warn"}
    assert {field for field, _, _ in told} >= {"courseDates", "scheduleInfo", "modeOfTraining"}


def test_a_change_without_trainers_warns_that_it_removes_them() -> None:
    absent = samples.edit_body()
    del absent["course"]["run"]["linkCourseRunTrainer"]
    expected = {("linkCourseRunTrainer", "trainers_left_out", "warn")}
    assert found(absent) == expected
    assert found(samples.edit_body(linkCourseRunTrainer=[])) == expected


def test_half_a_pair_of_dates_is_refused() -> None:
    told = found(samples.edit_body(courseDates={"end": 20260324}, sessions=[]))
    assert told == {("courseDates.start", "required", "block")}


@pytest.mark.parametrize(
    ("session", "field", "code"),
    [
        ({"action": "update", **samples.session()}, "sessionId", "required"),
        ({"action": "delete"}, "sessionId", "required"),
        ({"action": "rename", "sessionId": "X-1-S1"}, "action", "unknown_value"),
        ({"action": "update", "sessionId": "x" * 301, **samples.session()}, "sessionId", "too_long"),
        (samples.session("20260322"), "startDate", "outside_run"),
        ({"action": "add", "startDate": "20260323"}, "endDate", "required"),
        ({"action": "update", "sessionId": "X-1-S1", "venue": {"floor": "02"}}, "venue.unit", "required"),
    ],
)
def test_sessions_of_a_change(session: Json, field: str, code: str) -> None:
    full = {"modeOfTraining": "1", **session} if "venue" in session else session
    assert (f"sessions[0].{field}", code, "block") in found(samples.edit_body(sessions=[full]))


def test_what_an_update_leaves_out_is_only_advised() -> None:
    told = found(samples.edit_body(sessions=[{"action": "update", "sessionId": "X-1-S1"}]))
    assert {severity for _, _, severity in told} == {"warn"}


@pytest.mark.parametrize(
    ("minutes", "codes"),
    [(-1, set()), (0, {"already_begun"}), (1, {"already_begun"})],
    ids=["a minute before", "as it begins", "a minute after"],
)
def test_a_session_takes_changes_until_it_begins(minutes: int, codes: set[str]) -> None:
    start = samples.NOW + timedelta(days=22, hours=-3)  # 23 March, 09:00 in Singapore
    change = {"action": "update", "sessionId": "X-1-S1", **samples.session()}
    told = found(samples.edit_body(sessions=[change]), now=start + timedelta(minutes=minutes))
    assert {code for _, code, _ in told} == codes


def test_the_cutoff_is_the_rule_sets() -> None:
    limits = RULES.limits.model_copy(update={"edit_cutoff_minutes": 24 * 60})
    strict = RULES.model_copy(update={"limits": limits})
    day_before = samples.NOW + timedelta(days=21, hours=-2)
    change = {"action": "update", "sessionId": "X-1-S1", **samples.session()}
    judged = judge_edit(samples.edit_body(sessions=[change]), now=day_before, ruleset=strict)
    assert [finding.code for finding in judged] == ["already_begun"]


def test_a_session_gone_by_cannot_be_removed_nor_added() -> None:
    tomorrow = samples.NOW + timedelta(days=24)
    removal = {"action": "delete", "sessionId": "X-1-S1", "endDate": "20260324"}
    told = found(samples.edit_body(sessions=[removal, samples.session("20260324")]), now=tomorrow)
    assert told == {
        ("sessions[0].endDate", "already_begun", "block"),
        ("sessions[1].endDate", "already_ended", "block"),
    }


def test_a_removal_needs_only_the_course_and_our_own_uen() -> None:
    assert judge_delete(samples.delete_body(), now=samples.NOW, ruleset=RULES, caller_uen=samples.UEN) == []
    [foreign] = judge_delete(samples.delete_body(), now=samples.NOW, ruleset=RULES, caller_uen="00192200M")
    assert (foreign.field, foreign.code) == ("course.trainingProvider.uen", "not_caller")
    wrong = samples.delete_body()
    wrong["course"]["run"] = {"action": "update"}
    assert [one.field for one in judge_delete(wrong, now=samples.NOW, ruleset=RULES)] == ["course.run.action"]


@pytest.mark.parametrize(
    ("operation", "page", "page_size", "codes"),
    [
        (LIST_RUNS, 0, 100, []),
        (LIST_RUNS, 0, 50, ["unknown_value"]),
        (LIST_SESSIONS, 3, 50, []),
        (LIST_SESSIONS, 0, 0, ["out_of_range"]),
        (LIST_SESSIONS, 0, 101, ["out_of_range"]),
        (LIST_SESSIONS, -1, 1, ["negative"]),
    ],
)
def test_pages(operation: Any, page: int, page_size: int, codes: list[str]) -> None:
    judged = judge_page(operation, page=page, page_size=page_size, ruleset=RULES)
    assert [finding.code for finding in judged] == codes


def test_findings_are_told_in_local_names() -> None:
    names = LocalNames(
        {
            "course.runs[]": "",
            "course.runs[].scheduleInfo": "schedule_info",
            "course.runs[].sessions[]": "sessions[]",
            "course.runs[].sessions[].startDate": "sessions[].start_on",
        }
    )
    assert names.of("course.runs[0].scheduleInfo") == "schedule_info"
    assert names.of("course.runs[0].scheduleInfoType") == ".scheduleInfoType"
    assert names.of("course.runs[0].sessions[7].startDate") == "sessions[7].start_on"
    assert names.of("course.runs[0].sessions[7].venue.floor") == "sessions[7].venue.floor"
    assert names.of("course.trainingProvider.uen") == "course.trainingProvider.uen"
    body = samples.publish_body(scheduleInfo="")
    [told] = names.told(judge_publish(body, now=samples.NOW, ruleset=RULES))
    assert (told.field, told.code, told.severity) == ("schedule_info", "required", Severity.BLOCK)


def test_blocking_leaves_warnings_out() -> None:
    judged = judge_publish(samples.publish_body(sessions=[], scheduleInfo=""), now=samples.NOW, ruleset=RULES)
    assert len(judged) == 2
    assert [finding.code for finding in blocking(judged)] == ["required"]
