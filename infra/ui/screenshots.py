"""Pictures of every page of the running system: wide and narrow, light and dark."""

import shutil
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from infra.demo.client import Api
from infra.local.environment import email_of
from infra.local.layout import Layout
from infra.local.secrets import Secrets, read_or_make
from infra.ui.browser import NARROW, WIDE, Scheme, new_desk, open_browser, settled, sign_in
from infra.ui.pages import PAGES, Page

_SIZES = (("wide", WIDE), ("narrow", NARROW))
_SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def take_all(layout: Layout) -> list[Path]:
    """Writes `.run/screenshots/<page>-<size>-<scheme>.png` anew; returns what was written."""
    folder = layout.run / "screenshots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    secrets = read_or_make(layout.secrets, layout.services())
    gateway = f"http://127.0.0.1:{layout.port('gateway')}"
    written: list[Path] = []
    with open_browser() as browser:
        written += _sign_in_page(browser, gateway, folder)
        urls = _urls(gateway, secrets)
        for role in dict.fromkeys(page.role for page, _ in urls):
            for size_name, size in _SIZES:
                for scheme in _SCHEMES:
                    desk = new_desk(browser, gateway, size=size, scheme=scheme)
                    wanted = [(page, url) for page, url in urls if page.role == role]
                    written += _take(desk, wanted, secrets, folder / f"{size_name}-{scheme}")
                    desk.close()
    return written


def _urls(gateway: str, secrets: Secrets) -> list[tuple[Page, str]]:
    api = Api(gateway)
    try:
        api.sign_in(email_of("admin"), secrets.people["admin"])
        return [(page, url) for page in PAGES if (url := page.url(api.get)) is not None]
    finally:
        api.close()


def _sign_in_page(browser: Browser, gateway: str, folder: Path) -> list[Path]:
    written = []
    for size_name, size in _SIZES:
        for scheme in _SCHEMES:
            desk = new_desk(browser, gateway, size=size, scheme=scheme)
            page = desk.new_page()
            page.goto("/sign-in")
            settled(page)
            written.append(folder / f"sign-in-{size_name}-{scheme}.png")
            page.screenshot(path=written[-1])
            desk.close()
    return written


def _take(desk: BrowserContext, wanted: list[tuple[Page, str]], secrets: Secrets, suffix: Path) -> list[Path]:
    page = desk.new_page()
    page.goto("/")
    role = wanted[0][0].role
    sign_in(page, email_of(role), secrets.people[role])
    written = []
    for shown, url in wanted:
        page.goto(url)
        settled(page)
        written.append(suffix.with_name(f"{shown.name}-{suffix.name}.png"))
        page.screenshot(path=written[-1])
    return written
