"""Somebody changed a record in TPGateway's portal: found by a comparison, previewed, repaired, and gone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from infra.demo.journey import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ARRIVES_MS = 60_000
"""A comparison reads at the pace TPGateway allows."""
THEIRS = "As somebody pleased"


def compare(page: Page) -> None:
    """Ask on the screen for a comparison of the run in the address, and watch it to its end."""
    page.get_by_role("button", name="Compare now").click()
    with page.expect_response("**/sync/reconciliations") as asked:
        page.get_by_role("dialog").get_by_role("button", name="Compare this run").click()
    assert asked.value.ok
    newest = page.get_by_role("table", name="Comparisons").get_by_role("row").nth(1)
    expect(newest.get_by_text("Done", exact=True)).to_be_visible(timeout=ARRIVES_MS)


def test_what_was_changed_there_is_found_previewed_repaired_and_found_no_more(desk: Any, system: Any) -> None:
    """
    Given a run TPGateway holds, which somebody changed in its portal,
    when ops compare, then it is listed as drift; the preview shows the very call and sends nothing;
    when they repair it, then TPGateway holds ours, and the next comparison finds nothing.
    """
    journey = system.walk(until="TPGateway has it", days_ahead=120)
    portal, run = system.simulator, f"/portal/runs/{journey.remote_id}"
    ours = portal.get(run).json()["content"]["scheduleInfo"]
    portal.patch(run, json={"set": {"content.scheduleInfo": THEIRS}}).raise_for_status()
    page = desk.at(f"/sync/discrepancies?run_id={journey.run_id}", "ops")
    compare(page)
    page.get_by_role("tab", name="What differs").click()
    row = page.get_by_role("table", name="Discrepancies").get_by_role("row", name="Run differs")
    expect(row.get_by_text("Drift")).to_be_visible()
    expect(row).to_contain_text("A / A / B")
    expect(page.get_by_role("navigation", name="By kind").get_by_role("link", name="Run differs 1")).to_be_visible()

    row.get_by_role("link", name="Run differs").click()
    panel = page.get_by_role("dialog", name="Discrepancy")
    expect(panel.get_by_role("radio", name="Send ours again (suggested)")).to_be_checked()
    preview = panel.get_by_role("region", name="Preview")
    expect(preview).to_contain_text("TPGateway is brought to what we hold.")
    expect(preview).to_contain_text(f"/courses/courseRuns/edit/{journey.remote_id}")
    assert portal.get(run).json()["content"]["scheduleInfo"] == THEIRS

    panel.get_by_role("button", name="Send ours again").click()
    ask = page.get_by_role("dialog", name="Send ours again: run differs?")
    ask.get_by_label("Reason").fill("nobody here has done that")
    ask.get_by_role("button", name="Send ours again").click()
    expect(page.get_by_text("is on its way to TPGateway.")).to_be_visible()
    page.keyboard.press("Escape")
    until_sent(system, journey)
    assert portal.get(run).json()["content"]["scheduleInfo"] == ours

    compare(page)
    page.get_by_role("tab", name="What differs").click()
    expect(page.get_by_text("No discrepancy matches these filters.")).to_be_visible(timeout=ARRIVES_MS)


def test_many_are_repaired_at_once_after_a_dry_run_that_says_which_are_not_meant(desk: Any, system: Any) -> None:
    journey = system.walk(until="TPGateway has it", days_ahead=150)
    run = f"/portal/runs/{journey.remote_id}"
    changed = {"set": {"content.scheduleInfo": THEIRS, "trainers": []}}
    system.simulator.patch(run, json=changed).raise_for_status()
    page = desk.at(f"/sync/discrepancies?run_id={journey.run_id}", "ops")
    compare(page)
    page.get_by_role("tab", name="What differs").click()
    expect(page.get_by_role("table", name="Discrepancies").get_by_role("link", name="Trainers differ")).to_be_visible()
    page.get_by_role("button", name="Repair all that match").click()
    dialog = page.get_by_role("dialog", name="Repair all that match")
    expect(dialog).to_contain_text("this mends")
    dialog.get_by_label("Reason").fill("ours is right")
    dialog.get_by_role("button", name="Send ours again:").click()
    progress = page.get_by_role("region", name="Repair of many")
    expect(progress).to_contain_text("0 stuck", timeout=ARRIVES_MS)
    until_sent(system, journey)
    compare(page)
    expect(progress).to_contain_text("0 being sent", timeout=ARRIVES_MS)
    assert system.simulator.get(run).json()["trainers"] != []


def test_what_is_to_stay_is_accepted_with_a_reason(desk: Any, system: Any) -> None:
    journey = system.walk(until="TPGateway has it", days_ahead=180)
    run = f"/portal/runs/{journey.remote_id}"
    system.simulator.patch(run, json={"set": {"content.scheduleInfo": THEIRS}}).raise_for_status()
    page = desk.at(f"/sync/discrepancies?run_id={journey.run_id}", "ops")
    compare(page)
    page.get_by_role("tab", name="What differs").click()
    page.get_by_role("link", name="Run differs", exact=True).click()
    panel = page.get_by_role("dialog", name="Discrepancy")
    panel.get_by_role("radio", name="Accept as it is").check()
    expect(panel.get_by_role("region", name="Preview")).to_contain_text("Nothing is sent")
    panel.get_by_role("button", name="Accept as it is").click()
    ask = page.get_by_role("dialog", name="Accept as it is: run differs?")
    ask.get_by_role("button", name="Accept as it is").click()
    expect(ask.get_by_text("Enter a reason.")).to_be_visible()
    ask.get_by_label("Reason").fill("agreed on the telephone")
    ask.get_by_role("button", name="Accept as it is").click()
    expect(panel.get_by_text("Accepted", exact=True)).to_be_visible()
    expect(panel.get_by_text("agreed on the telephone")).to_be_visible()


def until_sent(system: Any, journey: Any) -> None:
    """Returns when nothing of the run is on its way."""

    def quiet() -> bool:
        jobs = journey.api.get(f"/sync/records/run/{journey.run_id}")["jobs"]
        return all(job["finished_at"] is not None for job in jobs)

    wait_until(quiet, 60, lambda: "a submission of the run is still open")
