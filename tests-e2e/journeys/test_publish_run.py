"""The first main job: a course run with four sessions reaches TPGateway and comes back as `synced`."""

from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def journey(system: Any) -> Any:
    return system.walk()


def test_the_run_is_synced_with_remote_ids_for_itself_and_each_session(journey: Any) -> None:
    assert journey.run["sync"]["state"] == "synced"
    assert journey.remote_id.isdigit()
    names = [session["remote_id"] for session in journey.run["sessions"]]
    assert names == [f"TGS-2026000123-{journey.remote_id}-S{number}" for number in range(1, 5)]


def test_tpgateway_holds_what_was_drafted_and_got_it_encrypted(journey: Any, system: Any) -> None:
    standing = system.simulator.get(f"/portal/runs/{journey.remote_id}").json()
    assert len(standing["sessions"]) == 4
    assert journey.sent["encrypted"] is True
    wire = journey.sent["request"]["course"]["runs"][0]
    assert [session["startTime"] for session in wire["sessions"]] == ["09:00", "14:00", "09:00", "14:00"]
    assert {link["trainer"]["trainerType"]["code"] for link in wire["linkCourseRunTrainer"]} == {"1", "2"}


def test_the_timeline_tells_every_call(journey: Any) -> None:
    states = {job["kind"]: job["state"] for job in journey.timeline["jobs"]}
    assert states
    assert set(states.values()) == {"succeeded"}
    assert journey.timeline["record"]["remote_id"] == journey.remote_id


def test_the_audit_log_has_every_act_under_one_correlation_id(journey: Any) -> None:
    actions = [entry["action"] for entry in journey.audit]
    assert {"run.created", "run.published", "sync.queued", "sync.succeeded", "run.sync_recorded"} <= set(actions)
    assert {entry["correlation_id"] for entry in journey.audit} == {str(journey.api.correlation_id)}


def test_the_chain_is_intact_afterwards(journey: Any, system: Any) -> None:
    assert system.signed_in("auditor").post("/audit/verify", {})["intact"] is True
