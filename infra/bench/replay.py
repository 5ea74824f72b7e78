"""What a large replay costs those who did nothing wrong: live events beside it, against the same without.

A thousand events are dead, their cause is mended, and all are replayed, while others go on being said at a steady rate.
Both halves run in one process, one after the other, on servers of this run's own.
"""

import asyncio
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic
from uuid import UUID, uuid4

import asyncpg
from rich.console import Console
from rich.table import Table

from infra.bench.messaging import PATIENCE_S, SAMPLE, STEADY_PER_S, Stage, ring_for, stage_of, steadily
from infra.bench.process import run_beside
from libs.database.engine import plain_url
from libs.database.migrations import upgrade
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.dead_letters import Alike, DeadLetters
from libs.testing.sample.events import SampleTicked
from libs.testing.sample.service import sample

GOAL = 2.0
DEAD, IN_ONE_COMMIT = 1_000, 100
REPLAYED_PER_S = 100
"""Five times what an operator gets who names no rate: the replay lasts as long as the live events beside it."""
SECONDS = 12
POLL_S = 0.1
LETTERS = DeadLetters("sample", "sample")


@dataclass(frozen=True, slots=True)
class Half:
    """Milliseconds from commit to effect of every live event, sorted; and how many of them arrived a second."""

    waits: Sequence[float]
    per_s: float
    replayed: int = 0
    """Of the dead, how many were done within this half."""

    @property
    def median(self) -> float:
        return statistics.median(self.waits)

    @property
    def tail(self) -> float:
        return self.waits[int(len(self.waits) * 0.99)]


def run() -> bool:
    """Measure and tell; True when live events are slowed by no more than the goal."""
    with ExitStack() as stack:
        alone, beside = asyncio.run(_measure(stage_of(stack)))
    median, tail = beside.median / alone.median, beside.tail / alone.tail
    rate = beside.per_s / alone.per_s
    title = f"live events at {STEADY_PER_S}/s while {DEAD} dead letters are replayed at {REPLAYED_PER_S}/s"
    table = Table(title=title)
    for heading in ("", "without", "during the replay", "ratio"):
        table.add_column(heading)
    table.add_row("half within, ms", f"{alone.median:.1f}", f"{beside.median:.1f}", f"{median:.2f} x (goal <= {GOAL})")
    table.add_row("99 of 100 within, ms", f"{alone.tail:.1f}", f"{beside.tail:.1f}", f"{tail:.2f} x (goal <= {GOAL})")
    table.add_row("events/s arrived", f"{alone.per_s:.0f}", f"{beside.per_s:.0f}", f"{rate:.2f} x (goal >= {1 / GOAL})")
    table.add_row("dead letters done meanwhile", "", str(beside.replayed), "")
    Console().print(table)
    return median <= GOAL and tail <= GOAL and rate >= 1 / GOAL


async def _measure(stage: Stage) -> tuple[Half, Half]:
    await upgrade(stage.database, folder=sample.migrations, schema=sample.schema)
    database = await asyncpg.connect(plain_url(stage.database))
    try:
        async with ring_for(stage) as units:
            await _bury(units, database)
            with run_beside(SAMPLE, stage.environment()):
                live = [uuid4() for _ in range(STEADY_PER_S)]
                await _live(units, database, live, seconds=2)
                alone = await _live(units, database, live, seconds=SECONDS)
                await _replay(units)
                beside = await _live(units, database, live, seconds=SECONDS)
                await _until(
                    database, "select count(*) = $1 from sample.inbox where series = 2 and state = 'done'", DEAD
                )
                await _each_once(database)
    finally:
        await database.close()
    return alone, beside


async def _bury(units: UnitsOfWork, database: "asyncpg.Connection[asyncpg.Record]") -> None:
    """A thousand events of as many records that died in the inbox, their cause mended since."""
    for start in range(0, DEAD, IN_ONE_COMMIT):
        async with units.begin() as uow:
            for _ in range(start, start + IN_ONE_COMMIT):
                uow.emit(SampleTicked(sample_id=uuid4(), number=1))
    await database.execute("delete from sample.outbox")
    await database.execute(_DIED)


async def _replay(units: UnitsOfWork) -> None:
    async with units.begin() as uow:
        count = await LETTERS.replay(
            uow, event_ids=None, alike=Alike(type="sample.ticked.v1"), rate_per_s=REPLAYED_PER_S, reason="mended",
            dry_run=False,
        )  # fmt: skip
    if count != DEAD:
        raise RuntimeError(f"{count} of {DEAD} were replayed")


async def _live(
    units: UnitsOfWork, database: "asyncpg.Connection[asyncpg.Record]", live: Sequence[UUID], *, seconds: int
) -> Half:
    since = await database.fetchval("select clock_timestamp()")
    began = monotonic()
    await steadily(units, live, seconds=seconds)
    wanted = seconds * STEADY_PER_S
    await _until(database, _ARRIVED, wanted, since, live)
    per_s = wanted / (monotonic() - began)
    rows = await database.fetch(_WAITS, since, live)
    replayed = await database.fetchval("select count(*) from sample.inbox where series = 2 and state = 'done'")
    return Half(sorted(float(row["ms"]) for row in rows), per_s, int(replayed))


async def _until(database: "asyncpg.Connection[asyncpg.Record]", question: str, *values: object) -> None:
    deadline = monotonic() + PATIENCE_S
    while not await database.fetchval(question, *values):
        if monotonic() > deadline:
            raise RuntimeError(f"it never came to this: {question}")
        await asyncio.sleep(POLL_S)


async def _each_once(database: "asyncpg.Connection[asyncpg.Record]") -> None:
    wrong = "select count(*) from (select 1 from sample.effect group by event_id having count(*) > 1) as t"
    if await database.fetchval(wrong):
        raise RuntimeError("an effect came twice")


_DIED = """
insert into sample.inbox (consumer, event_id, state, aggtype, aggid, aggseq, type, source, body, attempts, reason,
    error, fingerprint, done_at)
select 'sample', id, 'dead', aggtype, aggid, aggseq, type, '/tms/sample', body, 7, 'error', 'Broken: synthetic',
    'sample|' || type || '|Broken|-', now() from sample.event
"""
_OF_LIVE = """
from sample.effect f join sample.event e on e.id = f.event_id where e.recorded_at >= {since} and e.aggid = any({live})
"""
_ARRIVED = f"select count(*) = $1 {_OF_LIVE.format(since='$2', live='$3')}"
_WAITS = f"select extract(epoch from f.at - e.recorded_at) * 1000 as ms {_OF_LIVE.format(since='$1', live='$2')}"
