"""The whole system, started once for all journeys: its own ports, its own run folder, nothing left afterwards."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.demo.cast import Cast
from infra.demo.client import Api
from infra.demo.journey import Journey, steps
from infra.local import leftovers
from infra.local.environment import email_of
from infra.local.layout import ROOT, Layout
from infra.local.secrets import Secrets, read_or_make
from infra.local.supervisor import Supervisor
from libs.testing.collector import Collector, collecting

PORT_BASE = int(os.environ.get("TMS_JOURNEYS_PORT_BASE", "7000"))
"""Where the tests' own system stands; two that run at once on one machine need two."""
RUNNING = "TMS_RUNNING_GATEWAY"
"""Names the gateway, or Vite before it, of a system that runs already at `TMS_PORT_BASE`: for work on the UI."""


@dataclass(frozen=True, slots=True)
class System:
    """A running system and the way to talk to it."""

    layout: Layout
    secrets: Secrets
    clients: ExitStack
    gateway: str
    _collector: Collector | None = None

    @property
    def collector(self) -> Collector:
        """Where all its processes send their spans; a system that was there before sends them elsewhere."""
        if self._collector is None:
            pytest.skip(f"a system of {RUNNING} sends its spans elsewhere")
        return self._collector

    @property
    def simulator(self) -> httpx.Client:
        url = f"http://127.0.0.1:{self.layout.port('simulator')}/_control"
        return self.clients.enter_context(httpx.Client(base_url=url, timeout=30))

    @property
    def supervisor(self) -> Supervisor:
        supervisor = Supervisor(self.layout)
        self.clients.callback(supervisor.close)
        return supervisor

    def wait_until_ready(self) -> None:
        """Return when the gateway says that every service is ready."""
        deadline = time.monotonic() + 60
        while _status(self.gateway) != "ready":
            assert time.monotonic() < deadline, "the system is not ready"
            time.sleep(0.1)

    def signed_in(self, person: str) -> Api:
        api = Api(self.gateway)
        self.clients.callback(api.close)
        api.sign_in(email_of(person), self.secrets.people[person])
        return api

    def journey(self) -> Journey:
        cast = Cast(self.layout, secrets=self.secrets)
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


def _local(command: str, *arguments: str, **settings: str) -> None:
    environment = {**os.environ, "TMS_PORT_BASE": str(PORT_BASE), "PYTHONPATH": str(ROOT), **settings}
    for name in ("DATABASE_URL", "AMQP_URL"):
        environment.pop(name, None)
    run = subprocess.run(
        [sys.executable, "-m", "infra.local", command, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    if gateway := os.environ.get(RUNNING):
        layout = Layout.from_environment()
        with ExitStack() as clients:
            yield System(layout, read_or_make(layout.secrets, layout.services()), clients, gateway)
        return
    layout = Layout(PORT_BASE)
    _local("reset", "--yes")
    with ExitStack() as stack:
        collector = stack.enter_context(collecting())
        _local("up", OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint, OTEL_EXPORTER_OTLP_COMPRESSION="gzip")
        clients = stack.enter_context(ExitStack())
        gateway = f"http://127.0.0.1:{layout.port('gateway')}"
        yield System(layout, read_or_make(layout.secrets, layout.services()), clients, gateway, collector)
        clients.close()
        _local("down")
    assert leftovers.processes(layout) == {}
    _local("reset", "--yes")


@pytest.fixture(autouse=True)
def ready(system: System) -> None:
    """A test begins when the processes that the one before has killed are back."""
    system.wait_until_ready()


@pytest.fixture(scope="session")
def run_folder(system: System) -> Path:
    return system.layout.run
