"""Two desks at one record: who comes too late reads what the other changed."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

EVENTS = "**/api/v1/events"


def test_who_comes_too_late_is_shown_what_the_other_desk_changed(
    open_desk: Callable[..., Any], system: Any, draft: Any
) -> None:
    """
    Given two desks at the same draft, one of which hears nothing,
    when one discards it and the other publishes, then the other is refused, and offered to compare;
    and reads that what was a draft is discarded now.
    """
    late, quick = open_desk(), open_desk()
    late.provoked.append(412)
    page = late.tab()
    page.route(EVENTS, lambda _: None)  # its stream never begins; one that ends would read everything anew
    page.goto(f"/runs/{draft.run_id}")
    late.sign_in(page, "ops")
    page.get_by_role("button", name="Publish run").click()

    other = quick.at(f"/runs/{draft.run_id}", "admin")
    other.get_by_role("button", name="More").click()
    other.get_by_role("menuitem", name="Discard draft").click()
    other.get_by_role("dialog").get_by_role("button", name="Discard draft").click()
    expect(other.get_by_text("is discarded.")).to_be_visible()

    page.get_by_role("dialog").get_by_role("button", name="Publish run").click()
    notice = page.get_by_role("alert")
    notice.get_by_role("button", name="Reload and compare").click()
    compared = page.get_by_role("dialog", name="What changed")
    expect(compared.get_by_role("row", name="Status Draft Discarded")).to_be_visible()
    compared.get_by_role("button", name="Close").last.click()
    expect(compared).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("main header").get_by_text("Discarded")).to_be_visible()
