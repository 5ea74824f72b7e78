"""The mapping of a run to the wire, and the findings that keep a refusal from happening. All data is synthetic."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.contracts.submissions import RunSubmission, SessionPart, TrainerPart, VenuePart
from libs.sources import singapore_day
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.submissions.course_runs import delete_request, edit_request, publish_request
from libs.tpgateway.submissions.run_findings import judge

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
UEN = "201200696W"
RULES = ruleset_on(singapore_day(NOW))
RUN_ID = UUID(int=1)
VENUE = VenuePart(street="Demo Road", floor="02", unit="11", postal_code="408533", room="2A")


def session(number: int, **changed: Any) -> SessionPart:
    fields: dict[str, Any] = {
        "session_id": UUID(int=100 + number),
        "sequence": number,
        "start_on": date(2026, 3, 23),
        "start_time": time(9),
        "end_on": date(2026, 3, 23),
        "end_time": time(12),
        "mode_of_training": "1",
    }
    return SessionPart(**{**fields, **changed})


def trainer(**changed: Any) -> TrainerPart:
    fields: dict[str, Any] = {
        "trainer_id": UUID(int=7),
        "existing": False,
        "name": "Synthetic Trainer",
        "email": "trainer@example.com",
        "id_type": "NRIC",
        "id_number": "S0000001I",
        "roles": (1,),
        "domain_area_of_practice": "Wok safety",
        "salutation": 2,
    }
    return TrainerPart(**{**fields, **changed})


def run(**changed: Any) -> RunSubmission:
    fields: dict[str, Any] = {
        "run_id": RUN_ID,
        "revision": 1,
        "status": "open",
        "course_reference": "TGS-2026000123",
        "registration_opens_on": date(2026, 3, 1),
        "registration_closes_on": date(2026, 3, 20),
        "start_on": date(2026, 3, 23),
        "end_on": date(2026, 3, 24),
        "schedule_info": "Mon-Tue 9am-5pm",
        "venue": VENUE,
        "intake_size": 20,
        "threshold": 2,
        "mode_of_training": "1",
        "admin_email": "ops@example.com",
        "vacancy": "A",
        "sessions": (session(1), session(2, start_time=time(13), end_time=time(17))),
        "trainers": (trainer(),),
    }
    return RunSubmission(**{**fields, **changed})


def test_publish_uses_the_gateways_own_shapes() -> None:
    body = publish_request(run(), uen=UEN, ruleset=RULES).body()["course"]
    [sent] = body["runs"]
    assert body["courseReferenceNumber"] == "TGS-2026000123"
    assert body["trainingProvider"] == {"uen": UEN}
    assert sent["courseDates"] == {"start": 20260323, "end": 20260324}  # numbers
    assert sent["sessions"][0]["startDate"] == "20260323"  # text
    assert sent["sessions"][1]["startTime"] == "13:00"
    assert sent["file"] == {"Name": "", "content": ""}
    assert sent["courseVacancy"] == {"code": "A", "description": "Available"}
    assert sent["linkCourseRunTrainer"][0]["trainer"]["idType"]["code"] == "SP"


def test_a_session_without_a_place_of_its_own_takes_the_runs() -> None:
    standing = run(sessions=(session(1), session(2, venue=VenuePart(room="9"))))
    sent = publish_request(standing, uen=UEN, ruleset=RULES).body()
    [first, second] = sent["course"]["runs"][0]["sessions"]
    assert first["venue"] | {"primaryVenue": True, "room": "2A"} == first["venue"]
    assert second["venue"] == {"room": "9", "wheelChairAccess": False, "primaryVenue": False}


def test_publish_leaves_cancelled_sessions_out() -> None:
    sent = publish_request(run(sessions=(session(1), session(2, cancelled=True))), uen=UEN, ruleset=RULES).body()
    assert len(sent["course"]["runs"][0]["sessions"]) == 1


def test_an_existing_trainer_is_named_by_the_id_number_alone() -> None:
    [link] = publish_request(run(trainers=(trainer(existing=True),)), uen=UEN, ruleset=RULES).body()["course"]["runs"][
        0
    ]["linkCourseRunTrainer"]
    assert link["trainer"]["trainerType"]["code"] == "1"
    assert "name" not in link["trainer"]


def test_edit_updates_deletes_adds_and_leaves_begun_sessions_alone() -> None:
    begun = session(1, remote_id="X-S1", start_on=date(2026, 2, 20), end_on=date(2026, 2, 20))
    known, gone = session(2, remote_id="X-S2"), session(3, remote_id="X-S3", cancelled=True)
    new, never_sent = session(4), session(5, cancelled=True)
    standing = run(remote_id="849900", sessions=(begun, known, gone, new, never_sent))
    sent = edit_request(standing, uen=UEN, ruleset=RULES, now=NOW).body()["course"]["run"]
    assert sent["action"] == "update"
    assert [(one.get("action"), one.get("sessionId")) for one in sent["sessions"]] == [
        ("update", "X-S2"),
        ("delete", "X-S3"),
        (None, None),
    ]
    assert sent["linkCourseRunTrainer"], "a list left out would be a list removed"


def test_delete_says_only_which_run() -> None:
    assert delete_request(run(), uen=UEN).body() == {
        "course": {
            "courseReferenceNumber": "TGS-2026000123",
            "trainingProvider": {"uen": UEN},
            "run": {"action": "delete"},
        }
    }


def test_a_sound_run_has_no_findings() -> None:
    assert judge(run(), now=NOW) == []


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"registration_closes_on": date(2026, 2, 1)}, "registration_closes_on", "before_opening"),
        ({"end_on": date(2026, 3, 22)}, "end_on", "before_start"),
        ({"registration_closes_on": date(2026, 3, 24)}, "registration_closes_on", "after_start"),
        ({"registration_opens_on": date(2026, 2, 28)}, "registration_opens_on", "in_the_past"),
        ({"registered_count": 23}, "intake_size", "below_registered"),
        ({"venue": None}, "venue", "required"),
        ({"venue": VENUE.model_copy(update={"floor": " "})}, "venue.floor", "required"),
        ({"venue": VENUE.model_copy(update={"postal_code": "4085"})}, "venue.postal_code", "malformed"),
        ({"venue": VENUE.model_copy(update={"street": "x" * 33})}, "venue.street", "too_long"),
        ({"mode_of_training": "0"}, "mode_of_training", "unknown_value"),
        ({"vacancy": "X"}, "vacancy", "unknown_value"),
        ({"admin_email": "nobody"}, "admin_email", "not_an_email"),
        ({"schedule_info": " "}, "schedule_info", "required"),
        (
            {"sessions": (session(1, cancelled=True), session(2, end_time=time(8)))},
            "sessions[1].end_time",
            "before_start",
        ),
        ({"sessions": (session(1, start_on=date(2026, 3, 22)),)}, "sessions[0].start_on", "outside_run"),
        ({"sessions": (session(1, mode_of_training="12"),)}, "sessions[0].mode_of_training", "unknown_value"),
        ({"trainers": (trainer(id_number=""),)}, "trainers[0].id_number", "required"),
        ({"trainers": (trainer(roles=()),)}, "trainers[0].roles", "required"),
        ({"trainers": (trainer(roles=(3,)),)}, "trainers[0].roles[0]", "unknown_value"),
        ({"trainers": (trainer(salutation=None),)}, "trainers[0].salutation", "required"),
    ],
)
def test_what_would_be_refused_is_found_beforehand(changed: dict[str, Any], field: str, code: str) -> None:
    found = judge(run(**changed), now=NOW)
    assert (field, code) in {(finding.field, finding.code) for finding in found}
    assert all(finding.message and finding.fix for finding in found)


def test_a_session_that_ended_can_only_be_known_already() -> None:
    later = datetime(2026, 3, 23, 5, 0, tzinfo=UTC)
    assert "already_ended" in {finding.code for finding in judge(run(), now=later)}
    named = tuple(part.model_copy(update={"remote_id": f"X-S{part.sequence}"}) for part in run().sessions)
    after = judge(run(sessions=named, remote_id="849900"), now=later + timedelta(hours=1))
    assert after == []


@pytest.mark.parametrize("mode", ["2", "4"])
def test_learning_without_a_place_needs_no_venue(mode: str) -> None:
    sessions = (session(1, mode_of_training=mode),)
    assert judge(run(mode_of_training=mode, venue=None, sessions=sessions), now=NOW) == []


def test_findings_never_quote_a_person() -> None:
    wrong = trainer(id_number="S0000001I" + "X" * 50, email="someone-at-example", name="n" * 70)
    for finding in judge(run(trainers=(wrong,)), now=NOW):
        assert "S0000001I" not in f"{finding}"
        assert "someone" not in f"{finding}"
