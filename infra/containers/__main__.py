"""`make compose-up` and its kin, and what a cluster's secret store must hold."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated
from urllib.request import urlopen

import typer
from rich.console import Console
from rich.text import Text

from infra.containers import files, forwarding, settings
from infra.containers.dockerfile import FILE
from infra.containers.engine import Engine, EngineFailed, NoEngine, run
from infra.local.environment import email_of
from infra.local.layout import Layout
from infra.local.secrets import Secrets, read_or_make

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(highlight=False)
LINTER = Path(sys.executable).with_name("hadolint")
READY_WITHIN_S = 300
TELEMETRY = "telemetry"
"""The profile of those that only look on: collector, Jaeger, Prometheus, Grafana."""


def _known() -> tuple[Layout, Secrets]:
    layout = Layout.from_environment()
    return layout, read_or_make(layout.secrets, layout.services())


@cli.command()
def env() -> None:
    """Write the environment files that docker-compose.yml reads."""
    layout, secrets = _known()
    console.print(f"  {files.write(layout, secrets)}")


@cli.command()
def up(
    *,
    telemetry: Annotated[bool, typer.Option(help="collector, Jaeger, Prometheus and Grafana as well")] = True,
    build: Annotated[bool, typer.Option(help="build the images first")] = True,
) -> None:
    """Build the images and start the system in containers; returns when every service is ready."""
    layout, secrets = _known()
    files.write(layout, secrets, telemetry=telemetry)
    with _explained():
        engine = Engine.of_this_machine()
        watched = ["--profile", TELEMETRY] if telemetry else []
        run(engine.compose(layout, *watched, "up", "--detach", *(["--build"] if build else [])))
    gateway = f"http://127.0.0.1:{layout.port('gateway')}"
    if not _becomes_ready(gateway):
        console.print(
            f"\n  [red]✗[/] {gateway}/readyz does not say that every service is ready. See the engine's logs.\n"
        )
        raise typer.Exit(1)
    console.print(f"\n  [bold green]The system is up.[/]  {gateway}\n")
    for person, password in secrets.people.items():
        console.print(f"    {email_of(person):<28} [bold]{password}[/]")


@cli.command()
def down(*, data: Annotated[bool, typer.Option("--data", help="delete its data as well")] = False) -> None:
    """Stop the system in containers; data stays unless told otherwise."""
    layout = Layout.from_environment()
    with _explained():
        engine = Engine.of_this_machine()
        run(engine.compose(layout, "--profile", TELEMETRY, "down", *(["--volumes"] if data else [])))


@cli.command()
def forward() -> None:
    """Open loopback ports into the running system, those of `make up`, until interrupted."""
    layout = Layout.from_environment()
    with _explained(), suppress(KeyboardInterrupt):
        told = forwarding.carriers(Engine.of_this_machine(), layout)
        asyncio.run(forwarding.forward_until_told(told))


@cli.command()
def bases(
    *,
    trust: Annotated[
        Path | None, typer.Option(help="a certificate (PEM) of a proxy that stands before everything")
    ] = None,
) -> None:
    """Without a registry of images: make what our images stand on, and the servers, of Debian's packages."""
    from infra.containers import stand_ins  # here: a package for development reads the compose file

    with _explained():
        stand_ins.make(Engine.of_this_machine(), authority=trust, say=lambda line: console.print(f"  {line}"))


@cli.command()
def definitions() -> None:
    """Print the broker's definitions; the passwords, {"admin": …, "course": …, …}, come in as JSON."""
    told: dict[str, str] = json.load(sys.stdin)
    admin = told.pop("admin")
    wanted = Layout().services()
    if sorted(told) != sorted(wanted):
        raise typer.BadParameter(f"one password each for admin, {', '.join(wanted)}")
    sys.stdout.write(settings.broker_definitions(told, admin_password=admin) + "\n")


@cli.command()
def store() -> None:
    """Print a store of generated secrets for the development overlay, for `kubectl apply -f -`."""
    from infra.containers.store import records, text  # here, so that compose needs no kubectl

    sys.stdout.write(text(records(*_known())))


@cli.command()
def check() -> None:
    """Hold docker-compose.yml and the Dockerfile against their rules; say what is wrong, or nothing."""
    from infra.containers import compose  # here: a package for development reads the file

    found = compose.mistakes(compose.read())
    hadolint = subprocess.run([LINTER, str(FILE)], capture_output=True, text=True, check=False)
    found += (hadolint.stdout + hadolint.stderr).splitlines()
    for mistake in found:
        console.print("  [red]✗[/]", Text(mistake))
    raise typer.Exit(bool(found))


@contextmanager
def _explained() -> Iterator[None]:
    """What goes wrong with the engine ends the command, in words."""
    try:
        yield
    except (NoEngine, EngineFailed) as failure:
        console.print("\n  [red]✗[/]", Text(str(failure)), "\n")
        raise typer.Exit(1) from None


def _becomes_ready(gateway: str) -> bool:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{gateway}/readyz", timeout=5) as answer:  # noqa: S310 - our own gateway on loopback
                if json.load(answer)["status"] == "ready":
                    return True
        except (OSError, ValueError):
            pass
        time.sleep(1)
    return False


if __name__ == "__main__":
    cli()
