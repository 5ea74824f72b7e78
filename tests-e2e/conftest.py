"""The whole system, started once for all journeys: its own ports, its own run folder, nothing left afterwards.

`TMS_SYSTEM=composed` starts it in containers.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from infra.containers.engine import Engine
from infra.containers.running import Containers
from infra.containers.settings import COMPOSE, admin_url
from infra.demo.cast import Cast
from infra.demo.client import Api
from infra.demo.journey import Journey, steps
from infra.local import leftovers
from infra.local.environment import email_of
from infra.local.layout import ROOT, Layout
from infra.local.secrets import Secrets, read_or_make
from infra.local.supervisor import Supervisor
from libs.servers.ports import is_listening
from libs.testing.collector import Collector, collecting

COMPOSED = os.environ.get("TMS_SYSTEM") == "composed"
"""The system in containers, from docker-compose.yml, in the place of the one that `make up` starts."""
PORT_BASE = int(os.environ.get("TMS_JOURNEYS_PORT_BASE", "7000"))
"""Where the tests' own system stands; two that run at once on one machine need two."""
BUILT_AND_STARTED_WITHIN_S = 1200
"""On a machine that has to build the images first, and has other work."""
RUNNING = "TMS_RUNNING_GATEWAY"
"""Names the gateway, or Vite before it, of a system that runs already at `TMS_PORT_BASE`: for work on the UI."""


class Keeper(Protocol):
    """Keeps a system's processes, be they supervised here or in containers."""

    def life(self, name: str) -> object:
        """Another after each start of the process; None while it is away."""

    def kill(self, name: str) -> None:
        """SIGKILL; it comes back."""


class Supervised:
    """Processes of `make up`."""

    def __init__(self, layout: Layout, clients: ExitStack) -> None:
        self._supervisor = Supervisor(layout)
        clients.callback(self._supervisor.close)

    def life(self, name: str) -> int | None:
        return self._supervisor.state(name).pid or None

    def kill(self, name: str) -> None:
        os.killpg(self._supervisor.state(name).pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class System:
    """A running system and the way to talk to it."""

    layout: Layout
    secrets: Secrets
    clients: ExitStack
    gateway: str
    processes: Keeper
    _collector: Collector | None = None
    _people: dict[str, Api] = field(default_factory=dict)
    """Who has signed in: the gateway lets one address do that no more than every other second in the long run."""

    @property
    def collector(self) -> Collector:
        """Where all its processes send their spans; a system that others have started sends them elsewhere."""
        if self._collector is None:
            pytest.skip("the spans of this system go elsewhere")
        return self._collector

    @property
    def simulator(self) -> httpx.Client:
        url = f"http://127.0.0.1:{self.layout.port('simulator')}/_control"
        return self.clients.enter_context(httpx.Client(base_url=url, timeout=30))

    @property
    def logs(self) -> Path:
        """The folder of what all processes have logged until now."""
        if isinstance(self.processes, Containers):
            self.processes.write_logs(self.layout.logs)
        return self.layout.logs

    def needs_this_machine(self, what: str) -> None:
        """Leave out what a system in containers does not have."""
        if isinstance(self.processes, Containers):
            pytest.skip(f"not in containers: {what}")

    def wait_until_ready(self) -> None:
        """Return when the gateway says that every service is ready."""
        deadline = time.monotonic() + 60
        while _status(self.gateway) != "ready":
            assert time.monotonic() < deadline, "the system is not ready"
            time.sleep(0.1)

    def signed_in(self, person: str) -> Api:
        """A client with a correlation id of its own."""
        api = self._person(person).on_journey()
        self.clients.callback(api.close)
        return api

    def _person(self, person: str) -> Api:
        if person not in self._people:
            api = self._people[person] = Api(self.gateway)
            self.clients.callback(api.close)
            api.sign_in(email_of(person), self.secrets.people[person])
        return self._people[person]

    def journey(self) -> Journey:
        cast = Cast(self.layout, secrets=self.secrets, signed_in=self._person)
        self.clients.callback(cast.close)
        return Journey(cast, cast.simulator)

    def walk(self, *, until: str | None = None, **given: Any) -> Journey:
        """Walk the demo's journey, up to and with the named step; `given` are the journey's own fields."""
        journey = self.journey()
        for name, value in given.items():
            setattr(journey, name, value)
        self.go_on(journey, until=until)
        return journey

    def go_on(self, journey: Journey, *, after: str | None = None, until: str | None = None) -> None:
        """Walk on from behind one step, up to and with another."""
        waiting = after is not None
        for title, act in steps():
            if not waiting:
                act(journey)
            waiting = waiting and title != after
            if title == until:
                break


def _status(gateway: str) -> str:
    try:
        return str(httpx.get(f"{gateway}/readyz", timeout=5).json()["status"])
    except (httpx.HTTPError, ValueError, KeyError):
        return "away"


def _command(layout: Layout, module: str, *arguments: str, **settings: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=_environment(layout) | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def _environment(layout: Layout) -> dict[str, str]:
    environment = {**os.environ, "TMS_PORT_BASE": str(layout.base), "PYTHONPATH": str(ROOT)}
    for name in ("DATABASE_URL", "AMQP_URL"):
        environment.pop(name, None)
    return environment


def _system(layout: Layout, clients: ExitStack, keeper: Keeper, gateway: str = "") -> System:
    return System(layout, _secrets(layout), clients, gateway or f"http://127.0.0.1:{layout.port('gateway')}", keeper)


def _secrets(layout: Layout) -> Secrets:
    made = read_or_make(layout.secrets, layout.services())
    if not COMPOSED:
        return made
    forwarded_to = replace(COMPOSE, postgres=f"127.0.0.1:{layout.port('postgres')}")
    return replace(made, database_url=admin_url(made, forwarded_to))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test starts the system: in containers, that is no part of what it may take itself."""
    if COMPOSED and items:
        items[0].add_marker(pytest.mark.timeout(BUILT_AND_STARTED_WITHIN_S), append=False)


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    with ExitStack() as clients:
        yield clients.enter_context(_started(clients) if RUNNING not in os.environ else _running(clients))


def _started(clients: ExitStack) -> AbstractContextManager[System]:
    return composed(clients) if COMPOSED else supervised(clients)


@contextmanager
def _running(clients: ExitStack) -> Iterator[System]:
    """Started by somebody else, who keeps it."""
    layout = Layout.from_environment()
    if COMPOSED:
        clients.enter_context(forwarded(layout))
    keeper = Containers(Engine.of_this_machine(), layout) if COMPOSED else Supervised(layout, clients)
    yield _system(layout, clients, keeper, os.environ[RUNNING])


@contextmanager
def supervised(clients: ExitStack) -> Iterator[System]:
    """Started by `make up`, with its spans collected."""
    layout = Layout(PORT_BASE)
    _command(layout, "infra.local", "reset", "--yes")
    with collecting() as collector:
        sending = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}
        _command(layout, "infra.local", "up", **sending)
        system = _system(layout, clients, Supervised(layout, clients))
        yield replace(system, _collector=collector)
        _command(layout, "infra.local", "down")
    assert leftovers.processes(layout) == {}
    _command(layout, "infra.local", "reset", "--yes")


@contextmanager
def composed(clients: ExitStack) -> Iterator[System]:
    """Started by `make compose-up`; without those that only look on, which no test asks."""
    layout = Layout(PORT_BASE)
    containers = Containers(Engine.of_this_machine(), layout)
    _command(layout, "infra.local", "reset", "--yes")
    _command(layout, "infra.containers", "up", "--no-telemetry")
    with forwarded(layout):
        yield _system(layout, clients, containers)
    _command(layout, "infra.containers", "down", "--data")
    assert containers.leftovers() == []
    _command(layout, "infra.local", "reset", "--yes")


@contextmanager
def forwarded(layout: Layout) -> Iterator[None]:
    """The ports of `make up` lead into the containers."""
    command = [sys.executable, "-m", "infra.containers", "forward"]
    ways = subprocess.Popen(command, cwd=ROOT, env=_environment(layout))
    try:
        deadline = time.monotonic() + 60
        while not is_listening(layout.port("tpg_sync")):
            assert ways.poll() is None, "no way into the containers"
            assert time.monotonic() < deadline, "no way into the containers"
            time.sleep(0.1)
        yield
    finally:
        ways.terminate()
        ways.wait(30)


@pytest.fixture(autouse=True)
def ready(system: System) -> None:
    """A test begins when the processes that the one before has killed are back."""
    system.wait_until_ready()


@pytest.fixture(scope="session")
def run_folder(system: System) -> Path:
    return system.layout.run
