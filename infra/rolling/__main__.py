"""`make rolling`: a new release takes over from an earlier one while everybody works, and nobody sees it fail.

A whole system runs the earlier release's code. Under the writers of `make chaos` its schemas go to head and every
process is replaced, one by one, so that both releases work side by side; then each once more by this release itself.
Every request must be answered or told when to come back, and every promise of `make chaos` must hold.
"""

import asyncio
import random
import secrets
from contextlib import ExitStack
from typing import Annotated

import typer
from rich.console import Console

from infra.chaos.checks.everything import Counting
from infra.chaos.checks.messages import heard_by
from infra.chaos.checks.reasons import reasons
from infra.chaos.diary import Diary
from infra.chaos.report import report
from infra.chaos.scene import set_scene
from infra.chaos.settling import drain, stands_still
from infra.chaos.stage import Stage, stage
from infra.chaos.storm import play
from infra.local import clock
from infra.rolling.deployment import Deployment, Telling
from infra.rolling.release import last_release, tree_of
from infra.rolling.report import show

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False)
PORT_BASE = 9_400


@cli.command(help=__doc__)
def run(
    seed: Annotated[int, typer.Option(help="0 draws one")] = 0,
    earlier: Annotated[str, typer.Option("--from", help="the release to come from; the last one unless told")] = "",
    *,
    keep: Annotated[bool, typer.Option(help="keep the data for a look afterwards")] = False,
) -> None:
    seed, earlier = seed or secrets.randbelow(1_000_000), earlier or last_release()
    console.print(f"\n[bold]Rolling[/]  from [bold]{earlier}[/], seed [bold]{seed}[/]   again: ", end="")
    console.print(f"make rolling FROM={earlier} SEED={seed}\n")
    with ExitStack() as stack:
        code = stack.enter_context(tree_of(earlier))
        standing = stack.enter_context(stage(keep=keep, base=PORT_BASE, code=code))
        broken = asyncio.run(_play(standing, seed))
    raise typer.Exit(1 if broken else 0)


async def _play(standing: Stage, seed: int) -> bool:
    diary = Diary()
    with console.status("runs, people, and sessions that are over"):
        scene, newcomers = await asyncio.to_thread(set_scene, standing, diary)
    telling = Telling(random.Random(seed))
    deployment = Deployment(standing, telling, diary.tally, console)
    await play(standing, scene, newcomers, diary, seed, deployment.play, telling)
    counting = Counting(standing.layout.services(), heard_by(), diary, f"{standing.simulator}/_control")
    violations = await drain(standing, counting, console)
    violations["these checks"] = {"versions of an event not spoken": sum(not many for many in telling.spoken.values())}
    failed = show(console, diary.tally, deployment.ended)
    broken = report(console, diary, violations)
    if not stands_still(violations):
        for line in await reasons(standing.database_url, counting, clock.now(standing.layout)):
            console.print(f"  {line}", markup=False)
    return failed or broken


if __name__ == "__main__":
    cli()
