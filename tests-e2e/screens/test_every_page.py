"""Every page in both schemes: nothing for axe to find, nothing in the console, nothing that moves while it fills;
and the API is the committed one."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from infra.demo.journey import wait_until
from infra.ui.accessibility import faint, violations
from infra.ui.browser import NARROW, WIDE, Scheme, settled
from infra.ui.node import DOCUMENT
from infra.ui.pages import PAGES
from infra.ui.steadiness import moved, watch

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.mark.usefixtures("enrolled", "published", "draft", "drifted", "taught")
@pytest.mark.parametrize(("size", "scheme", "other"), [(WIDE, "light", "dark"), (NARROW, "dark", "light")])
def test_pages_are_accessible(
    open_desk: Callable[..., Any], system: Any, size: tuple[int, int], scheme: Scheme, other: Scheme
) -> None:
    """Opened in one scheme and judged whole; then looked at in the other, of which only colours are another matter."""
    admin = system.signed_in("admin")
    desk = open_desk(scheme=scheme, size=size)
    watch(desk.context)
    tab = desk.tab()
    tab.goto("/sign-in")
    settled(tab)
    found = {"sign-in": violations(tab) + faint(tab, other)}
    role = None
    for page in sorted(PAGES, key=lambda page: page.role):
        url = page.url(admin.get)
        assert url is not None, f"there is no record to show {page.name} with"
        if page.role != role:
            desk.context.clear_cookies()
            tab.evaluate("localStorage.clear()")
            tab.goto(url)
            desk.sign_in(tab, page.role)
            role = page.role
        else:
            tab.goto(url)
        settled(tab)
        found[page.name] = moved(tab) + violations(tab) + faint(tab, other)
    assert not any(found.values()), _told(found)


@pytest.mark.parametrize(("size", "scheme", "other"), [(WIDE, "light", "dark"), (NARROW, "dark", "light")])
def test_dialogs_are_accessible(
    open_desk: Callable[..., Any], draft: Any, drifted: Any, size: tuple[int, int], scheme: Scheme, other: Scheme
) -> None:
    """What opens on a page, opened: the palette, and every kind of question."""
    desk = open_desk(scheme=scheme, size=size)
    tab = desk.at("/", "admin")
    found = {}
    for path, opener in (
        ("/", "Search"),
        (f"/runs/{draft.run_id}", "Publish run"),
        ("/dead-letters?view=consumers", "Pause course"),
        (f"/sync/discrepancies?run_id={drifted.run_id}", "Compare now"),
        (f"/sync/discrepancies?run_id={drifted.run_id}", "Repair all that match"),
    ):
        tab.goto(path)
        settled(tab)
        tab.get_by_role("button", name=opener).first.click()
        expect(tab.get_by_role("dialog")).to_be_visible()
        expect(tab.locator("[data-reading]")).to_have_count(0)
        found[f"{path} {opener}"] = violations(tab) + faint(tab, other)
    assert not any(found.values()), _told(found)


def test_the_gateway_tells_the_api_that_is_committed(system: Any) -> None:
    committed = json.loads(DOCUMENT.read_text(encoding="utf-8"))

    def told() -> bool:
        return bool(httpx.get(f"{system.gateway}/api/v1/openapi.json", timeout=30).json() == committed)

    # a service that was too busy to answer is missing from the document, for some seconds
    wait_until(told, 60, lambda: "the merged document is another")


def _told(found: dict[str, list[str]]) -> str:
    """A line for each finding, with its page: pytest would cut them off."""
    return "\n".join(f"{page}: {each}" for page, wrong in found.items() for each in wrong)
