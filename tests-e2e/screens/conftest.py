"""A browser at the running system, as people sit before it: every message of its console counts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from infra.demo.journey import wait_until
from infra.local.environment import email_of
from infra.ui.browser import new_desk, open_browser, sign_in
from infra.ui.node import UI


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert (UI / "dist" / "index.html").is_file(), "the UI is not built: run `make ui`"
    with open_browser() as opened:
        yield opened


@dataclass
class Desk:
    """One browser of one person: its tabs, and what their consoles said."""

    context: BrowserContext
    system: Any
    said: list[str] = field(default_factory=list)
    provoked: list[int] = field(default_factory=list)
    """Statuses a test asks for: the browser's console tells of each, and rightly."""

    def tab(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        wanted = message.type in {"error", "warning"}
        if wanted and not any(f"status of {status}" in message.text for status in self.provoked):
            self.said.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def at(self, path: str, role: str) -> Page:
        """A tab at a page, by somebody who has just signed in."""
        page = self.tab()
        page.goto(path)
        self.sign_in(page, role)
        return page

    def sign_in(self, page: Page, role: str) -> None:
        sign_in(page, email_of(role), self.system.secrets.people[role])


@pytest.fixture
def open_desk(browser: Browser, system: Any) -> Iterator[Callable[..., Desk]]:
    """Opens desks; at the end of the test none of their consoles may have said anything."""
    desks: list[Desk] = []
    with ExitStack() as closing:

        def opened(**options: Any) -> Desk:
            context = new_desk(browser, system.gateway, **options)
            closing.callback(context.close)
            desks.append(Desk(context, system))
            return desks[-1]

        yield opened
        said = [line for desk in desks for line in desk.said]
    assert said == []


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()


@pytest.fixture(scope="session")
def published(system: Any) -> Any:
    """A run TPGateway holds."""
    return system.walk(until="TPGateway has it")


@pytest.fixture(scope="session")
def drifted(system: Any) -> Any:
    """A run that somebody changed in TPGateway's portal, which a comparison has found."""
    journey = system.walk(until="TPGateway has it", days_ahead=200)
    changed = {"set": {"content.scheduleInfo": "As somebody pleased"}}
    system.simulator.patch(f"/portal/runs/{journey.remote_id}", json=changed).raise_for_status()
    journey.api.post("/sync/reconciliations", {"run_id": str(journey.run_id)})

    def found() -> bool:
        return bool(journey.api.get("/sync/discrepancies", run_id=str(journey.run_id), state="open")["items"])

    wait_until(found, 90, lambda: "the comparison has found nothing")
    return journey


@pytest.fixture
def draft(system: Any) -> Any:
    """A run with all it needs to be published."""
    return system.walk(until="a draft with four sessions", days_ahead=60)
