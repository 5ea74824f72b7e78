"""Runs as ops work with them on the screen: found, published, refused, and seen to change by themselves."""

import re
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, Request, expect

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

DAY = (("09", "12"), ("14", "17"))
"""A morning and an afternoon, as the demo's run has them twice."""
EVENTS = "**/api/v1/events"


def act(page: Page, verb: str) -> None:
    """Press the action and, in the dialog that asks, the same verb again."""
    page.get_by_role("button", name=verb).click()
    page.get_by_role("dialog").get_by_role("button", name=verb).click()


def test_a_run_is_found_by_its_number_and_opened(desk: Any, published: Any) -> None:
    page = desk.at("/runs", "ops")
    page.get_by_label("Course or TPGateway run id").fill(published.remote_id)
    expect(page).to_have_url(re.compile(f"q=%22?{published.remote_id}"))
    row = page.get_by_role("row", name=published.remote_id)
    expect(row).to_contain_text("Synced")
    row.get_by_role("cell").nth(1).click()
    expect(page.get_by_role("heading", name=f"Run {published.remote_id}", level=1)).to_be_focused()
    page.go_back()
    expect(page.get_by_label("Course or TPGateway run id")).to_have_value(published.remote_id)


def test_times_are_singapore_s_at_a_desk_in_new_york(desk: Any, published: Any) -> None:
    page = desk.at(f"/runs/{published.run_id}?tab=sessions", "ops")
    table = page.get_by_role("table", name="Sessions")
    times = table.get_by_role("cell", name=re.compile(r"^\d\d:\d\d\W\d\d:\d\d$"))
    expect(times).to_have_text([re.compile(f"{first}:00.{last}:00") for first, last in DAY * 2])


def test_publishing_shows_the_findings_first_and_tpgateway_s_answer_arrives_by_itself(desk: Any, draft: Any) -> None:
    page = desk.at(f"/runs/{draft.run_id}", "ops")
    expect(page.get_by_text("Nothing stands in the way of publishing.")).to_be_visible()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/publish") else None)
    act(page, "Publish run")
    expect(page.get_by_text("is published; its submission is on the way.")).to_be_visible()
    # then, with nobody touching the page, the run's sync state follows the event
    expect(page.get_by_role("banner").or_(page.locator("main header")).get_by_text("Synced")).to_be_visible()
    (publish,) = sent
    assert UUID(publish.headers["idempotency-key"]) != UUID(publish.headers["x-correlation-id"])


def test_a_draft_that_cannot_be_published_says_what_to_mend(desk: Any, system: Any, published: Any) -> None:
    ops, plan = system.signed_in("ops"), published.run
    wish = {name: plan[name] for name in ("course_id", "schedule_info", "admin_email", "mode_of_training")}
    days = {"registration_opens_on": plan["start_on"], "registration_closes_on": plan["start_on"]}
    bare = ops.post(
        "/course-runs", {**wish, **days, "start_on": plan["start_on"], "end_on": plan["end_on"], "intake_size": 9}
    )
    page = desk.at(f"/runs/{bare['id']}", "ops")
    findings = page.get_by_role("list", name="Findings")
    expect(findings).to_contain_text("No trainer is linked. Link at least one trainer.")
    page.get_by_role("button", name="More").click()
    publish = page.get_by_role("menuitem", name="Publish run")
    expect(publish).to_have_attribute("aria-disabled", "true")
    expect(publish).to_contain_text("It has no session.")
    expect(page.get_by_role("menuitem", name="Reopen run")).to_have_count(0)


def test_a_refusal_names_the_id_that_was_sent_to_take_away_and_shows_what_is_true_now(
    desk: Any, system: Any, draft: Any
) -> None:
    desk.provoked.append(412)
    page = desk.tab()
    page.route(EVENTS, lambda route: route.fulfill(status=200, content_type="text/event-stream", body=": quiet\n\n"))
    page.goto(f"/runs/{draft.run_id}")
    desk.sign_in(page, "ops")
    page.get_by_role("button", name="Publish run").click()
    # while the dialog stands, somebody else changes the run
    ops = system.signed_in("ops")
    now = ops.get(f"/course-runs/{draft.run_id}")
    ops.act(f"/course-runs/{draft.run_id}", "discard")
    with page.expect_request("**/publish") as sent:
        page.get_by_role("dialog").get_by_role("button", name="Publish run").click()
    notice = page.get_by_role("alert")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="Copy correlation id").click()
    assert page.evaluate("navigator.clipboard.readText()") == sent.value.headers["x-correlation-id"]
    assert sent.value.headers["if-match"] == f'"{now["version"]}"'
    page.keyboard.press("Escape")
    expect(page.locator("main header").get_by_text("Discarded")).to_be_visible()


def test_cancelling_asks_why_and_keeps_the_focus_away_from_the_red_button(desk: Any, draft: Any, system: Any) -> None:
    system.go_on(draft, after="a draft with four sessions", until="TPGateway has it")
    page = desk.at(f"/runs/{draft.run_id}", "ops")
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Cancel run").click()
    dialog = page.get_by_role("dialog", name="Cancel run?")
    expect(dialog.get_by_role("button", name="Cancel", exact=True)).to_be_focused()
    dialog.get_by_role("button", name="Cancel run").click()
    expect(dialog.get_by_text("Enter a reason.")).to_be_visible()
    dialog.get_by_label("Reason").fill("The kitchen is being rebuilt")
    dialog.get_by_role("button", name="Cancel run").click()
    expect(page.get_by_text("is cancelled.")).to_be_visible()
    expect(page.get_by_text("The kitchen is being rebuilt")).to_be_visible()


def test_a_change_made_elsewhere_shows_in_every_tab_by_one_stream(desk: Any, system: Any, draft: Any) -> None:
    streams: list[str] = []
    desk.context.on("request", lambda request: streams.append(request.url) if request.url.endswith("/events") else None)
    tabs = [desk.at(f"/runs/{draft.run_id}", "ops")]
    tabs.append(desk.tab())
    tabs[1].goto(f"/runs/{draft.run_id}")
    for tab in tabs:
        expect(tab.get_by_text("Live", exact=True)).to_be_visible()
        expect(tab.locator("main header").get_by_text("Draft")).to_be_visible()
    system.signed_in("ops").act(f"/course-runs/{draft.run_id}", "discard")
    # a tab nobody looks at is brought up to date when somebody does
    for tab in tabs:
        tab.bring_to_front()
        expect(tab.locator("main header").get_by_text("Discarded")).to_be_visible()
    assert len(streams) == 1
