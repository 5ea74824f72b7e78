"""A run planned on the screen: from nothing to published and Synced, judged while it is typed; and the calendar."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from infra.demo.journey import run_wish
from infra.ui.browser import pick_days

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

COURSE, ROOM, TRAINER = "Basic Wok Safety (synthetic)", "Demo Kitchen (synthetic)", "Demo Trainer Two (synthetic)"


def day_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def choose(page: Page, name: str | re.Pattern[str], option: str | re.Pattern[str]) -> None:
    page.get_by_role("combobox", name=name).or_(page.get_by_label(name)).first.click()
    page.get_by_role("option", name=option).first.click()


def fill(page: Page, first: date) -> None:
    """Everything a draft needs, and one session from nine to twelve."""
    choose(page, "Course", re.compile(re.escape(COURSE)))
    pick_days(page, page.get_by_label(re.compile(r"^Held")), first, first + timedelta(days=1))
    pick_days(page, page.get_by_label(re.compile(r"^Registration")), first - timedelta(days=2))  # it opens today
    page.get_by_label(re.compile(r"^Schedule")).fill("Two mornings, 9am to 12pm")
    page.get_by_label("Contact email").fill("ops@example.com")
    page.get_by_label(re.compile(r"^Seats")).fill("12")
    choose(page, "Room of the run", re.compile(re.escape(ROOM)))
    choose(page, "Add a trainer or assessor", TRAINER)
    page.get_by_role("button", name="Add session").click()


@pytest.mark.usefixtures("published")
def test_a_run_is_made_from_nothing_and_reaches_tpgateway(desk: Any, free_day: Callable[..., date]) -> None:
    first = free_day(after=45)
    page = desk.at("/runs", "ops")
    page.get_by_role("link", name="New run").click()
    summary = page.get_by_role("complementary", name="Before it is saved and published")
    expect(summary.get_by_role("heading", name="Not filled in yet")).to_be_visible()
    # what is missing is a way to where it is filled in
    summary.get_by_role("button", name="Contact email").click()
    expect(page.get_by_label("Contact email")).to_be_focused()
    fill(page, first)
    expect(summary.get_by_role("heading", name="Nothing stands in the way of publishing")).to_be_visible()
    page.get_by_role("button", name="Add session").click()
    expect(page.get_by_label("Session 2, day")).to_have_text(day_words(first + timedelta(days=1)))
    expect(summary.get_by_role("heading", name="Nothing stands in the way of publishing")).to_be_visible()
    summary.get_by_role("button", name="Publish run").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish run").click()
    expect(page.get_by_text("is published; its submission is on the way.")).to_be_visible()
    expect(page.locator("main header").get_by_text("Synced")).to_be_visible(timeout=30_000)
    page.get_by_role("tab", name="Sessions").click()
    times = page.get_by_role("table", name="Sessions").get_by_role("cell", name=re.compile(r"^09:00\W12:00$"))
    expect(times).to_have_count(2)


def test_who_is_busy_is_named_with_the_run_that_has_them(desk: Any, published: Any) -> None:
    taken = date.fromisoformat(published.run["start_on"])
    page = desk.at("/runs/new", "ops")
    fill(page, taken)
    clashes = page.get_by_role("list", name="Busy elsewhere")
    expect(clashes).to_contain_text(f"{ROOM}")
    expect(clashes.get_by_role("link", name=f"Run {published.remote_id}").first).to_be_visible()
    expect(page.get_by_role("button", name="Publish run")).to_be_disabled()
    # another time of day is free, and that shows without anything being saved
    page.get_by_label("Session 1, from").fill("18:00")
    page.get_by_label("Session 1, to").fill("21:00")
    expect(clashes).to_have_count(0)
    expect(page.get_by_role("button", name="Publish run")).to_be_enabled()


def test_a_draft_is_saved_and_planned_again_and_typed_words_are_not_lost(
    desk: Any, system: Any, published: Any, free_day: Callable[..., date]
) -> None:
    draft = system.signed_in("ops").post("/course-runs", run_wish(published, free_day(after=90)))
    page = desk.at(f"/runs/{draft['id']}", "ops")
    page.get_by_role("link", name="Edit plan").click()
    page.get_by_label(re.compile(r"^Schedule")).fill("Moved to the small kitchen")
    page.get_by_role("link", name="Open the run").click()
    leaving = page.get_by_role("dialog", name="Leave without saving?")
    leaving.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Remove session 4").click()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("is saved as a draft.")).to_be_visible()
    expect(page.get_by_text("Moved to the small kitchen")).to_be_visible()
    expect(page.locator("main header")).to_contain_text("3 sessions")


def test_an_earlier_run_is_copied_and_moves_with_its_first_day(
    desk: Any, published: Any, free_day: Callable[..., date]
) -> None:
    first = free_day(after=70)
    page = desk.at(f"/runs/new?from={published.run_id}", "ops")
    sessions = page.get_by_role("list", name="Planned sessions, SGT").get_by_role("listitem")
    expect(sessions).to_have_count(4)
    pick_days(page, page.get_by_label(re.compile(r"^Held")), first, first + timedelta(days=1))
    expect(page.get_by_label("Session 4, day")).to_have_text(day_words(first + timedelta(days=1)))
    expect(page.get_by_label(re.compile(r"^Seats"))).to_have_value("20")


def test_the_calendar_shows_a_week_by_room_and_by_person_and_a_session_beside_it(desk: Any, published: Any) -> None:
    page = desk.at(f"/calendar?week={published.run['start_on']}", "ops")
    events = page.get_by_role("button", name=re.compile(r"^09:00\W12:00"))
    expect(events.first).to_be_visible()
    page.get_by_role("radiogroup", name="Lanes").get_by_text("By person").click()
    expect(page).to_have_url(re.compile("lanes=people"))
    events.first.click()
    panel = page.get_by_role("dialog", name="Session")
    expect(panel).to_contain_text(COURSE)
    panel.get_by_role("link", name="Open the run").click()
    expect(page.get_by_role("tab", name="Sessions", selected=True)).to_be_visible()
