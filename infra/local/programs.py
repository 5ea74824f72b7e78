"""Every process of a local system: how it is started, as whom, and how one sees that it is ready."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from infra.local import environment, servers
from infra.local.layout import ROOT, Layout
from infra.local.secrets import Secrets
from libs.servers.ports import is_listening


@dataclass(frozen=True, slots=True)
class Program:
    """One supervised process. `account` is set for servers that must not run as root."""

    name: str
    command: list[str]
    environment: dict[str, str]
    ready: Callable[[], bool]
    port: int
    stop_signal: str = "TERM"
    stop_wait_s: int = 40
    account: tuple[int, int] | None = None
    folder: str = field(default_factory=lambda: str(ROOT))
    health_path: str | None = None
    inputs: str = ""
    """What else it reads at its start."""

    @property
    def fingerprint(self) -> str:
        """Changes when the program must be started anew to know its settings; tells nothing about them."""
        settings = {name: value for name, value in self.environment.items() if name != "PATH"}
        told = json.dumps([self.command, settings, self.folder, self.inputs], sort_keys=True)
        return sha256(told.encode()).hexdigest()[:16]


def programs(layout: Layout, secrets: Secrets) -> list[Program]:
    """All, in the order in which they start."""
    found: list[Program] = []
    if not secrets.database_url:
        found.append(_postgres(layout, secrets))
    if not secrets.amqp_url:
        found += _rabbitmq(layout, secrets)
    found.append(_simulator(layout, secrets))
    found += [_service(layout, secrets, name) for name in layout.services()]
    found.append(_gateway(layout, secrets))
    return found


def _postgres(layout: Layout, secrets: Secrets) -> Program:
    server = servers.postgres(layout, secrets)
    return Program(
        name="postgres",
        command=server.command(),
        environment=server.environment(),
        ready=server.answers,
        port=server.port,
        stop_signal="INT",
        account=server.ids,
        folder=str(server.folder),
    )


def _rabbitmq(layout: Layout, secrets: Secrets) -> list[Program]:
    server = servers.rabbitmq(layout, secrets)
    names = Program(
        name="epmd",
        command=server.names_command(),
        environment=server.environment(),
        ready=lambda: is_listening(server.epmd_port),
        port=server.epmd_port,
        account=server.ids,
        folder=str(server.folder),
    )
    broker = Program(
        name="rabbitmq",
        command=server.command(),
        environment=server.environment(),
        ready=server.answers,
        port=server.port,
        account=server.ids,
        folder=str(server.folder),
        inputs=repr(server.users),
    )
    return [names, broker]


def _simulator(layout: Layout, secrets: Secrets) -> Program:
    port = layout.port("simulator")
    arguments = ["--port", str(port), "--state", str(layout.run / "simulator.sqlite"), "--quiet"]
    return Program(
        name="simulator",
        command=[sys.executable, "-m", "infra.tpg_simulator", *arguments],
        environment=environment.simulator(secrets),
        ready=lambda: is_listening(port),
        port=port,
        stop_wait_s=10,
    )


def _service(layout: Layout, secrets: Secrets, name: str) -> Program:
    port = layout.port(name)
    return Program(
        name=name,
        command=[sys.executable, "-m", f"services.{name}.main", "run"],
        environment=environment.service(layout, secrets, name),
        ready=lambda: is_listening(port),
        port=port,
        folder=str(layout.code_of(name)),
        health_path="/readyz",
    )


def _gateway(layout: Layout, secrets: Secrets) -> Program:
    port = layout.port("gateway")
    return Program(
        name="gateway",
        command=[sys.executable, "-m", "gateway.main", "run"],
        environment=environment.gateway(layout, secrets),
        ready=lambda: is_listening(port),
        port=port,
        folder=str(layout.code_of("gateway")),
        health_path="/readyz",
    )
