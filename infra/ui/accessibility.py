"""What axe finds wrong with a page."""

from typing import Any

from playwright.sync_api import Page, expect

from infra.ui.browser import Scheme
from infra.ui.node import UI

_AXE = UI / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_COME_TO_REST = """() => Promise.allSettled(
  document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime < Infinity)
    .map((each) => each.finished)
)"""
"""Half-way from one scheme to the other, colours are neither's."""
_CONTRAST = {"type": "rule", "values": ["color-contrast"]}
"""The one rule that hangs on the scheme."""


def violations(page: Page) -> list[str]:
    """Each finding by rule and place, and what would mend it; the rules are WCAG 2.2 AA and axe's good practice."""
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    return _found(page, _RULES) + _spilled(page)


def faint(page: Page, scheme: Scheme) -> list[str]:
    """What cannot be read in the other scheme. For a page that was judged already; its scheme is put back."""
    before = page.locator("html").get_attribute("data-mantine-color-scheme")
    _put_on(page, scheme)
    found = _found(page, _CONTRAST)
    _put_on(page, "light" if before == "light" else "dark")
    return [f"{scheme}: {each}" for each in found]


def _spilled(page: Page) -> list[str]:
    """WCAG 1.4.10, which axe does not judge: nobody has to scroll a page sideways."""
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"reflow: wider than the window by {over} pixels"] if over > 0 else []


def _put_on(page: Page, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)


def _found(page: Page, rules: Any) -> list[str]:
    page.evaluate(_COME_TO_REST)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)["violations"]
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]]
