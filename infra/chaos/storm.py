"""Writers at work while something goes on, and the storm: processes are killed."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from infra.chaos.diary import Diary
from infra.chaos.insisting import Insistent
from infra.chaos.roll import Person
from infra.chaos.scene import Scene
from infra.chaos.schedule import Fault
from infra.chaos.stage import Stage
from infra.chaos.writers.assessor import Assessor
from infra.chaos.writers.clerk import Clerk
from infra.chaos.writers.comparer import Comparer
from infra.chaos.writers.corrector import Corrector
from infra.chaos.writers.importer import Importer
from infra.chaos.writers.marker import Marker
from infra.chaos.writers.publisher import Publisher
from infra.chaos.writers.ticker import Telling, tick_on, told_plainly
from infra.chaos.writers.work import Work, keep_at
from infra.local.environment import email_of
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.sources import SystemClock, TimeOrderedIds

AGGREGATES = 8
CLERKS, CORRECTORS = 3, 2
ROLES = ("admin", "ops", "finance", "trainer", "assessor")
Unit = tuple[str, Callable[[], Awaitable[None]], float]


@dataclass(slots=True)
class Storm:
    """What breaks when, and how long; all of it follows from the seed."""

    seed: int
    seconds: float
    faults: list[Fault]


async def play(
    standing: Stage,
    scene: Scene,
    newcomers: Iterator[Person],
    diary: Diary,
    seed: int,
    meanwhile: Callable[[], Awaitable[None]],
    telling: Telling = told_plainly,
) -> None:
    """Everything is asked for while something goes on; ends when that is over and the last writer has its answer."""
    stop, chance = asyncio.Event(), random.Random(seed)
    engine = create_engine(standing.database_url, application_name="chaos writer", pool_size=AGGREGATES)
    units = UnitsOfWork(engine, clock=SystemClock(), ids=TimeOrderedIds(), append=outbox_append("sample", "sample"))
    async with cast_of(standing, diary) as cast:
        tickers = [
            tick_on(units, uuid4(), random.Random(chance.random()), diary, stop, telling) for _ in range(AGGREGATES)
        ]
        works = (Work(cast, scene, newcomers, diary, random.Random(chance.random())) for _ in count())
        writers = [keep_at(name, unit, diary, stop, pause_s=pause_s) for name, unit, pause_s in _units(works)]
        busy = [asyncio.create_task(one) for one in (*tickers, *writers)]
        raising = asyncio.create_task(_raise(standing, busy))
        try:
            await meanwhile()
        finally:
            stop.set()
            await asyncio.gather(raising, *busy)
    await engine.dispose()


@asynccontextmanager
async def cast_of(standing: Stage, diary: Diary) -> AsyncIterator[dict[str, Insistent]]:
    """One client for each role, shared by whoever acts in it."""
    logins = {role: (email_of(role), standing.secrets.people[role]) for role in ROLES}
    cast = {role: Insistent(standing.gateway, login, diary) for role, login in logins.items()}
    try:
        yield cast
    finally:
        for client in cast.values():
            await client.close()


def _units(works: Iterator[Work]) -> list[Unit]:
    marker = Marker(next(works))
    places: list[str] = []
    return [
        ("publishing", Publisher(next(works)).publish_one, 1.0),
        ("importing", Importer(next(works)).import_one, 0.5),
        *(("enrolling and fees", Clerk(next(works), places).serve_one, 0.3) for _ in range(CLERKS)),
        ("marking", marker.mark_one, 0.5),
        *(("correcting marks", Corrector(next(works)).correct_one, 0.5) for _ in range(CORRECTORS)),
        ("comparing", Comparer(next(works)).compare_one, 0.5),
        ("finalising and amending", Assessor(next(works), marker).finalise_some, 0.3),
    ]


async def break_things(standing: Stage, storm: Storm, diary: Diary, console: Console) -> None:
    """Strike as the storm has it."""
    began, faults, seconds = time.monotonic(), list(storm.faults), storm.seconds
    columns = (TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=seconds)
        while (elapsed := time.monotonic() - began) < seconds:
            while faults and faults[0].at_s <= elapsed:
                victim = faults.pop(0).victim
                diary.strike(victim)
                await asyncio.to_thread(standing.strike, victim)
            told = f"{diary.done.total()} things done, {diary.struck.total()} kills, {diary.repeats.total()} repeats"
            progress.update(task, completed=elapsed, description=told)
            await asyncio.sleep(0.1)


async def _raise(standing: Stage, busy: list[asyncio.Task[None]]) -> None:
    """Sample workers take a while to start; the kills go on meanwhile."""
    while not all(task.done() for task in busy):
        await asyncio.to_thread(standing.raise_the_dead)
        await asyncio.sleep(0.5)
