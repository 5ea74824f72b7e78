"""The plan of a published run, changed from its page: seen there, and told to TPGateway again."""

import re
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from infra.demo.journey import wait_until
from infra.ui.browser import pick_days

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

UNPROCESSABLE = 422
EVENTS = "**/api/v1/events"
ONE, TWO = "Demo Trainer One (synthetic)", "Demo Trainer Two (synthetic)"
TOLD_WITHIN_S = 60


def change(page: Page, verb: str) -> Locator:
    """The panel of a change, opened from the run's head."""
    page.get_by_role("button", name="Change plan").click()
    page.get_by_role("menuitem", name=verb).click()
    return page.get_by_role("dialog", name=verb)


def change_session(page: Page, number: int, verb: str) -> None:
    page.get_by_role("button", name=f"Change session {number}").click()
    page.get_by_role("menuitem", name=verb).click()


def row(page: Page, number: int) -> Locator:
    return page.get_by_role("table", name="Sessions").get_by_role("row", name=re.compile(rf"^{number} "))


def wait_at_tpgateway(system: Any, run: Any, told: Callable[[dict[str, Any]], Any], wanted: Any) -> None:
    """Return once TPGateway holds the run as it is wanted."""
    simulator = system.simulator

    def standing() -> Any:
        return told(simulator.get(f"/portal/runs/{run.remote_id}").json())

    wait_until(lambda: standing() == wanted, TOLD_WITHIN_S, lambda: f"TPGateway holds {standing()}, not {wanted}")


def times(standing: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["start_time"], each["end_time"]) for each in standing["sessions"] if not each["deleted"]]


def test_a_session_is_added_with_what_stands_in_its_way_told_before(desk: Any, system: Any, held: Any) -> None:
    page = desk.at(f"/runs/{held.run_id}?tab=sessions", "ops")
    page.get_by_role("button", name="Add session").click()
    panel = page.get_by_role("dialog", name="Add session")
    holds = panel.get_by_role("note")
    expect(holds).to_contain_text(f"TPGateway holds this as run {held.remote_id} with 4 sessions.")
    expect(holds).to_contain_text(re.compile(r"owed there by \d+ \w+ \d{4}, 09:00 SGT"))
    # it begins as the last one, so the two share time
    expect(panel.get_by_role("list", name="To mend")).to_contain_text("before session 4 has ended")
    panel.get_by_label("From", exact=True).fill("18:00")
    panel.get_by_label("To", exact=True).fill("20:00")
    expect(panel.get_by_role("list", name="To mend")).to_have_count(0)
    panel.get_by_role("button", name="Add session").click()
    expect(page.get_by_text("Session 5 is added.")).to_be_visible()
    expect(panel).to_have_count(0)
    expect(row(page, 5)).to_contain_text(re.compile(r"18:00\W20:00"))
    wait_at_tpgateway(system, held, lambda standing: times(standing)[4:], [("18:00", "20:00")])
    # the name TPGateway gave it arrives by itself
    expect(row(page, 5)).to_contain_text(f"-{held.remote_id}-S5")


def test_a_session_is_changed_and_another_is_cancelled_with_its_reason(desk: Any, system: Any, held: Any) -> None:
    page = desk.at(f"/runs/{held.run_id}?tab=sessions", "ops")
    change_session(page, 2, "Change session")
    panel = page.get_by_role("dialog", name="Change session 2")
    # an end before its start is refused at its field, and nothing is sent away
    desk.provoked.append(UNPROCESSABLE)
    panel.get_by_label("To", exact=True).fill("13:00")
    with page.expect_response(lambda answer: answer.request.method == "PATCH") as refused:
        panel.get_by_role("button", name="Change session").click()
    assert refused.value.status == UNPROCESSABLE
    expect(panel.get_by_text("The session ends before it starts.").first).to_be_visible()
    panel.get_by_label("To", exact=True).fill("16:30")
    panel.get_by_role("button", name="Change session").click()
    expect(page.get_by_text("Session 2 is changed.")).to_be_visible()
    expect(row(page, 2)).to_contain_text(re.compile(r"14:00\W16:30"))

    change_session(page, 3, "Cancel session")
    dialog = page.get_by_role("dialog", name="Cancel session 3?")
    expect(dialog.get_by_role("note")).to_contain_text(f"TPGateway holds this as run {held.remote_id}")
    dialog.get_by_role("button", name="Cancel session").click()
    expect(dialog.get_by_text("Enter a reason.")).to_be_visible()
    dialog.get_by_label("Reason").fill("The kitchen is inspected")
    dialog.get_by_role("button", name="Cancel session").click()
    expect(page.get_by_text("Session 3 is cancelled.")).to_be_visible()
    expect(row(page, 3)).to_contain_text("Cancelled")
    wait_at_tpgateway(system, held, times, [("09:00", "12:00"), ("14:00", "16:30"), ("14:00", "17:00")])

    # what cannot be done with it any more stays in reach, with why
    page.get_by_role("button", name="Change session 3").click()
    for verb, why in (("Change session", "It is cancelled."), ("Delete session", "this needs draft")):
        entry = page.get_by_role("menuitem", name=verb)
        expect(entry).to_have_attribute("aria-disabled", "true")
        expect(entry).to_contain_text(why)


def test_the_run_is_held_on_other_days_and_its_sessions_move_along(
    desk: Any, system: Any, held: Any, free_day: Callable[..., date]
) -> None:
    first = free_day(after=100)
    page = desk.at(f"/runs/{held.run_id}", "ops")
    panel = change(page, "Reschedule run")
    pick_days(page, panel.get_by_label(re.compile(r"^Held")), first, first + timedelta(days=1))
    panel.get_by_role("button", name="Reschedule run").click()
    expect(panel.get_by_text("Enter a reason.")).to_be_visible()
    panel.get_by_label("Reason").fill("The kitchen is inspected")
    panel.get_by_role("button", name="Reschedule run").click()
    expect(page.get_by_text("is rescheduled.")).to_be_visible()
    last = first + timedelta(days=1)
    expect(page.locator("main header")).to_contain_text(f"{last.day} {last:%b %Y}")
    days = [f"{day:%Y%m%d}" for day in (first, first, last, last)]
    wait_at_tpgateway(system, held, lambda told: [each["start_date"] for each in told["sessions"]], days)
    expect(page.locator("main header").get_by_text("Synced")).to_be_visible()


def test_the_run_moves_to_another_room_and_one_of_its_people_leaves(desk: Any, system: Any, held: Any) -> None:
    name = f"Small Kitchen {secrets.token_hex(3)} (synthetic)"
    wish = {"name": name, "floor": "07", "unit": "02", "postal_code": "408533", "room": "7B", "capacity": 24}
    held.api.post("/venues", {**wish, "street": "Demo Road", "wheelchair_access": True})
    page = desk.at(f"/runs/{held.run_id}", "ops")
    panel = change(page, "Change room")
    panel.get_by_role("combobox", name="Room of the run").click()
    page.get_by_role("option", name=re.compile(re.escape(name))).click()
    expect(panel.get_by_text("4 sessions ahead in that room move along")).to_be_visible()
    panel.get_by_role("button", name="Change room").click()
    expect(page.get_by_text("has another room.")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text=name)).to_be_visible()

    panel = change(page, "Change people")
    panel.get_by_role("button", name=f"Remove {ONE}").click()
    panel.get_by_role("button", name="Change people").click()
    expect(page.get_by_text("has other people.")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text=TWO)).not_to_contain_text(ONE)

    def rooms_and_people(standing: dict[str, Any]) -> tuple[set[str], list[str]]:
        rooms = {each["venue"]["room"] for each in [standing["content"], *standing["sessions"]]}
        return rooms, [trainer["name"] for trainer in standing["trainers"]]

    wait_at_tpgateway(system, held, rooms_and_people, ({"7B"}, [TWO]))
    expect(page.locator("main header").get_by_text("Synced")).to_be_visible()


def test_a_trainer_reads_the_plan_and_is_offered_none_of_its_changes(desk: Any, held: Any) -> None:
    page = desk.at(f"/runs/{held.run_id}?tab=sessions&change=reschedule", "trainer")
    expect(page.get_by_role("table", name="Sessions")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Change|Add session"))).to_have_count(0)


def test_who_comes_too_late_compares_and_then_writes_only_what_was_typed(desk: Any, held: Any) -> None:
    """
    Given a desk that hears nothing, with a session's form open,
    when somebody else cancels another session of the run,
    then the form is refused, what changed is shown, what was typed is kept, and saving it undoes nothing.
    """
    desk.provoked.append(412)
    page = desk.tab()
    page.route(EVENTS, lambda _: None)  # its stream never begins; one that ends would read everything anew
    page.goto(f"/runs/{held.run_id}?tab=sessions")
    desk.sign_in(page, "ops")
    change_session(page, 2, "Change session")
    panel = page.get_by_role("dialog", name="Change session 2")
    panel.get_by_label("To", exact=True).fill("16:00")

    run = f"/course-runs/{held.run_id}"
    fourth = held.api.get(f"{run}/sessions")[3]
    gone = {"reason": "Nobody is left to assess"}
    held.api.post(f"{run}/sessions/{fourth['id']}/cancel", gone, etag=held.api.etag(run))

    panel.get_by_role("button", name="Change session").click()
    page.get_by_role("alert").get_by_role("button", name="Reload and compare").click()
    compared = page.get_by_role("dialog", name="What changed")
    expect(compared.get_by_role("row", name="Sessions 4, status Planned Cancelled")).to_be_visible()
    compared.get_by_role("button", name="Close").last.click()
    expect(panel.get_by_role("status")).to_contain_text("Changed by somebody else")
    expect(panel.get_by_label("To", exact=True)).to_have_value("16:00")
    panel.get_by_role("button", name="Change session").click()
    expect(page.get_by_text("Session 2 is changed.")).to_be_visible()
    expect(row(page, 2)).to_contain_text(re.compile(r"14:00\W16:00"))
    expect(row(page, 4)).to_contain_text("Cancelled")
