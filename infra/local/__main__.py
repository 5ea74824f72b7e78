"""`make up`, `down`, `status`, `logs` and `reset`: the whole system on one machine."""

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.error import URLError
from urllib.request import urlopen

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.local import clock, leftovers, provision, servers
from infra.local.environment import email_of
from infra.local.layout import Layout
from infra.local.programs import Program, programs
from infra.local.reading import follow, told
from infra.local.rolling import NotReplaced, Rolling
from infra.local.secrets import Secrets, choose_servers, read_or_make
from infra.local.supervisor import ProcessState, SupervisionFailed, Supervisor
from libs.servers.account import remove_folder
from libs.servers.binaries import ServerMissing
from libs.servers.ports import is_listening
from libs.servers.process import ServerFailed
from libs.sources import SINGAPORE

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(highlight=False)
READY_WITHIN_S = 90
DEATHS = 3
"""So many times a process may end while it is waited for, until that counts as a failure."""
SERVERS = ("rabbitmq", "epmd", "postgres")
"""In the order in which they stop, after everything that talks to them."""


class NotReady(RuntimeError):
    """A process did not become ready; the message holds the end of its log and what to do."""


@contextmanager
def step(title: str) -> Iterator[None]:
    """One line of progress: what, whether, how long."""
    began = time.monotonic()
    with console.status(title):
        yield
    console.print(f"  [green]✓[/] {title:<38} [dim]{time.monotonic() - began:5.1f} s[/]")


def _wait_ready(supervisor: Supervisor, layout: Layout, program: Program) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    seen: set[int] = set()
    while not program.ready():
        state = supervisor.state(program.name)
        seen |= {state.pid} - {0}
        if len(seen) > DEATHS:
            raise NotReady(f"{program.name} ends again and again. {_log_end(layout, program.name)}")
        if state.state == "FATAL" or time.monotonic() > deadline:
            raise NotReady(f"{program.name} is not ready. {_log_end(layout, program.name)}")
        time.sleep(0.1)


def _log_end(layout: Layout, name: str) -> str:
    log = layout.logs / f"{name}.log"
    lines = log.read_text(errors="replace").splitlines()[-12:] if log.exists() else []
    return f"The end of {log}:\n\n" + "\n".join(f"    {told(name, line)}" for line in lines)


def _start(supervisor: Supervisor, layout: Layout, wanted: list[Program]) -> None:
    for program in wanted:
        supervisor.start(program.name)
    for program in wanted:
        _wait_ready(supervisor, layout, program)


@cli.command()
def up() -> None:
    """Start everything that does not run yet; again is fast and harmless."""
    layout = Layout.from_environment()
    try:
        secrets = _bring_up(layout)
    except (
        ServerMissing,
        ServerFailed,
        SupervisionFailed,
        provision.SchemaBehind,
        NotReady,
        clock.NotMoved,
    ) as failure:
        console.print("\n  [red]✗[/]", Text(str(failure)), "\n")
        console.print(
            "  [bold]Next:[/] mend what it says and run [bold]make up[/] again; "
            "[bold]make status[/] and [bold]make logs[/] show more."
        )
        raise typer.Exit(1) from None
    _welcome(layout, secrets)


def _bring_up(layout: Layout) -> Secrets:
    console.print(f"\n[bold]Hawker Boys TMS[/]  [dim]{layout.run}[/]\n")
    secrets = choose_servers(layout.secrets, layout.services())
    supervisor = Supervisor(layout)
    everything = programs(layout, secrets)
    by_name = {program.name: program for program in everything}
    with step("supervision"):
        if not supervisor.is_up():
            leftovers.end(layout)  # of a supervision that was itself killed
            _refuse_taken_ports(everything)
        supervisor.ensure_up(everything)
        running = {state.name for state in supervisor.states() if state.running}
    if "postgres" in by_name:
        with step("Postgres"):
            servers.postgres(layout, secrets).create()
            _start(supervisor, layout, [by_name["postgres"]])
    if "rabbitmq" in by_name:
        with step("RabbitMQ and simulator"):
            if "rabbitmq" not in running:
                servers.rabbitmq(layout, secrets).create()
            _start(supervisor, layout, [by_name["epmd"]])
            supervisor.start("rabbitmq")
            _start(supervisor, layout, [by_name["simulator"]])
    with step("logins and schemas"):
        asyncio.run(_provision(layout, secrets))
    if "rabbitmq" in by_name:
        with step("RabbitMQ answers"):
            _wait_ready(supervisor, layout, by_name["rabbitmq"])
    with step("services and gateway"):
        _start(supervisor, layout, [by_name[name] for name in ["simulator", *layout.services(), "gateway"]])
        clock.align(layout)
    with step("everything ready"):
        _wait_healthy(everything)
    return secrets


async def _provision(layout: Layout, secrets: Secrets) -> None:
    await provision.provision_database(layout, secrets)
    for service in layout.services():
        await provision.migrate(layout, secrets, service, layout.code_of(service))


def _refuse_taken_ports(everything: list[Program]) -> None:
    taken = [f"{program.port} ({program.name})" for program in everything if is_listening(program.port)]
    if taken:
        raise NotReady(
            f"these ports are taken by something else: {', '.join(taken)}.\n"
            "    Stop it, or run beside it on other ports:  TMS_PORT_BASE=1000 make up"
        )


def _healthy(program: Program) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{program.port}{program.health_path}", timeout=3) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own number
    except (URLError, OSError, ValueError):
        return False


def _wait_healthy(everything: list[Program]) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    waiting = [program for program in everything if program.health_path]
    while waiting := [program for program in waiting if not _healthy(program)]:
        if time.monotonic() > deadline:
            names = ", ".join(program.name for program in waiting)
            raise NotReady(f"started, but not ready: {names}. See `make logs S={waiting[0].name}`.")
        time.sleep(0.2)


def _welcome(layout: Layout, secrets: Secrets) -> None:
    gateway = f"http://127.0.0.1:{layout.port('gateway')}"
    table = Table(box=None, padding=(0, 3, 0, 0), show_header=False)
    for person, password in secrets.people.items():
        table.add_row(f"    {email_of(person)}", f"[bold]{password}[/]")
    console.print(f"\n[bold green]The system is up.[/]  {gateway}\n")
    console.print(f"  API          {gateway}/api/docs")
    console.print(f"  Simulator    http://127.0.0.1:{layout.port('simulator')}/_control/docs")
    console.print("\n  Demo logins, all synthetic:")
    console.print(table)
    console.print("\n  Try next:  [bold]make demo[/]   a whole training, to TPGateway and back")
    console.print("             [bold]make status[/] · [bold]make logs S=tpg_sync[/] · [bold]make down[/]\n")


@cli.command()
def down() -> None:
    """Stop everything; afterwards no process of it is left. Data stays."""
    _stop_everything(Layout.from_environment())
    console.print("\n  Stopped. Data is kept; [bold]make up[/] goes on with it, [bold]make reset[/] deletes it.\n")


def _stop_everything(layout: Layout) -> None:
    supervisor = Supervisor(layout)
    if supervisor.is_up():
        try:
            _stop_in_order(supervisor)
        except SupervisionFailed as failure:
            console.print("  [yellow]![/]", Text(f"{failure}; it is killed"))
    with step("nothing is left"):
        remaining = leftovers.end(layout)
    if remaining:
        console.print("  [red]✗[/] still running: " + "; ".join(remaining))
        raise typer.Exit(1)


def _stop_in_order(supervisor: Supervisor) -> None:
    names = supervisor.names()
    with step("gateway, services and simulator"):
        supervisor.stop_all([name for name in names if name not in SERVERS])
    with step("RabbitMQ and Postgres"):
        for name in SERVERS:
            if name in names:
                supervisor.stop(name)
        supervisor.shut_down()


@cli.command()
def roll() -> None:
    """Replace every service and the gateway by what stands here now, one by one, while people go on working."""
    layout = Layout.from_environment()
    supervisor = Supervisor(layout)
    if not supervisor.is_up():
        console.print("\n  Nothing runs. Start it with [bold]make up[/].\n")
        raise typer.Exit(1)
    rolling = Rolling(layout, read_or_make(layout.secrets, layout.services()), supervisor)
    try:
        with step("schemas"):
            asyncio.run(rolling.expand())
        for name in rolling.order:
            with step(name):
                rolling.replace(name)
    except (SupervisionFailed, provision.SchemaBehind, NotReplaced) as failure:
        console.print("\n  [red]✗[/]", Text(str(failure)), "\n")
        console.print(
            "  What was replaced stays, the rest runs on as before. Mend it and run [bold]make roll[/] again."
        )
        raise typer.Exit(1) from None


@cli.command()
def status() -> None:
    """Every process: state, health, memory, port."""
    layout = Layout.from_environment()
    supervisor = Supervisor(layout)
    if not supervisor.is_up():
        console.print("\n  Nothing runs. Start it with [bold]make up[/].\n")
        raise typer.Exit(1)
    secrets = read_or_make(layout.secrets, layout.services())
    states = {state.name: state for state in supervisor.states()}
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="dim")
    for heading in ("process", "state", "ready", "pid", "up", "memory", "port"):
        table.add_column(heading, justify="right" if heading in ("pid", "up", "memory", "port") else "left")
    python_mb = 0.0
    for program in programs(layout, secrets):
        state = states.get(program.name, ProcessState(program.name, "not started; make up", 0, 0))
        memory = _memory_mb(state.pid)
        python_mb += memory if program.account is None else 0
        healthy = _healthy(program) if program.health_path else program.ready()
        ready = "[green]yes[/]" if healthy else "[red]no[/]"
        colour = "green" if state.running else "red"
        table.add_row(
            program.name, f"[{colour}]{state.state.lower()}[/]", ready, str(state.pid or "-"),
            f"{state.since_s} s" if state.running else "-", f"{memory:,.0f} MB", str(program.port),
        )  # fmt: skip
    console.print(table)
    console.print(f"\n  Python processes together: {python_mb:,.0f} MB\n")


def _memory_mb(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/smaps_rollup") as lines:  # noqa: PTH123 - a kernel file
            return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    except (OSError, StopIteration):
        return 0.0


@cli.command(name="clock")
def show_or_move_clock(
    step_ahead: Annotated[str, typer.Argument(help="4d, 36h or 90m; nothing shows the time only")] = "",
) -> None:
    """What time this system has; with a step, move it ahead (it never goes back)."""
    layout = Layout.from_environment()
    try:
        instant = clock.advance(layout, clock.parse_step(step_ahead)) if step_ahead else clock.now(layout)
    except clock.NotMoved as refused:
        console.print("\n  [red]✗[/]", Text(str(refused)), "\n")
        raise typer.Exit(1) from None
    ahead = instant - datetime.now(UTC)
    console.print(f"\n  {instant.astimezone(SINGAPORE):%a %d %b %Y %H:%M:%S} in Singapore, for this system")
    if ahead > timedelta(seconds=1):
        console.print(
            f"  [dim]{timedelta(seconds=int(ahead.total_seconds()))} ahead of the wall clock; make reset returns[/]"
        )
    console.print()


@cli.command()
def logs(
    service: Annotated[str, typer.Argument(help="one process, or all")] = "",
    *,
    once: Annotated[bool, typer.Option(help="print what is there and stop")] = False,
) -> None:
    """Follow the logs, told in plain lines."""
    layout = Layout.from_environment()
    paths = [layout.logs / f"{service.replace('-', '_')}.log"] if service else sorted(layout.logs.glob("*.log"))
    paths = [path for path in paths if path.exists()]
    if not paths:
        names = ", ".join(path.stem for path in sorted(layout.logs.glob("*.log"))) or "none yet"
        console.print(f"  No log named {service or '(any)'}; there are: {names}")
        raise typer.Exit(1)
    follow(paths, console, forever=not once)


@cli.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False) -> None:
    """Stop everything and delete its data and secrets."""
    layout = Layout.from_environment()
    if not layout.run.exists():
        console.print("  There is nothing to delete.\n")
        return
    if not yes and not typer.confirm(f"Delete all data under {layout.run}?"):
        raise typer.Exit(1)
    _stop_everything(layout)
    for name in ("postgres", "rabbitmq"):
        remove_folder(layout.run / "servers" / name)
    shutil.rmtree(layout.run)
    console.print("  Deleted.\n")


@cli.command()
def login(person: Annotated[str, typer.Argument(help="admin, ops, trainer, …")]) -> None:
    """Print a demo login as JSON, for scripts."""
    layout = Layout.from_environment()
    secrets = read_or_make(layout.secrets, layout.services())
    sys.stdout.write(json.dumps({"email": email_of(person), "password": secrets.people[person]}) + "\n")


if __name__ == "__main__":
    cli()
