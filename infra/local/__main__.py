"""`make up`, `down`, `status`, `logs` and `reset`: the whole system on one machine."""

import asyncio
import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.local import clock
from infra.local.environment import email_of
from infra.local.layout import Layout
from infra.local.programs import programs
from infra.local.reading import follow
from infra.local.rolling import NotReplaced, Rolling
from infra.local.running import TROUBLE, LocalSystem, healthy, step, stop_everything
from infra.local.secrets import Secrets, choose_servers, read_or_make
from infra.local.supervisor import ProcessState, Supervisor
from libs.servers.account import remove_folder
from libs.sources import SINGAPORE

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(highlight=False)


@cli.command()
def up() -> None:
    """Start everything that does not run yet; again is fast and harmless."""
    layout = Layout.from_environment()
    try:
        console.print(f"\n[bold]Hawker Boys TMS[/]  [dim]{layout.run}[/]\n")
        secrets = choose_servers(layout.secrets, layout.services())
        LocalSystem(layout, secrets).bring_up()
    except TROUBLE as failure:
        console.print("\n  [red]✗[/]", Text(str(failure)), "\n")
        console.print(
            "  [bold]Next:[/] mend what it says and run [bold]make up[/] again; "
            "[bold]make status[/] and [bold]make logs[/] show more."
        )
        raise typer.Exit(1) from None
    _welcome(layout, secrets)


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
    remaining = stop_everything(layout)
    if remaining:
        console.print("  [red]✗[/] still running: " + "; ".join(remaining))
        raise typer.Exit(1)


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
    except (*TROUBLE, NotReplaced) as failure:
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
        ready_now = healthy(program) if program.health_path else program.ready()
        ready = "[green]yes[/]" if ready_now else "[red]no[/]"
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
    kept = len(list(layout.backups.glob("*/manifest.json")))
    among = f", its {kept} backups among it" if kept else ""
    if not yes and not typer.confirm(f"Delete all data under {layout.run}{among}?"):
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
