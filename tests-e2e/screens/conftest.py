"""A browser at the running system, as people sit before it: every message of its console counts."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from infra.demo.class_in_session import begin_class
from infra.demo.journey import draft_run, publish_run, takes_people, wait_until
from infra.demo.people import find_or_make_employer, new_trainee
from infra.local.environment import email_of
from infra.ui.browser import TOKEN, TOO_MANY, new_desk, open_browser, sign_in
from infra.ui.node import UI
from libs.testing.sheets import messy_sheet

PATIENCE_MS = 20_000
"""What several processes have to do with it is seen a moment later, on a busy machine some moments."""


expect.set_options(timeout=PATIENCE_MS)


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
    cut_off: bool = False
    """Whether a test takes the network away: of every call that fails for it the console tells, too."""
    lost: list[str] = field(default_factory=list)
    """Ends of addresses whose answers a test keeps from the browser."""

    def tab(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        wanted = message.type in {"error", "warning"} and not _waits_its_turn(message)
        wanted = wanted and not (self.cut_off and "net::ERR_" in message.text)
        wanted = wanted and not str(message.location.get("url")).endswith(tuple(self.lost))
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


def _waits_its_turn(message: ConsoleMessage) -> bool:
    """Somebody was told to slow down signing in: journeys sign in far more often than people at one address do."""
    return f"status of {TOO_MANY}" in message.text and str(message.location.get("url")).endswith(TOKEN)


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


@pytest.fixture(scope="session", autouse=True)
def class_begins(request: pytest.FixtureRequest, system: Any) -> Iterator[Future[Any] | None]:
    """A class waits some minutes for its hour: it does so beside the tests that need none."""
    if not any("taught" in getattr(item, "fixturenames", ()) for item in request.session.items):
        yield None
        return
    with ThreadPoolExecutor(1) as beside:
        yield beside.submit(begin_class, system.walk(until="two trainers"))


@pytest.fixture(scope="session")
def taught(class_begins: Future[Any]) -> Any:
    """Twenty people in a room, with nobody marked yet."""
    return class_begins.result()


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


@pytest.fixture
def held(system: Any, draft: Any) -> Any:
    """A run of the test's own that TPGateway holds."""
    system.go_on(draft, after="a draft with four sessions", until="TPGateway has it")
    return draft


@pytest.fixture
def free_day(system: Any) -> Callable[..., date]:
    """Finds a day on which, as on the next, neither the demo's rooms nor its trainers have anything."""
    ops, today = system.signed_in("ops"), system.journey().today

    def found(*, after: int) -> date:
        for ahead in range(after, after + 200):
            day = today + timedelta(days=ahead)
            span = {"from_on": str(day), "to_on": str(day + timedelta(days=1))}
            if not ops.get("/course-runs/calendar", **span):
                return day
        raise AssertionError("no free day")

    return found


@pytest.fixture(scope="session")
def open_run(system: Any) -> Callable[..., dict[str, Any]]:
    """Makes a run of its own that takes registrations and enrolment knows; `plan` is what it has of its own."""

    def opened(**plan: Any) -> dict[str, Any]:
        # Somewhere in the year after next quarter: the demo's trainers have one run at a time, and tests need many.
        journey = system.walk(until="two trainers", days_ahead=90 + secrets.randbelow(365), plan=plan)
        draft_run(journey)
        publish_run(journey)
        wait_until(
            lambda: takes_people(journey.api, journey.run_id),
            30,
            lambda: "enrolment knows of no seats",
        )
        return dict(journey.run)

    return opened


@pytest.fixture(scope="session")
def enrolled(system: Any, open_run: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """A confirmed place an employer pays for, and a file with one more person that waits to be accepted."""
    api, run = system.signed_in("ops"), open_run()
    person, employer = new_trainee(api, 1), find_or_make_employer(api)
    wish = {"run_id": run["id"], "trainee_id": person["id"], "sponsorship": "EMPLOYER", "employer_id": employer["id"]}
    place = api.post("/enrolments", {**wish, "full_fee": "400.00", "nett_fee": "120.00"})
    sheet = messy_sheet(25, uen=employer["uen"], first=secrets.randbelow(99_000))
    file = api.send_file(f"/enrolments/import?run_id={run['id']}", sheet.content)
    path = f"/enrolments/imports/{file['id']}"
    wait_until(lambda: api.get(path)["status"] == "checked", 60, lambda: f"the file is {api.get(path)['status']}")
    return dict(api.act(f"/enrolments/{place['id']}", "confirm"))
