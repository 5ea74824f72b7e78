"""What the UI may weigh and how fast it must be, measured on the running system: figures beside their limits."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal
from uuid import UUID

from playwright.sync_api import Browser, Page, Route

from infra.demo.client import Api
from infra.local.environment import email_of
from infra.local.layout import Layout
from infra.local.secrets import Secrets, read_or_make
from infra.ui.browser import new_desk, open_browser, settled, sign_in
from infra.ui.node import UI
from infra.ui.pages import PAGES

ROWS, FRAMES, MARKS, OPENINGS = 5_000, 300, 40, 5
GRID_PAGE, DASHBOARD = "attendance-run", "src/pages/Today.tsx"
_LIST = "**/api/v1/enrolments?*"

_READY = """() => {
  const figures = document.querySelector('main h1') && document.querySelector('main li.panel')
  return figures && !document.querySelector('[data-reading]') ? performance.now() : null
}"""
_SCROLL = """async ([label, frames]) => {
  const region = document.querySelector(`[role=region][aria-label="${label}"]`)
  const times = []
  for (let frame = 0; frame <= frames; frame++) {
    times.push(await new Promise(requestAnimationFrame))
    region.scrollTop += 50
  }
  return (times.length - 1) / ((times.at(-1) - times[0]) / 1000)
}"""
_LISTEN = """() => {
  window.painted = []
  addEventListener('keydown', (event) => {
    const pressed = event.timeStamp
    requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - pressed)))
  }, true)
}"""


@dataclass(frozen=True, slots=True)
class Figure:
    """`measured` is None when there was nothing to measure with; `note` then says what is missing."""

    name: str
    unit: str
    limit: float
    kind: Literal["at most", "at least"]
    measured: float | None
    note: str = ""

    @property
    def holds(self) -> bool | None:
        if self.measured is None:
            return None
        return self.measured <= self.limit if self.kind == "at most" else self.measured >= self.limit


def measure(layout: Layout) -> list[Figure]:
    """Every figure; the system must run and hold demonstration data."""
    secrets = read_or_make(layout.secrets, layout.services())
    gateway = f"http://127.0.0.1:{layout.port('gateway')}"
    with open_browser() as browser:
        return [
            Figure("script of the first load, gzip", "kB", 300, "at most", script_kb()),
            Figure("dashboard ready, nothing cached", "s", 1.5, "at most", opening_s(browser, gateway, secrets)),
            scrolling(browser, gateway, secrets),
            marking(browser, gateway, secrets),
        ]


def script_kb() -> float:
    """All scripts a browser loads until the dashboard stands, each compressed by itself as it is sent."""
    manifest: dict[str, dict[str, Any]] = json.loads((UI / "dist" / ".vite" / "manifest.json").read_text())
    wanted, files = [DASHBOARD, *(name for name, chunk in manifest.items() if chunk.get("isEntry"))], set()
    while wanted:
        chunk = manifest[wanted.pop()]
        if chunk["file"] not in files:
            files.add(chunk["file"])
            wanted += chunk.get("imports", [])
    scripts = [UI / "dist" / file for file in files if Path(file).suffix == ".js"]
    return sum(len(gzip.compress(path.read_bytes())) for path in scripts) / 1000


def opening_s(browser: Browser, gateway: str, secrets: Secrets) -> float:
    """From the address entered to a page with its figures, by somebody signed in; the median of a few."""
    with _signed_in(browser, gateway, secrets) as page:
        cleaning = page.context.new_cdp_session(page)
        times = []
        for _ in range(OPENINGS):
            cleaning.send("Network.clearBrowserCache")
            page.goto("/", wait_until="commit")
            times.append(float(page.wait_for_function(_READY).json_value()) / 1000)
        return median(times)


def scrolling(browser: Browser, gateway: str, secrets: Secrets) -> Figure:
    """A list of synthetic rows in the shape of a real one, scrolled by eighty of them a second, at sixty frames."""
    name = f"frames a second, scrolling {ROWS:,} rows"
    with _signed_in(browser, gateway, secrets) as page:
        real = _first_enrolment(gateway, secrets)
        if real is None:
            return Figure(name, "fps", 50, "at least", None, "no enrolment to take the shape of; run: make demo")
        rows = [{**real, "id": str(UUID(int=number)), "trainee_name": f"Synthetic {number}"} for number in range(ROWS)]
        body = json.dumps({"items": rows, "next_cursor": None})
        page.route(_LIST, lambda route: route.fulfill(body=body, content_type="application/json"))
        page.goto("/enrolments")
        settled(page)
        return Figure(name, "fps", 50, "at least", float(page.evaluate(_SCROLL, ["Enrolments", FRAMES])))


def marking(browser: Browser, gateway: str, secrets: Secrets) -> Figure:
    """From the key to the next paint in the attendance grid, all but the slowest twentieth; nothing is sent."""
    name = "a mark shows, 95 of 100"
    shown = next((page for page in PAGES if page.name == GRID_PAGE), None)
    with _signed_in(browser, gateway, secrets) as page:
        url = shown.url(_admin(gateway, secrets).get) if shown else None
        if url is None:
            return Figure(name, "ms", 50, "at most", None, f"no page {GRID_PAGE} to open here")
        page.route("**/api/v1/attendance**", _hold_back)
        page.goto(url)
        settled(page)
        grid = page.get_by_role("grid")
        grid.focus()
        page.evaluate(_LISTEN)
        for number in range(MARKS):
            grid.press("pa"[number % 2])
        page.wait_for_function("(count) => window.painted.length >= count", arg=MARKS)
        times = sorted(page.evaluate("window.painted"))
        return Figure(name, "ms", 50, "at most", times[int(len(times) * 0.95)])


def _hold_back(route: Route) -> None:
    """Reads go on; what would change something is never answered and goes with the page."""
    if route.request.method == "GET":
        route.continue_()


def _first_enrolment(gateway: str, secrets: Secrets) -> dict[str, Any] | None:
    items: list[dict[str, Any]] = _admin(gateway, secrets).get("/enrolments", limit=1)["items"]
    return items[0] if items else None


def _admin(gateway: str, secrets: Secrets) -> Api:
    api = Api(gateway)
    api.sign_in(email_of("admin"), secrets.people["admin"])
    return api


@contextmanager
def _signed_in(browser: Browser, gateway: str, secrets: Secrets) -> Iterator[Page]:
    desk = new_desk(browser, gateway)
    page = desk.new_page()
    page.goto("/")
    sign_in(page, email_of("ops"), secrets.people["ops"])
    settled(page)
    yield page
    desk.close()
