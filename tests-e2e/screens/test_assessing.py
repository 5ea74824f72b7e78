"""Results as an assessor types them and an administrator decides about them; certificates as anybody may ask."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import randbelow
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from infra.demo.client import Api, Refusal
from infra.demo.journey import (
    Journey,
    find_or_make_course,
    publish_run,
    run_wish,
    takes_people,
    wait_until,
    wait_until_synced,
)
from infra.demo.people import new_trainee
from infra.ui.browser import sign_in
from libs.sources import SINGAPORE
from libs.testing.people import nric

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

KNOWN_WITHIN_S = 60.0
SLOW_MS = 20_000
"""For what several services have a part in."""
VENUE = {
    "street": "Demo Road", "floor": "02", "unit": "11", "postal_code": "408533", "room": "2A",
    "wheelchair_access": True, "capacity": 24,
}  # fmt: skip
WISHED = {"full_fee": "400.00", "nett_fee": "120.00", "sponsorship": "INDIVIDUAL"}


@dataclass
class Room:
    """A run that began today, with three people in it whose attendance nobody has taken yet."""

    run_id: str
    places: list[dict[str, Any]]
    admin: Api
    ops: Api
    assessor: Api
    login: tuple[str, str]
    """The assessor's email and password."""

    @property
    def names(self) -> list[str]:
        return [place["trainee_name"] for place in self.places]

    def enter(self, place: dict[str, Any], **words: Any) -> dict[str, Any]:
        """A draft of the assessor's, with the administrator's leave to finalise it."""
        today = self.ops.get(f"/course-runs/{self.run_id}")["start_on"]
        wish = {"enrolment_id": place["id"], "assessed_on": today, **words}
        draft: dict[str, Any] = self.assessor.post("/assessments", wish)
        return dict(self.admin.act(f"/assessments/{draft['id']}", "override", reason="the register was lost in a fire"))


@pytest.fixture
def room(system: Any) -> Room:
    journey: Journey = system.journey()
    find_or_make_course(journey)
    assessor, login = _new_assessor(journey)
    system.clients.callback(assessor.close)
    journey.venue_id = journey.api.post("/venues", {"name": f"Demo Room {uuid4().hex[:8]} (synthetic)", **VENUE})["id"]
    _begin_today(journey)
    publish_run(journey)
    wait_until_synced(journey)
    wait_until(lambda: takes_people(journey.api, journey.run_id), KNOWN_WITHIN_S, lambda: "enrolment knows of no seats")
    places = [_seated(journey, number) for number in (1, 2, 3)]
    cast = journey.cast
    room = Room(str(journey.run_id), places, cast["admin"], journey.api, assessor, login)

    def assessable() -> bool:
        found = room.assessor.all("/assessments/outcomes", run_id=room.run_id) if _assessed(room) else []
        return len([one for one in found if one["assessable"]]) == len(places)

    wait_until(assessable, KNOWN_WITHIN_S, lambda: "assessment has not heard of the places")
    return room


def _begin_today(journey: Journey) -> None:
    """From today on, with sessions on the days after, by its own assessor, who is free."""
    journey.plan = {
        "registration_closes_on": str(journey.today),
        "end_on": str(journey.today + timedelta(days=2)),
        "sessions": _sessions(journey, 9),
        "trainers": [{"trainer_id": each["id"], "roles": each["roles"]} for each in journey.trainers],
        "intake_size": 6,
        "threshold": 0,
    }
    journey.run = journey.api.post("/course-runs", run_wish(journey, journey.today))


def _new_assessor(journey: Journey) -> tuple[Api, tuple[str, str]]:
    """An account that assesses this run alone."""
    email, password = f"assessor.{uuid4().hex[:10]}@demo.example", f"nine copper kettles {uuid4().hex[:6]}"
    wish = {"email": email, "name": "Demo Assessor of one run", "roles": ["assessor"], "password": password}
    account = journey.cast["admin"].post("/auth/users", wish)
    trainer = {
        "name": "Demo Assessor of one run", "email": email, "id_type": "SP", "id_number": nric(randbelow(100_000)),
        "roles": [1, 2], "salutation": 2, "user_id": account["id"], "domain_area_of_practice": "Kitchen safety",
    }  # fmt: skip
    journey.trainers = [journey.api.post("/trainers", trainer)]
    assessor = Api(journey.cast.gateway)
    assessor.sign_in(email, password)
    return assessor, (email, password)


def _sessions(journey: Journey, hour: int) -> list[dict[str, Any]]:
    planned = []
    for number in range(4):
        day = journey.today + timedelta(days=1 + number // 2)
        start = datetime(day.year, day.month, day.day, hour + 2 * (number % 2), tzinfo=SINGAPORE).astimezone(UTC)
        end = start + timedelta(hours=1)
        mode = "1" if number < 3 else "8"
        planned.append({"start_at": start.isoformat(), "end_at": end.isoformat(), "mode_of_training": mode})
    return planned


def _assessed(room: Room) -> bool:
    try:
        room.assessor.get("/assessments/outcomes", run_id=room.run_id)
    except Refusal as refusal:
        if refusal.status == 404:
            return False
        raise
    return True


def _seated(journey: Journey, number: int) -> dict[str, Any]:
    trainee = new_trainee(journey.api, number)
    wish = {"run_id": str(journey.run_id), "trainee_id": trainee["id"], **WISHED}
    place = journey.api.post("/enrolments", wish)
    return dict(journey.api.act(f"/enrolments/{place['id']}", "confirm"))


def results(page: Page) -> Locator:
    return page.get_by_role("table", name="Results")


def row(page: Page, name: str) -> Locator:
    return results(page).get_by_role("row", name=re.compile(re.escape(name)))


def test_typed_results_are_kept_as_drafts_and_those_the_rules_take_are_finalised_together(
    desk: Any, room: Room
) -> None:
    first, second, third = room.names
    page = desk.tab()
    page.goto(f"/assessments/runs/{room.run_id}")
    sign_in(page, *room.login)
    # given results typed for three people, by keyboard down the column
    page.get_by_label(f"Result of {first}").select_option("Competent")
    page.get_by_label(f"Result of {second}").select_option("Not yet competent")
    page.get_by_label(f"Result of {third}").select_option("Competent")
    page.get_by_label(f"Score of {first}").fill("88")
    page.get_by_label(f"Score of {first}").press("Enter")
    expect(page.get_by_label(f"Score of {second}")).to_be_focused()
    # then they are drafts, and the rules say what stands in the way of each
    expect(page.get_by_text("All changes saved")).to_be_visible(timeout=SLOW_MS)
    for name in room.names:
        expect(row(page, name)).to_contain_text("of the sessions held was attended", timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Finalise 0 results")).to_be_disabled()
    # when an administrator sets the minimum aside for two
    drafts = room.assessor.all("/assessments", run_id=room.run_id)
    assert {draft["status"] for draft in drafts} == {"draft"}
    assert {draft["result"] for draft in drafts} == {"Pass", "Fail"}
    for draft in drafts:
        if draft["enrolment_id"] != room.places[2]["id"]:
            room.admin.act(f"/assessments/{draft['id']}", "override", reason="the register was lost in a fire")
    # then it is seen at once that two may be finalised, and the question names the third
    expect(row(page, first)).to_contain_text("May be finalised", timeout=SLOW_MS)
    page.get_by_role("button", name="Finalise 2 results").click()
    dialog = page.get_by_role("dialog", name="Finalise 2 results?")
    expect(dialog.get_by_role("list", name="Not finalised")).to_contain_text(third)
    dialog.get_by_role("button", name="Finalise 2 results").click()
    expect(page.get_by_text("2 results are final.")).to_be_visible(timeout=SLOW_MS)
    expect(row(page, first)).to_contain_text("Competent")
    expect(row(page, first)).to_contain_text("Final")
    expect(page.get_by_label(f"Result of {third}")).to_have_value("Pass")
    standing = {each["enrolment_id"]: each["status"] for each in room.assessor.all("/assessments", run_id=room.run_id)}
    assert [standing[place["id"]] for place in room.places] == ["final", "final", "draft"]


def test_an_amendment_proposed_by_one_is_approved_by_another_who_sees_before_and_after(
    open_desk: Any, room: Room
) -> None:
    name = room.names[0]
    draft = room.enter(room.places[0], result="C", score=70)
    room.assessor.act(f"/assessments/{draft['id']}", "finalise")
    # given an amendment that operations can only propose
    page = open_desk().at(f"/assessments?run_id={room.run_id}&open={draft['id']}", "ops")
    panel = page.get_by_role("dialog", name="Assessment")
    expect(panel.get_by_role("heading", name=name)).to_be_visible()
    expect(panel.get_by_role("button", name="Amend", exact=True)).to_have_count(0)
    panel.get_by_role("button", name="Propose an amendment").click()
    dialog = page.get_by_role("dialog", name="Propose an amendment?")
    dialog.get_by_label("Score").fill("75")
    expect(dialog.get_by_role("table", name="Changes").get_by_role("row", name="Score 70 75")).to_be_visible()
    dialog.get_by_label("Reason").fill("Added up wrongly")
    dialog.get_by_role("button", name="Propose an amendment").click()
    expect(page.get_by_text(f"The result of {name} waits for a second person.")).to_be_visible()
    expect(panel.get_by_role("button", name="Approve")).to_have_count(0)
    # when an administrator looks at what waits
    page = open_desk().at(f"/assessments?waiting=true&run_id={room.run_id}", "admin")
    page.get_by_role("link", name=name).click()
    panel = page.get_by_role("dialog", name="Assessment")
    expect(panel.get_by_role("row", name="Score 70 75")).to_be_visible()
    expect(panel.get_by_text("Added up wrongly")).to_be_visible()
    panel.get_by_role("button", name="Approve").click()
    page.get_by_role("dialog", name="Approve?").get_by_role("button", name="Approve").click()
    # then it stands, with its history
    expect(page.get_by_text("It is approved.")).to_be_visible(timeout=SLOW_MS)
    expect(panel.get_by_text("Somebody proposes an amendment")).to_have_count(0)
    expect(panel.get_by_text(re.compile("^Amended .*75.*Added up wrongly"))).to_be_visible()
    assert room.assessor.get(f"/assessments/{draft['id']}")["score"] == 75


def test_a_certificate_is_verified_by_anybody_until_it_is_revoked(open_desk: Any, room: Room, tmp_path: Any) -> None:
    draft = room.enter(room.places[0], result="C")
    room.assessor.act(f"/assessments/{draft['id']}", "finalise")
    page = open_desk().at(f"/assessments/runs/{room.run_id}?tab=certificates", "ops")
    line = page.get_by_role("row", name=re.compile(re.escape(room.names[0])))
    expect(line).to_contain_text("Valid", timeout=SLOW_MS)
    with page.expect_download() as coming:
        line.get_by_role("button", name="Download PDF").click()
    coming.value.save_as(tmp_path / "certificate.pdf")
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF-")
    (certificate,) = room.ops.all("/assessments/certificates", run_id=room.run_id)
    # when somebody without an account asks
    stranger = open_desk().tab()
    stranger.goto("/verify")
    stranger.get_by_label("Certificate code").fill(certificate["code"].lower())
    stranger.get_by_role("button", name="Verify").click()
    expect(stranger.get_by_role("region", name="Answer")).to_contain_text("Valid")
    expect(stranger.get_by_role("region", name="Answer")).to_contain_text(certificate["course_title"])
    expect(stranger.get_by_text(room.names[0])).to_have_count(0)
    # and when it is revoked
    line.get_by_role("button", name="Revoke").click()
    dialog = page.get_by_role("dialog", name=re.compile("^Revoke the certificate of"))
    dialog.get_by_label("Reason").fill("Issued by mistake")
    dialog.get_by_role("button", name="Revoke certificate").click()
    expect(line).to_contain_text("Revoked", timeout=SLOW_MS)
    stranger.reload()
    expect(stranger.get_by_role("region", name="Answer")).to_contain_text("Revoked")
    stranger.goto("/verify/AAAA-AAAA-AAAA-AAAA")
    expect(stranger.get_by_role("region", name="Answer")).to_contain_text("No certificate was issued with this code.")
