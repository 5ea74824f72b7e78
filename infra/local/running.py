"""One local system as its processes: brought up and stopped in the one order that is right."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from rich.console import Console
from rich.text import Text

from infra.local import clock, leftovers, provision, servers
from infra.local.layout import Layout
from infra.local.programs import Program, programs
from infra.local.reading import told
from infra.local.secrets import Secrets
from infra.local.supervisor import SupervisionFailed, Supervisor
from libs.servers.binaries import ServerMissing
from libs.servers.ports import is_listening
from libs.servers.process import ServerFailed

console = Console(highlight=False)
READY_WITHIN_S = 90
DEATHS = 3
"""So many times a process may end while it is waited for, until that counts as a failure."""
SERVERS = ("rabbitmq", "epmd", "postgres")
"""In the order in which they stop, after everything that talks to them."""


class NotReady(RuntimeError):
    """A process did not become ready; the message holds the end of its log and what to do."""


TROUBLE = (ServerMissing, ServerFailed, SupervisionFailed, provision.SchemaBehind, NotReady, clock.NotMoved)
"""What bringing a system up may fail with. What was done stays, and all of it may be repeated."""


@contextmanager
def step(title: str) -> Iterator[None]:
    """One line of progress: what, whether, how long."""
    began = time.monotonic()
    with console.status(title):
        yield
    console.print(f"  [green]✓[/] {title:<38} [dim]{time.monotonic() - began:5.1f} s[/]")


class LocalSystem:
    """Every act is harmless to repeat; each raises one of TROUBLE."""

    def __init__(self, layout: Layout, secrets: Secrets) -> None:
        self.layout = layout
        self.secrets = secrets
        self.supervisor = Supervisor(layout)
        self._everything = programs(layout, secrets)
        self._by_name = {program.name: program for program in self._everything}

    @property
    def _own(self) -> list[str]:
        """What talks to the servers, other than the simulator."""
        return [*self.layout.services(), "gateway"]

    def bring_up(self) -> None:
        """Start everything that does not run yet."""
        self.start_servers()
        self.provision()
        self.start_programs()

    def start_servers(self) -> None:
        """Supervision, Postgres, RabbitMQ and the simulator; the broker may need a moment more."""
        with step("supervision"):
            if not self.supervisor.is_up():
                leftovers.end(self.layout)  # of a supervision that was itself killed
                _refuse_taken_ports(self._everything)
            self.supervisor.ensure_up(self._everything)
            running = {state.name for state in self.supervisor.states() if state.running}
        if "postgres" in self._by_name:
            with step("Postgres"):
                servers.postgres(self.layout, self.secrets).create()
                self._start(["postgres"])
        if "rabbitmq" in self._by_name:
            with step("RabbitMQ and simulator"):
                if "rabbitmq" not in running:
                    servers.rabbitmq(self.layout, self.secrets).create()
                self._start(["epmd"])
                self.supervisor.start("rabbitmq")
                self._start(["simulator"])

    def provision(self) -> None:
        """Logins, and every schema to head; returns when the broker answers, too."""
        with step("logins and schemas"):
            asyncio.run(self._provision())
        if "rabbitmq" in self._by_name:
            with step("RabbitMQ answers"):
                self._wait_ready(self._by_name["rabbitmq"])

    async def _provision(self) -> None:
        await provision.provision_database(self.layout, self.secrets)
        for service in self.layout.services():
            await provision.migrate(self.layout, self.secrets, service, self.layout.code_of(service))

    def start_programs(self) -> None:
        """Services and gateway; returns when all say that they are ready."""
        with step("services and gateway"):
            self._start(["simulator", *self._own])
            clock.align(self.layout)
        with step("everything ready"):
            self._wait_healthy()

    def stop_programs(self) -> None:
        """Gateway and services, each to drain on its own; servers and simulator go on."""
        known = self.supervisor.names() if self.supervisor.is_up() else []
        with step("gateway and services stopped"):
            self.supervisor.stop_all([name for name in known if name in self._own])

    def _start(self, names: Sequence[str]) -> None:
        for name in names:
            self.supervisor.start(name)
        for name in names:
            self._wait_ready(self._by_name[name])

    def _wait_ready(self, program: Program) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        seen: set[int] = set()
        while not program.ready():
            state = self.supervisor.state(program.name)
            seen |= {state.pid} - {0}
            if len(seen) > DEATHS:
                raise NotReady(f"{program.name} ends again and again. {_log_end(self.layout, program.name)}")
            if state.state == "FATAL" or time.monotonic() > deadline:
                raise NotReady(f"{program.name} is not ready. {_log_end(self.layout, program.name)}")
            time.sleep(0.1)

    def _wait_healthy(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        waiting = [program for program in self._everything if program.health_path]
        while waiting := [program for program in waiting if not healthy(program)]:
            if time.monotonic() > deadline:
                names = ", ".join(program.name for program in waiting)
                raise NotReady(f"started, but not ready: {names}. See `make logs S={waiting[0].name}`.")
            time.sleep(0.2)


def healthy(program: Program) -> bool:
    """Whether it says that it can serve now."""
    try:
        with urlopen(f"http://127.0.0.1:{program.port}{program.health_path}", timeout=3) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own number
    except (URLError, OSError, ValueError):
        return False


def _log_end(layout: Layout, name: str) -> str:
    log = layout.logs / f"{name}.log"
    lines = log.read_text(errors="replace").splitlines()[-12:] if log.exists() else []
    return f"The end of {log}:\n\n" + "\n".join(f"    {told(name, line)}" for line in lines)


def _refuse_taken_ports(everything: list[Program]) -> None:
    taken = [f"{program.port} ({program.name})" for program in everything if is_listening(program.port)]
    if taken:
        raise NotReady(
            f"these ports are taken by something else: {', '.join(taken)}.\n"
            "    Stop it, or run beside it on other ports:  TMS_PORT_BASE=1000 make up"
        )


def stop_everything(layout: Layout) -> list[str]:
    """Stop a system in order, and kill what is left of it; answers what would not go."""
    supervisor = Supervisor(layout)
    if supervisor.is_up():
        try:
            _stop_in_order(supervisor)
        except SupervisionFailed as failure:
            console.print("  [yellow]![/]", Text(f"{failure}; it is killed"))
    with step("nothing is left"):
        return leftovers.end(layout)


def _stop_in_order(supervisor: Supervisor) -> None:
    names = supervisor.names()
    with step("gateway, services and simulator"):
        supervisor.stop_all([name for name in names if name not in SERVERS])
    with step("RabbitMQ and Postgres"):
        for name in SERVERS:
            if name in names:
                supervisor.stop(name)
        supervisor.shut_down()
