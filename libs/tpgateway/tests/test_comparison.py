"""Reading replies about runs, and comparing them with what we sent. All data is synthetic."""

import json
from typing import Any

import pytest

from libs.tpgateway import samples
from libs.tpgateway.course_runs.differences import differences
from libs.tpgateway.course_runs.normal import NormalRun, normal_listed, normal_request, normal_view
from libs.tpgateway.course_runs.replies import listed_runs, listed_sessions, published_ids, viewed_course
from libs.tpgateway.course_runs.requests import EditRequest, PublishRequest
from libs.tpgateway.envelope import Reply, UnreadableReply, read_reply
from libs.tpgateway.rules.ruleset import rulesets

RULES = rulesets()[-1]
Json = dict[str, Any]


def reply(body: Json, http_status: int = 200) -> Reply:
    return read_reply(json.dumps(body).encode(), http_status=http_status)


def ours(**changed: Any) -> NormalRun:
    [run] = PublishRequest.model_validate(samples.publish_body(**changed)).course.runs
    return normal_request(run, RULES, course_reference=samples.COURSE)


def theirs(*sessions: Json, **changed: Any) -> NormalRun:
    seen = listed_sessions(reply(samples.sessions_reply(*sessions))) if sessions else None
    return normal_view(viewed_course(reply(samples.run_reply(**changed))), RULES, seen)


BOTH_SESSIONS = (samples.session_view(1), samples.session_view(2, "20260324"))


def told(ours: NormalRun, theirs: NormalRun) -> list[tuple[str, str, str]]:
    return [(one.field, one.ours, one.theirs) for one in differences(ours, theirs)]


def test_what_was_published_reads_back_equal() -> None:
    assert told(ours(), theirs(*BOTH_SESSIONS)) == []


def test_a_list_of_runs_tells_the_same_with_nested_dates() -> None:
    [first, second] = listed_runs(reply(samples.list_reply(849900, 849901)))
    assert (first.id, second.id) == ("849900", "849901")
    assert told(ours(), normal_listed(first, RULES)) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"scheduleInfo": "  mon-tue   9AM-5pm "},
        {"courseAdminEmail": "OPS@example.com"},
        {"venue": samples.venue(street="DEMO  ROAD", block=None)},
        {"registeredUserCount": 19},
        {"qrCodeLink": "https://example.com/another", "attendanceTaken": True},
        {"registrationOpeningDate": "2026-03-01"},
        {"courseVacancy": {"code": "A", "description": "Plenty"}},
        {"threshold": None, "venue": None, "linkCourseRunTrainer": None},
        {"linkCourseRunTrainer": [{"trainer": {"idNumber": ""}}]},
    ],
)
def test_spelling_stamps_and_silence_are_no_differences(changed: Json) -> None:
    assert told(ours(), theirs(**changed)) == []


@pytest.mark.parametrize(
    ("changed", "field", "mine", "seen"),
    [
        ({"courseStartDate": 20260322}, "courseDates.start", "2026-03-23", "2026-03-22"),
        ({"registrationClosingDate": 20260319}, "registrationDates.closing", "2026-03-20", "2026-03-19"),
        ({"scheduleInfo": "Wed"}, "scheduleInfo", "mon-tue 9am-5pm", "wed"),
        ({"intakeSize": 21}, "intakeSize", "20", "21"),
        ({"venue": samples.venue(room="")}, "venue.room", "2a", ""),
        ({"courseVacancy": {"code": "F"}}, "courseVacancy.code", "a", "f"),
        ({"courseAdminEmail": "other@example.com"}, "courseAdminEmail", "ops@example.com", "other@example.com"),
        ({"referenceNumber": "TGS-2026000999"}, "courseReferenceNumber", "tgs-2026000123", "tgs-2026000999"),
        ({"linkCourseRunTrainer": []}, "linkCourseRunTrainer", "*****567D", ""),
        (
            {"linkCourseRunTrainer": [{"trainer": {"idNumber": "*****001E"}}]},
            "linkCourseRunTrainer",
            "*****567D",
            "*****001E",
        ),
    ],
)
def test_each_field_told_differently_is_named(changed: Json, field: str, mine: str, seen: str) -> None:
    assert told(ours(), theirs(**changed)) == [(field, mine, seen)]


def test_sessions_without_names_are_found_by_day_time_and_mode() -> None:
    moved = samples.session_view(2, "20260324", startTime="10:00")
    assert told(ours(), theirs(BOTH_SESSIONS[0], moved)) == [
        ("sessions[1]", "2026-03-24 09:00-17:00", ""),
        ("sessions", "", "2026-03-24 10:00-17:00"),
    ]


def test_deleted_sessions_are_not_there() -> None:
    gone = samples.session_view(3, "20260324", deleted=True)
    assert told(ours(), theirs(*BOTH_SESSIONS, gone)) == []
    assert told(ours(), theirs(BOTH_SESSIONS[0], BOTH_SESSIONS[1] | {"deleted": True}))[0][0] == "sessions[1]"


def test_two_equal_sessions_need_two_counterparts() -> None:
    twice = [samples.session(), samples.session()]
    assert [field for field, _, _ in told(ours(sessions=twice), theirs(BOTH_SESSIONS[0]))] == ["sessions[1]"]


def test_named_sessions_are_compared_field_by_field_and_untouched_ones_left_alone() -> None:
    run = EditRequest.model_validate(samples.edit_body()).course.run
    edit = normal_request(run, RULES)
    late = samples.session_view(1, startTime="10:30:00", venue=samples.venue(room="9"))
    added, untouched = samples.session_view(3, "20260324", startTime="13:00"), samples.session_view(4, "20260301")
    assert told(edit, theirs(late, added, untouched)) == [
        ("sessions[0].startTime", "09:00", "10:30"),
        ("sessions[0].venue.room", "2a", "9"),
    ]


def test_a_copied_venue_is_compared_as_the_runs() -> None:
    copying = [samples.session(venue={"primaryVenue": True}), samples.session("20260324")]
    assert told(ours(sessions=copying), theirs(*BOTH_SESSIONS)) == []
    elsewhere = samples.session_view(1, venue=samples.venue(room="9"))
    differing = told(ours(sessions=copying), theirs(elsewhere, BOTH_SESSIONS[1]))
    assert differing == [("sessions[0].venue.room", "2a", "9")]


def test_what_tpgateway_does_to_times_by_itself_is_no_difference() -> None:
    untimed = samples.session(modeOfTraining="2", endDate="20260324")
    overnight = samples.session("20260324", endDate="20260325", endTime="02:00")
    shown = samples.session_view(
        1,
        modeOfTraining="2",
        endDate="20260324",
        startTime="00:00",
        endTime="23:59",
        venue=dict.fromkeys(samples.venue()),
    )
    kept = samples.session_view(2, "20260324", endTime="02:00")
    assert told(ours(sessions=[untimed, overnight]), theirs(shown, kept)) == []


def test_differences_show_no_values_when_printed() -> None:
    printed = repr(differences(ours(), theirs(courseAdminEmail="other@example.com")))
    assert "courseAdminEmail" in printed
    assert "example.com" not in printed
    assert "567D" not in repr(ours())


def test_a_publish_tells_the_ids_in_order() -> None:
    assert published_ids(reply(samples.envelope({"runs": [{"id": 849901}, {"id": "849900"}]}))) == ("849901", "849900")


@pytest.mark.parametrize("data", [{}, {"runs": [{}]}, {"runs": [{"id": None}]}, None, []])
def test_a_publish_that_names_no_run_is_unreadable(data: Any) -> None:
    with pytest.raises(UnreadableReply):
        published_ids(reply(samples.envelope(data)))


def test_404_on_a_list_means_none() -> None:
    error = {"code": 404, "message": "Not Found", "details": [], "errorId": ""}
    none = reply({"data": {}, "error": error, "meta": {}, "status": 404}, 404)
    assert listed_sessions(none) == ()
    assert listed_runs(none) == ()


@pytest.mark.parametrize("body", [samples.list_reply(849900), samples.sessions_reply(samples.session_view())])
def test_a_failure_is_never_read_as_data(body: Json) -> None:
    failed = reply(body, 500)
    for read in (listed_runs, listed_sessions, viewed_course, published_ids):
        with pytest.raises(UnreadableReply, match="refusal"):
            read(failed)


def test_a_list_of_another_shape_does_not_prove_that_there_is_none() -> None:
    for read in (listed_runs, listed_sessions):
        with pytest.raises(UnreadableReply):
            read(reply(samples.envelope({"course": {}})))


def test_an_unreadable_place_is_named_without_its_value() -> None:
    broken = samples.sessions_reply(samples.session_view(startDate=samples.NRIC))
    with pytest.raises(UnreadableReply, match=r"sessions\[0\].startDate") as unreadable:
        listed_sessions(reply(broken))
    assert samples.NRIC not in str(unreadable.value)
