"""People on a run with few seats: who is confirmed, who waits, who is offered the seat that comes free."""

import time
from typing import Any

import pytest

from infra.demo.client import Refusal
from infra.demo.journey import draft_run, publish_run
from libs.testing.people import nric, trainee_wish

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
SEATS = 2


@pytest.fixture(scope="module")
def places(system: Any) -> dict[str, Any]:
    """Given a published run with two seats, three people are put down for it and confirmed in turn."""
    journey = system.walk(until="two trainers")
    journey.plan = {"intake_size": SEATS, "threshold": 0}
    draft_run(journey)
    publish_run(journey)
    api = journey.api
    people = [api.post("/trainees", trainee_wish(number)) for number in (901, 902, 903)]
    until(lambda: seats(api, journey.run["id"]) is not None, what="the run known to enrolment")
    drafts = [
        api.post("/enrolments", {"run_id": journey.run["id"], "trainee_id": person["id"], "sponsorship": "INDIVIDUAL"})
        for person in people
    ]
    confirmed = [act_on(api, draft, "confirm") for draft in drafts]
    return {"api": api, "run": journey.run, "people": people, "enrolments": confirmed}


def act_on(api: Any, enrolment: dict[str, Any], action: str, **body: Any) -> dict[str, Any]:
    path = f"/enrolments/{enrolment['id']}"
    answer: dict[str, Any] = api.post(f"{path}/{action}", body, etag=api.etag(path))
    return answer


def seats(api: Any, run_id: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = api.get(f"/enrolments/seats/{run_id}")
    except Refusal:
        return None
    return found


def until(condition: Any, *, what: str, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.1)


def test_two_are_confirmed_and_the_third_waits(places: dict[str, Any]) -> None:
    assert [place["status"] for place in places["enrolments"]] == ["confirmed", "confirmed", "waitlisted"]


def test_course_learns_how_many_seats_are_taken(places: dict[str, Any]) -> None:
    api, run_id = places["api"], places["run"]["id"]
    until(lambda: api.get(f"/course-runs/{run_id}")["registered_count"] == SEATS, what="two registered at course")


def test_the_seat_that_comes_free_is_offered_to_who_waits(places: dict[str, Any]) -> None:
    api = places["api"]
    act_on(api, places["enrolments"][0], "cancel", reason="the shift was changed")
    third = api.get(f"/enrolments/{places['enrolments'][2]['id']}")
    assert third["status"] == "offered"
    assert act_on(api, third, "accept")["status"] == "confirmed"


def test_identity_numbers_are_masked_and_revealing_one_is_on_record(places: dict[str, Any], system: Any) -> None:
    api, person = places["api"], places["people"][0]
    assert nric(901) not in str(api.get("/trainees", limit=200))
    revealed = api.post(f"/trainees/{person['id']}/reveal", {"reason": "the badge office asks"})
    assert nric(901) in str(revealed)
    auditor = system.signed_in("auditor")

    def told() -> bool:
        entries = auditor.get("/audit/entries", subject_id=person["id"], limit=50)["items"]
        return "trainee.revealed" in [entry["action"] for entry in entries]

    until(told, what="the reveal in the audit log")


def test_a_spreadsheet_is_judged_and_taken_by_the_worker(places: dict[str, Any]) -> None:
    """Given a file with one new person, one seated, one wrong row, when it is committed, then one is added."""
    api, run_id = places["api"], places["run"]["id"]
    people = [trainee_wish(number) for number in (905, 902, 906)]
    lines = [f"{one['full_name']};NRIC;{one['id_number']};17/05/1990;{one['email']};91234567" for one in people]
    table = "\r\n".join(["Name;ID Type;NRIC;DOB;E-mail;Mobile", *lines[:2], lines[2].replace("17/05", "31/02")])
    path = f"/enrolments/imports/{api.send_file(f'/enrolments/import?run_id={run_id}', table.encode())['id']}"
    until(lambda: api.get(path)["status"] == "checked", what="the verdicts")
    seen = api.get(path)
    assert (seen["create"], seen["duplicate"], seen["refused"]) == (1, 1, 1)
    api.post(f"{path}/commit", {"only_valid": True}, etag=api.etag(path))
    until(lambda: api.get(path)["status"] == "committed", what="the rows taken")
    assert api.get(path)["taken"] == 1
