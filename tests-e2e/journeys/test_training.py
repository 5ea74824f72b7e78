"""A whole training through the system: people, places, marks, corrections, results; all of it at TPGateway, once."""

import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from infra.audit_verifier import verify
from infra.demo import training
from infra.demo.journey import Journey

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def story(system: Any) -> Any:
    """Given a published run and a second one, the demonstration's story is walked to its end."""
    system.needs_this_machine("time that is moved ahead")
    journey = system.walk(until="two trainers", days_ahead=4, plan={"intake_size": training.SEATS, "threshold": 0})
    story = training.Training(journey, other=Journey(journey.cast, journey.simulator_url, days_ahead=18))
    system.go_on(journey, after="two trainers", until="TPGateway has it")
    story.other.course_id, story.other.venue_id = journey.course_id, journey.venue_id
    story.other.trainers = journey.trainers
    for _, act in training.steps():
        act(story)
    return story


def test_twenty_are_seated_and_who_waited_is_one_of_them(story: Any) -> None:
    statuses = Counter(place["status"] for place in story.ops.all("/enrolments", run_id=story.run_id))
    assert statuses["transferred"] == 1
    assert statuses["confirmed"] + statuses["completed"] == training.SEATS
    assert story.ops.get(f"/enrolments/{story.places[-1]['id']}")["remote_id"]


def test_the_other_side_holds_each_place_mark_and_result_once(story: Any, system: Any) -> None:
    enrolments = system.simulator.get("/portal/enrolments").json()
    ours = [one for one in enrolments if str(one["run_id"]) == story.journey.remote_id]
    assert Counter(one["status"] for one in ours) == {"Confirmed": training.SEATS, "Cancelled": 1}
    for kind in ("runs", "enrolments", "attendance", "assessments"):
        assert system.simulator.get(f"/checks/equal-{kind}").json()["surplus"] == 0, kind


def test_a_correction_after_the_lock_and_a_void_have_reached_the_other_side(story: Any) -> None:
    corrected = story.ops.get(f"/attendance/{story.corrected['id']}")
    voided = story.ops.get(f"/attendance/{story.voided['id']}")
    assert (corrected["state"], corrected["sync"]["state"]) == ("present", "synced")
    assert (voided["state"], voided["sync"]["state"]) == ("voided", "synced")
    calls = [job["kind"] for job in story.ops.get(f"/sync/records/attendance/{voided['id']}")["jobs"]]
    assert calls == ["attendance.upload", "attendance.upload"]


def test_the_second_attempt_counts(story: Any) -> None:
    results = story.ops.all("/assessments", enrolment_id=story.reassessed["enrolment_id"])
    assert {(one["attempt"], one["result"], one["effective"]) for one in results} == {
        (1, "Fail", False),
        (2, "Pass", True),
    }


def test_everything_shows_its_timeline(story: Any) -> None:
    for title, record in story.told_records():
        timeline = story.ops.get(f"/sync/records/{record}")
        assert timeline["jobs"], title
        assert {job["state"] for job in timeline["jobs"]} <= {"succeeded", "superseded"}, title
        kinds = [step["kind"] for step in timeline["steps"]]
        assert {"event", "job", "told"} <= set(kinds), title
        assert all(step["words"] and step["correlation_id"] for step in timeline["steps"]), title
        calls = [step["attempt"] for step in timeline["steps"] if step["attempt"]]
        assert all(call["request"] and call["response"] and call["trace_id"] for call in calls), title
        assert timeline["next"]["kind"] == "nothing", title
        assert not any(known in str(timeline) for known in ("Demo Trainee", "S1234567D", "T0000001E", "@")), title


def test_the_evidence_is_checked_by_a_program_of_its_own_and_shows_nobody_whole(story: Any) -> None:
    command = [sys.executable, "-I", verify.__file__, str(story.evidence)]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.endswith("nothing in this pack was changed\n")
    pack = story.evidence.read_bytes()
    assert b"Demo Trainee 0" not in pack
    assert b"demo.trainee" not in pack
    assert all(trainee["id_number"].encode() in pack for trainee in story.trainees), "masked they are there"
