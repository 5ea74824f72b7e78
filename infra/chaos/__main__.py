"""`make chaos`: the whole system at work while its processes are killed; then its promises are counted.

The seed decides what breaks when; the same seed breaks the same things again.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Annotated

import asyncpg
import typer
from rich.console import Console

from infra.chaos.checks.everything import Counting
from infra.chaos.checks.mended import Aftermath
from infra.chaos.checks.messages import heard_by
from infra.chaos.checks.reasons import reasons
from infra.chaos.checks.sabotage import BREACHES, blind_checks
from infra.chaos.checks.tampering import TAMPERED
from infra.chaos.diary import Diary
from infra.chaos.mending import Mending
from infra.chaos.report import report
from infra.chaos.roll import Person
from infra.chaos.scene import Scene, set_scene
from infra.chaos.schedule import schedule
from infra.chaos.settling import drain, stands_still
from infra.chaos.stage import Stage, stage
from infra.chaos.storm import Storm, break_things, cast_of, play
from infra.chaos.writers.corrector import Corrector
from infra.chaos.writers.work import Work
from infra.local import clock

cli = typer.Typer(add_completion=False)
console = Console(highlight=False)
LEAST_KILLS = 3
"""So many must fall into the repair, or it proves little."""


@cli.command(help=__doc__)
def run(
    seconds: Annotated[float, typer.Option(help="how long to break things")] = 60,
    seed: Annotated[int, typer.Option(help="0 draws one")] = 0,
    *,
    keep: Annotated[bool, typer.Option(help="keep the data for a look afterwards")] = False,
) -> None:
    seed = seed or secrets.randbelow(1_000_000)
    console.print(f"\n[bold]Chaos[/]  seed [bold]{seed}[/]   again: make chaos SEED={seed}\n")
    began = time.monotonic()
    with stage(keep=keep) as standing:
        _say("a system of its own stands", began)
        broken = _play(standing, seed, seconds, began)
    raise typer.Exit(1 if broken else 0)


def _play(standing: Stage, seed: int, seconds: float, began: float) -> bool:
    diary = Diary()
    with console.status("runs, people, and sessions that are over"):
        scene, newcomers = set_scene(standing, diary)
    _say("the scene is set", began)
    storm = Storm(seed, seconds, schedule(seed, seconds, standing.victims))
    breaking = partial(break_things, standing, storm, diary, console)
    asyncio.run(play(standing, scene, newcomers, diary, seed, breaking))
    _say("the storm is over, everybody has an answer", began)
    counting = Counting(standing.layout.services(), heard_by(), diary, f"{standing.simulator}/_control")
    violations = asyncio.run(drain(standing, counting, console))
    at_rest = stands_still(violations)
    _say("came to rest" if at_rest else "did not come to rest in time", began)
    if at_rest:
        aftermath = asyncio.run(_mend(standing, scene, newcomers, diary, seed))
        _say("somebody was in the portal; what differed was found, decided and compared again", began)
        counting = replace(counting, aftermath=aftermath)
        violations = asyncio.run(drain(standing, counting, console))
        at_rest = stands_still(violations)
        violations["these checks"] = {"kills missing in the middle of the repair": _kills_missing(diary)}
    if at_rest:
        violations["these checks"]["blind to a breach"] = len(asyncio.run(_blind(standing, counting)))
        _say(f"{len(BREACHES) + len(TAMPERED)} promises were broken on purpose, to see it counted", began)
    broken = report(console, diary, violations)
    if not at_rest:
        now = clock.now(standing.layout)
        for line in asyncio.run(reasons(standing.database_url, counting, now)):
            console.print(f"  {line}", markup=False)
    return broken


async def _mend(standing: Stage, scene: Scene, newcomers: Iterator[Person], diary: Diary, seed: int) -> Aftermath:
    chance = random.Random(seed)
    async with cast_of(standing, diary) as cast:
        corrector = Corrector(Work(cast, scene, newcomers, diary, chance))
        with console.status("somebody is in the portal"):
            return await Mending(standing, cast, corrector, diary, chance).play()


def _kills_missing(diary: Diary) -> int:
    return max(0, LEAST_KILLS - diary.hit["repairing"])


def _say(what: str, began: float) -> None:
    console.print(f"  [dim]{time.monotonic() - began:4.0f} s[/]  {what}")


async def _blind(standing: Stage, counting: Counting) -> list[str]:
    connection = await asyncpg.connect(standing.database_url, timeout=10)
    try:
        blind = await blind_checks(connection, counting)
    finally:
        await connection.close()
    for one in blind:
        console.print(f"  [red]blind:[/] {one}")
    return blind


if __name__ == "__main__":
    cli()
