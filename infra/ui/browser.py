"""Chromium as the UI is looked at: signed in through its own form, at a desk far from Singapore."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from infra.ui.node import chromium

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TOKEN, TOO_MANY = "/api/v1/auth/token", 429
PATIENCE = 30
"""How often one tries to sign in before giving up; each try waits its turn."""
SETTLES_MS = 30_000
"""As long as a page may read before it counts as stuck, on a machine that has much else to do."""
WIDE, NARROW = (1440, 900), (390, 844)
Scheme = Literal["light", "dark"]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Raises ToolMissing when there is no Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


def new_desk(
    browser: Browser, gateway: str, *, size: tuple[int, int] = WIDE, scheme: Scheme = "light"
) -> BrowserContext:
    """A browser of its own with nobody signed in. Its zone is New York's: every time shown must still be SGT."""
    context = browser.new_context(
        base_url=gateway,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        timezone_id="America/New_York",
        locale="en-US",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(15_000)
    return context


def sign_in(page: Page, email: str, password: str) -> None:
    """From the sign-in form to the page that was asked for.

    Many sign in from one machine here: told to slow down, it waits as long as it is told.
    """
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    for _ in range(PATIENCE):
        with page.expect_response(lambda response: response.url.endswith(TOKEN)) as answer:
            page.get_by_role("button", name="Sign in").click()
        if answer.value.status != TOO_MANY:
            break
        page.wait_for_timeout(1_000 * float(answer.value.header_value("retry-after") or 1))
    expect(page.get_by_role("navigation", name="Pages")).to_be_attached()


def settled(page: Page) -> None:
    """Returns when the page has its heading and nothing is being read."""
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=SETTLES_MS)
    expect(page.locator("[data-reading]")).to_have_count(0, timeout=SETTLES_MS)


def pick_days(page: Page, control: Locator, *days: date) -> None:
    """Choose days in a calendar that opens at the control, however far ahead they lie."""
    control.click()
    calendar = page.get_by_role("dialog")
    for day in days:
        label = f"{day.day} {day:%B %Y}"
        months = calendar.locator("button[data-direction=next]")
        for _ in range(24):
            if calendar.get_by_role("button", name=label, exact=True).count():
                break
            months.click()
        calendar.get_by_role("button", name=label, exact=True).first.click()
