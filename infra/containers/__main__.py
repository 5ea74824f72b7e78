"""`make compose-up` and its kin, and what a cluster's secret store must hold."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated
from urllib.request import urlopen

import typer
from rich.console import Console
from rich.text import Text

from infra.containers import files, settings
from infra.local.environment import email_of
from infra.local.layout import ROOT, Layout
from infra.local.secrets import Secrets, read_or_make

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(highlight=False)
DOCKERFILE = ROOT / "infra" / "containers" / "Dockerfile"
LINTER = Path(sys.executable).with_name("hadolint")
READY_WITHIN_S = 240
ENGINES = (("docker", "compose"), ("podman", "compose"), ("docker-compose",), ("podman-compose",))


def _known() -> tuple[Layout, Secrets]:
    layout = Layout.from_environment()
    return layout, read_or_make(layout.secrets, layout.services())


@cli.command()
def env() -> None:
    """Write the environment files that docker-compose.yml reads."""
    layout, secrets = _known()
    console.print(f"  {files.write(layout, secrets)}")


@cli.command()
def up() -> None:
    """Build the images and start the system in containers; returns when every service is ready."""
    layout, secrets = _known()
    files.write(layout, secrets)
    _compose(layout, "up", "--build", "--detach")
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
    _compose(layout, "down", *(["--volumes"] if data else []))


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
    hadolint = subprocess.run([LINTER, str(DOCKERFILE)], capture_output=True, text=True, check=False)
    found += (hadolint.stdout + hadolint.stderr).splitlines()
    for mistake in found:
        console.print("  [red]✗[/]", Text(mistake))
    raise typer.Exit(bool(found))


def _compose(layout: Layout, *arguments: str) -> None:
    engine = next((engine for engine in ENGINES if _answers(engine)), None)
    if engine is None:
        console.print(
            "\n  [red]✗[/] No container engine with compose answers here: Docker (with its compose plugin) or Podman.\n"
        )
        raise typer.Exit(1)
    told = layout.run / files.FOLDER / "compose.env"
    run = subprocess.run([*engine, "--env-file", str(told), *arguments], cwd=ROOT, check=False)
    if run.returncode != 0:
        raise typer.Exit(run.returncode)


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


def _answers(engine: tuple[str, ...]) -> bool:
    if shutil.which(engine[0]) is None:
        return False
    return subprocess.run([*engine, "version"], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    cli()
