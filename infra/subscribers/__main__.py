"""Other systems that hear events: let one hear, see how each fares, end one.

python -m infra.subscribers add payroll --areas courses,enrolments
python -m infra.subscribers list
python -m infra.subscribers remove payroll
python -m infra.subscribers definitions payroll --areas courses > payroll.json    for a RabbitMQ set up by import
"""

import asyncio
import json
import secrets
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.local.layout import Layout
from infra.local.servers import VHOST
from infra.subscribers.house import TROUBLE, House, NotUp
from infra.subscribers.subscriber import NotASubscriber, Subscriber

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(highlight=False, soft_wrap=True)
T = TypeVar("T")

Name = Annotated[str, typer.Argument(help="the other system: a-z, 0-9 and _")]
Areas = Annotated[str, typer.Option(help="courses,enrolments,attendance,assessments,sync; without it all")]


@cli.command()
def add(
    system: Name,
    *,
    areas: Areas = "",
    new_secrets: Annotated[bool, typer.Option("--new-secrets", help="the ones so far end at once")] = False,
) -> None:
    """Let a system hear events: its queue, an account that reads it, a client for the feed. Again is harmless."""
    subscriber = _wished(system, areas)
    house = _opened()
    known = house.handovers.find(system)
    if known is not None and not areas:
        subscriber = known.subscriber
    _done(house.let_hear(subscriber, anew=new_secrets))
    path = house.handovers.path(system)
    console.print(f"\n  [green]✓[/] {system} hears of {', '.join(subscriber.areas)}")
    console.print(f"    queue    {subscriber.queue}")
    console.print(f"    account  {subscriber.account}: reads this queue and can do nothing else")
    console.print(f"    client   {subscriber.account}: {' '.join(subscriber.scopes)}")
    console.print(f"    secrets  {path}  [dim]hand it over[/]")
    console.print(f"\n  Try it:  [bold].venv/bin/python infra/subscriber_example/subscriber.py < {path}[/]\n")


@cli.command(name="list")
def show() -> None:
    """Who hears what, how much waits for each, and whether anybody reads it."""
    house = _opened()
    handovers = house.handovers.all()
    states = _done(house.states())
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="dim")
    for heading in ("system", "hears of", "waiting", "readers"):
        table.add_column(heading, justify="right" if heading in ("waiting", "readers") else "left")
    for handover in handovers:
        state = states[handover.system]
        told = ("[red]no queue[/]", "-") if state is None else (f"{state.waiting:,}", str(state.readers))
        table.add_row(handover.system, ", ".join(handover.areas), *told)
    console.print(
        table if handovers else "\n  No other system hears events. `make subscriber NAME=payroll` lets one.\n"
    )


@cli.command()
def remove(system: Name) -> None:
    """End a system's hearing: client disabled, account and queue deleted. Again is harmless."""
    subscriber = _wished(system, "")
    house = _opened()
    _done(house.end(subscriber))
    console.print(f"\n  [green]✓[/] {system} hears nothing any more\n")


@cli.command()
def definitions(
    system: Name,
    *,
    areas: Areas = "",
    vhost: Annotated[str, typer.Option(help="where the exchange stands")] = VHOST,
) -> None:
    """Account, queue and bindings as a definitions document on standard output; the password goes to standard error."""
    subscriber, password = _wished(system, areas), secrets.token_urlsafe(24)
    sys.stdout.write(json.dumps(subscriber.definitions(password, vhost), indent=1) + "\n")
    sys.stderr.write(f"password of {subscriber.account}, shown once: {password}\n")
    sys.stderr.write(f"its client in auth needs: {' '.join(subscriber.scopes)}\n")


def _wished(system: str, areas: str) -> Subscriber:
    try:
        return Subscriber.wished(system, [area.strip() for area in areas.split(",") if area.strip()])
    except NotASubscriber as mistake:
        raise _given_up(mistake) from None


def _opened() -> House:
    house = House(Layout.from_environment())
    try:
        house.ensure_up()
    except NotUp as reason:
        raise _given_up(reason) from None
    return house


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except TROUBLE as trouble:
        raise _given_up(trouble) from None


def _given_up(reason: Exception) -> typer.Exit:
    Console(stderr=True, highlight=False, soft_wrap=True).print("\n  [red]✗[/]", Text(str(reason)), "\n")
    return typer.Exit(1)


if __name__ == "__main__":
    cli()
