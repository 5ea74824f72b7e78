"""`make chaos`: the whole system at work while its processes are killed; then its promises are counted.

The seed decides what breaks when; the same seed breaks the same things again.
"""

import asyncio
import random
import secrets
import time
from collections import Counter
from typing import Annotated
from uuid import UUID, uuid4

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from infra.chaos.checks import sample_violations, system_violations, unsynced_because
from infra.chaos.schedule import Fault, schedule
from infra.chaos.stage import Stage, stage
from infra.chaos.writers import Counts, Publisher, tick_on
from infra.demo.client import Api, Refusal
from infra.demo.journey import Journey, find_or_make_course, find_or_make_trainers, find_or_make_venue
from infra.local.environment import email_of
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.sources import SystemClock, TimeOrderedIds
from libs.testing.sample.process import SampleDatabase

cli = typer.Typer(add_completion=False)
console = Console(highlight=False)
AGGREGATES = 12
DRAIN_S = 240.0
TOKEN_FOR_S = 300.0


@cli.command(help=__doc__)
def run(
    seconds: Annotated[float, typer.Option(help="how long to break things")] = 60,
    seed: Annotated[int, typer.Option(help="0 draws one")] = 0,
    *,
    keep: Annotated[bool, typer.Option(help="keep the data for a look afterwards")] = False,
) -> None:
    seed = seed or secrets.randbelow(1_000_000)
    console.print(f"\n[bold]Chaos[/]  seed [bold]{seed}[/]   again: make chaos SEED={seed}\n")
    with stage(keep=keep) as standing:
        violated = asyncio.run(_play(standing, seed, seconds))
    raise typer.Exit(1 if violated else 0)


async def _play(standing: Stage, seed: int, seconds: float) -> bool:
    faults = schedule(seed, seconds, standing.victims)
    counts, stop = Counts(), asyncio.Event()
    engine = create_engine(standing.database_url, application_name="chaos writer", pool_size=AGGREGATES)
    units = UnitsOfWork(engine, clock=SystemClock(), ids=TimeOrderedIds(), append=outbox_append("sample", "sample"))
    publisher = Publisher(_journey(standing), _Token(standing).current, standing.gateway)
    chance = random.Random(seed)
    ids = [uuid4() for _ in range(AGGREGATES)]
    writers = [asyncio.create_task(tick_on(units, one, random.Random(chance.random()), counts, stop)) for one in ids]
    writers.append(asyncio.create_task(publisher.publish_on(counts, stop)))
    struck = await _break_things(standing, faults, seconds, counts)
    stop.set()
    await asyncio.gather(*writers)
    await publisher.close()
    violations = await _drain(standing, counts, ids)
    await engine.dispose()
    violated = _report(counts, struck, violations)
    if violations.get("the system", {}).get("unexplained"):
        for line in await unsynced_because(standing.database_url):
            console.print(f"  {line}")
    return violated


def _journey(standing: Stage) -> Journey:
    """The demo's course, venue and trainers, made while all is well."""
    api = Api(standing.gateway)
    api.sign_in(email_of("ops"), standing.secrets.people["ops"])
    journey = Journey(api, api, standing.simulator, console.print)
    for prepare in (find_or_make_course, find_or_make_venue, find_or_make_trainers):
        prepare(journey)
    return journey


class _Token:
    """Signs in again when the token grows old; insists while auth is away."""

    def __init__(self, standing: Stage) -> None:
        self._standing = standing
        self._token = ""
        self._old_at = 0.0

    async def current(self) -> str:
        while time.monotonic() > self._old_at:
            try:
                self._token = await asyncio.to_thread(self._sign_in)
                self._old_at = time.monotonic() + TOKEN_FOR_S
            except (Refusal, httpx.HTTPError):
                await asyncio.sleep(0.5)
        return self._token

    def _sign_in(self) -> str:
        api = Api(self._standing.gateway)
        try:
            return api.sign_in(email_of("ops"), self._standing.secrets.people["ops"])
        finally:
            api.close()


async def _break_things(standing: Stage, faults: list[Fault], seconds: float, counts: Counts) -> Counter[str]:
    struck: Counter[str] = Counter()
    began = time.monotonic()
    columns = (TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=seconds)
        while (elapsed := time.monotonic() - began) < seconds:
            while faults and faults[0].at_s <= elapsed:
                fault = faults.pop(0)
                await asyncio.to_thread(standing.strike, fault.victim)
                struck[fault.victim] += 1
            await asyncio.to_thread(standing.raise_the_dead)
            told = f"{counts.ticks} ticks, {len(counts.published)} runs, {struck.total()} kills"
            progress.update(task, completed=elapsed, description=told)
            await asyncio.sleep(0.1)
    return struck


async def _drain(standing: Stage, counts: Counts, ids: list[UUID]) -> dict[str, dict[str, int]]:
    """Wait until everything has come to rest, or the deadline has passed; answers the last count."""
    database = SampleDatabase(standing.database_url)
    deadline = time.monotonic() + DRAIN_S
    violations: dict[str, dict[str, int]] = {}
    with console.status(f"coming to rest: {len(ids)} aggregates, {len(counts.published)} runs"):
        while time.monotonic() < deadline:
            await asyncio.to_thread(standing.raise_the_dead)
            try:
                violations = {
                    "sample service": await sample_violations(database),
                    "the system": await system_violations(
                        standing.database_url,
                        standing.layout.services(),
                        counts.published,
                        f"{standing.simulator}/_control",
                    ),
                }
            except (OSError, httpx.HTTPError) as error:
                violations = {"the system": {f"unreachable: {type(error).__name__}": 1}}
            if not any(count for group in violations.values() for count in group.values()):
                break
            await asyncio.sleep(1)
    return violations


def _report(counts: Counts, struck: Counter[str], violations: dict[str, dict[str, int]]) -> bool:
    kills = ", ".join(f"{victim} {count}" for victim, count in sorted(struck.items()))
    console.print(f"  {counts.ticks} ticks ({counts.rolled_back} rolled back, {counts.failing} made to fail once)")
    console.print(f"  {len(counts.published)} course runs published, {struck.total()} kills: {kills}\n")
    table = Table(box=None, header_style="dim", padding=(0, 3, 0, 0))
    for heading in ("where", "promise broken", "times"):
        table.add_column(heading, justify="right" if heading == "times" else "left")
    for where, group in violations.items():
        for name, count in group.items():
            colour = "red" if count else "green"
            table.add_row(where, name, f"[{colour}]{count}[/]")
    console.print(table)
    violated = any(count for group in violations.values() for count in group.values()) or not violations
    console.print("\n  [red]A promise was broken.[/]\n" if violated else "\n  [green]Every promise held.[/]\n")
    return violated


if __name__ == "__main__":
    cli()
