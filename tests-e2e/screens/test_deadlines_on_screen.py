"""The compliance calendar on the screen: what is due when, by which rule, let go for a reason, and what if."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from infra.demo.journey import wait_until
from libs.sources import singapore_day

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

HEARD_WITHIN_S = 60
MONTHS = 3
"""The calendar reaches sixty days ahead."""


def duty_of(system: Any, journey: Any, key: str) -> dict[str, Any]:
    """A duty of the run, as soon as the calendar has heard of it."""
    ops, found = system.signed_in("ops"), []

    def heard() -> bool:
        found[:] = ops.get("/compliance/obligations", run_id=str(journey.run_id), key=key)["items"]
        return bool(found)

    wait_until(heard, HEARD_WITHIN_S, lambda: f"the calendar has no {key} of the run")
    return dict(found[0])


def day_of(duty: dict[str, Any]) -> date:
    """`due_at` is the first instant too late: mostly the midnight that ends the day."""
    return singapore_day(datetime.fromisoformat(duty["due_at"]) - timedelta(microseconds=1))


def turn_to(page: Page, on: date) -> None:
    wanted = page.get_by_role("heading", name=f"{on:%B %Y}")
    for _ in range(MONTHS):
        if wanted.count():
            return
        page.get_by_role("button", name="The month after").click()
    expect(wanted).to_be_visible()


def test_a_duty_is_found_on_its_day_tells_its_rule_and_is_waived_for_a_reason(desk: Any, system: Any) -> None:
    """
    Given a run of which something is owed,
    when an administrator opens its day in the calendar, then the duty says where it comes from and what meets it;
    when they waive it for a reason, then it is waived, and the day has one less.
    """
    journey = system.walk(until="TPGateway has it", days_ahead=35)
    duty = duty_of(system, journey, "run_confirm")
    on = day_of(duty)
    page = desk.at("/compliance", "admin")
    expect(page.get_by_role("table", name=re.compile("Duties due in"))).to_be_visible()
    turn_to(page, on)
    page.get_by_role("table", name=f"Duties due in {on:%B %Y}").get_by_role(
        "link", name=re.compile(rf"^{on.day}\s?: .*(on track|due soon|late or at risk)")
    ).click()
    duties = page.get_by_role("table", name=f"Duties due on {on.day} {on:%b %Y}")
    row = duties.get_by_role("row").filter(has_text=f"Run {journey.remote_id}").filter(has_text=duty["title"])
    row.get_by_role("link", name=duty["title"]).click()
    panel = page.get_by_role("dialog", name="Duty")
    for words in (
        duty["consequence"],
        "registration opens",
        "3 working days before the first day",
        "The run is confirmed, or cancelled",
    ):
        expect(panel.get_by_text(words)).to_be_visible()
    panel.get_by_role("button", name="Waive").click()
    ask = page.get_by_role("dialog", name=f"Waive “{duty['title']}”")
    ask.get_by_label("Reason").fill("confirmed on the telephone (synthetic)")
    ask.get_by_role("button", name="Waive this duty").click()
    expect(panel.get_by_text("Waived", exact=True).first).to_be_visible()
    expect(panel.get_by_text("confirmed on the telephone (synthetic)")).to_be_visible()
    page.keyboard.press("Escape")
    expect(row).to_have_count(0)


def test_what_was_met_late_asks_for_nothing_but_its_waiver(desk: Any, system: Any) -> None:
    """
    Given a run whose trainer was assigned too late,
    when an administrator follows its next step from the work queue, then it leads to where it is waived;
    and once waived, it is no longer in the queue.
    """
    journey = system.walk(until="TPGateway has it", days_ahead=3)
    duty = duty_of(system, journey, "trainer_assigned")
    page = desk.at("/?key=trainer_assigned&level=red", "admin")
    row = page.get_by_role("table", name="Work queue").get_by_role("row").filter(has_text=f"Run {journey.remote_id}")
    expect(row).to_be_visible()
    row.get_by_role("link", name="Have it waived").click()
    panel = page.get_by_role("dialog", name="Duty")
    expect(panel.get_by_text("Met late", exact=True)).to_be_visible()
    panel.get_by_role("button", name="Waive").click()
    ask = page.get_by_role("dialog", name=f"Waive “{duty['title']}”")
    ask.get_by_label("Reason").fill("the first trainer fell ill (synthetic)")
    ask.get_by_role("button", name="Waive this duty").click()
    expect(panel.get_by_text("Waived", exact=True).first).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Compliance", level=1)).to_be_visible()
    expect(page.locator("[data-reading]")).to_have_count(0)
    expect(row).to_have_count(0)


def test_a_duty_leads_to_the_policy_it_is_judged_by(desk: Any, system: Any, published: Any) -> None:
    duty = duty_of(system, published, "run_confirm")
    page = desk.at(f"/compliance?open={duty['id']}", "ops")
    panel = page.get_by_role("dialog", name="Duty")
    expect(panel.get_by_text("compliance:waive")).to_be_visible()
    panel.get_by_role("link", name=duty["policy"]).click()
    expect(page.get_by_role("heading", name="Policy", level=1)).to_be_visible()
    expect(page.get_by_text("In force", exact=True)).to_be_visible()
    rules = page.get_by_role("table", name=f"Rules of {duty['policy']}")
    expect(rules.get_by_role("row", name="Submit the attendance")).to_contain_text("14 days after its last day")


def test_what_if_another_limit_is_compared_with_now_and_is_a_link(desk: Any, system: Any) -> None:
    """
    Given a run to be confirmed in some weeks,
    when it is supposed that runs are confirmed sixty days before, then that duty would be late, and nothing is changed;
    and the question is an address that can be sent to somebody.
    """
    journey = system.walk(until="TPGateway has it", days_ahead=40)
    duty = duty_of(system, journey, "run_confirm")
    page = desk.at("/compliance/simulate", "ops")
    page.get_by_role("checkbox", name="TPGateway is down").uncheck()
    expect(page.get_by_role("button", name="Foretell")).to_be_disabled()
    page.get_by_role("button", name="Suppose another limit").click()
    page.get_by_role("button", name="Foretell").click()
    expect(page.get_by_text("Choose a duty.")).to_be_visible()
    page.get_by_role("combobox", name="The limit of").click()
    page.get_by_role("option", name="Confirm run").click()
    page.get_by_label("Becomes, in days").fill("-60")
    page.get_by_role("button", name="Foretell").click()

    moved = page.get_by_role("table", name="Duties that would stand otherwise")
    row = moved.get_by_role("row").filter(has_text=f"Run {journey.remote_id}")
    expect(row).to_contain_text("Late or at risk")
    expect(row.get_by_role("cell", name="Then")).to_be_visible()
    bars = page.get_by_role("table", name=re.compile("Duties by level"))
    expect(bars.get_by_role("rowheader")).to_have_text(["As things are", "As supposed"])
    before, after = (int(cell) for cell in bars.locator("tbody tr td:nth-of-type(1)").all_inner_texts())
    assert after > before
    assert {**duty_of(system, journey, "run_confirm"), "seconds_left": None} == {**duty, "seconds_left": None}

    page.reload()
    expect(row).to_contain_text("Late or at risk")
    expect(page.get_by_label("Becomes, in days")).to_have_value("-60")


def test_what_if_tpgateway_is_down_tells_the_outage_and_what_it_makes_missed(desk: Any) -> None:
    page = desk.at("/compliance/simulate", "ops")
    page.get_by_label("For so many hours").fill("36")
    page.get_by_role("button", name="Foretell").click()
    expect(page).to_have_url(re.compile("hours=36"))
    expect(page.get_by_text(re.compile("TPGateway away from .* SGT to .* SGT"))).to_be_visible()
    expect(page.get_by_role("list", name="As supposed, beside as things are")).to_contain_text("Missed by the outage")
    expect(page.get_by_role("table", name=re.compile("late or at risk, from now to the end"))).to_be_attached()
