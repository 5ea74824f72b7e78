"""Events a second through the relay and into an inbox, against aio-pika alone doing the least that can be called safe.

All on private, durable servers, each side one process. Ours does what the peer does not: the relay reads committed
rows and deletes them when confirmed; the consumer commits an inbox row, a cursor and an effect for every event.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import aio_pika
import asyncpg
from rich.console import Console
from rich.table import Table

from infra.bench.process import run_beside
from libs.broker.topology import declare_queues, queue_name
from libs.database.engine import create_engine, plain_url
from libs.database.migrations import upgrade
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.outbox.ending import end
from libs.outbox.wakeup import Notifier, channel_of
from libs.servers.account import remove_folder
from libs.servers.ports import free_ports
from libs.servers.postgres import PostgresServer
from libs.servers.rabbitmq import BrokerUser, RabbitServer
from libs.sources import SystemClock, TimeOrderedIds
from libs.telemetry.context import Context, entered
from libs.testing.sample.events import SampleTicked
from libs.testing.sample.service import sample

RELAY_GOAL, CONSUMER_GOAL = 0.6, 0.35
MEDIAN_GOAL_MS, TAIL_GOAL_MS = 20.0, 100.0
EVENTS, AGGREGATES, IN_ONE_COMMIT = 12_000, 300, 60
STEADY_PER_S, STEADY_S = 100, 20
WARM = 0.1
"""The share of events left out at the beginning: starting up is not what is measured."""
PATIENCE_S = 180.0
POLL_S = 0.05
SAMPLE = ["-m", "libs.testing.sample.service", "run"]
PEER = ["-m", "infra.bench.messaging_peer"]


@dataclass(frozen=True, slots=True)
class Stage:
    """Servers of this run's own."""

    database: str
    amqp: str
    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        (port,) = free_ports(1)
        return {
            "DATABASE_URL": self.database,
            "AMQP_URL": self.amqp,
            "TMS_PORT": str(port),
            "TMS_ENVIRONMENT": "test",
            "TMS_LOG_LEVEL": "warning",
            **more,
        }


@dataclass(frozen=True, slots=True)
class Throughput:
    """Events a second of both sides, there and back."""

    relayed: float
    published: float
    consumed: float
    received: float


def run_throughput() -> bool:
    """Measure relay and consumer and tell; True when both goals are reached."""
    with ExitStack() as stack:
        measured = asyncio.run(_throughput(stage_of(stack)))
    console, peer = Console(), f"aio-pika {version('aio-pika')}"
    table = Table(title=f"events a second, RabbitMQ quorum queue, Postgres with fsync, {EVENTS} events")
    for heading in ("who", "events/s", "ours is"):
        table.add_column(heading)
    relay, consumer = measured.relayed / measured.published, measured.consumed / measured.received
    table.add_row("relay: read, confirmed, deleted", f"{measured.relayed:.0f}", f"{relay:.2f} x (goal {RELAY_GOAL})")
    table.add_row(f"{peer}, pipelined with confirms", f"{measured.published:.0f}", "")
    told = f"{consumer:.2f} x (goal {CONSUMER_GOAL})"
    table.add_row("consumer: inbox, cursor and effect committed", f"{measured.consumed:.0f}", told)
    table.add_row(f"{peer}, received and acknowledged", f"{measured.received:.0f}", "")
    console.print(table)
    return relay >= RELAY_GOAL and consumer >= CONSUMER_GOAL


def run_latency() -> bool:
    """Measure how long a commit takes to become an effect elsewhere, and tell; True when both goals are reached."""
    with ExitStack() as stack:
        waits = sorted(asyncio.run(_latency(stage_of(stack))))
    median, tail = statistics.median(waits), waits[int(len(waits) * 0.99)]
    table = Table(title=f"commit to effect in another process at {STEADY_PER_S} events/s, {len(waits)} events")
    for heading in ("", "ms", "goal"):
        table.add_column(heading)
    table.add_row("half of them within", f"{median:.1f}", f"{MEDIAN_GOAL_MS:.0f}")
    table.add_row("99 of 100 within", f"{tail:.1f}", f"{TAIL_GOAL_MS:.0f}")
    Console().print(table)
    return median <= MEDIAN_GOAL_MS and tail <= TAIL_GOAL_MS


def stage_of(stack: ExitStack) -> Stage:
    """Private servers, gone with the stack."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-messaging-")))
    folder.chmod(0o711)
    postgres_port, amqp_port, names_port, dist_port = free_ports(4)
    postgres = PostgresServer(folder / "postgres", port=postgres_port, password="synthetic")  # noqa: S106 - throw-away
    stack.callback(remove_folder, folder / "postgres")
    postgres.start()
    stack.callback(postgres.stop)
    user = BrokerUser("bench", "synthetic")
    rabbit = RabbitServer(
        folder / "rabbitmq", port=amqp_port, epmd_port=names_port, dist_port=dist_port, users=[user], vhosts=["tms"]
    )
    stack.callback(remove_folder, folder / "rabbitmq")
    rabbit.start()
    stack.callback(rabbit.stop)
    return Stage(postgres.url("postgres"), rabbit.url(), folder)


async def _throughput(stage: Stage) -> Throughput:
    await upgrade(stage.database, folder=sample.migrations, schema=sample.schema)
    await _commit(stage, EVENTS)
    async with await aio_pika.connect(stage.amqp) as connection:
        await declare_queues(await connection.channel(), "sample", ["sample.#"])
    database = await asyncpg.connect(plain_url(stage.database))
    try:
        left = "select count(*) from sample.outbox"
        with run_beside(SAMPLE, stage.environment(TMS_HEARS="false")):
            relayed = await _rate(database, f"select {EVENTS} - ({left})")
        published, received = await _peer(stage)
        with run_beside(SAMPLE, stage.environment()):
            consumed = await _rate(database, "select count(*) from sample.effect")
        twice = "select count(*) from (select 1 from sample.effect group by event_id having count(*) > 1) as t"
        if await database.fetchval(twice):
            raise RuntimeError(f"an effect of {queue_name('sample')} came twice")
    finally:
        await database.close()
    return Throughput(relayed, published, consumed, received)


async def _commit(stage: Stage, events: int) -> None:
    """Business transactions of an API process, beforehand."""
    engine = create_engine(stage.database, application_name="bench writer")
    ids = TimeOrderedIds()
    units = UnitsOfWork(engine, clock=SystemClock(), ids=ids, append=outbox_append("sample", "sample"))
    aggregates = [uuid4() for _ in range(AGGREGATES)]
    with entered(Context(correlation_id=ids.new())):
        for start in range(0, events, IN_ONE_COMMIT):
            async with units.begin() as uow:
                for number in range(start, min(start + IN_ONE_COMMIT, events)):
                    tick = SampleTicked(sample_id=aggregates[number % AGGREGATES], number=number // AGGREGATES + 1)
                    uow.emit(tick)
    await engine.dispose()


async def _rate(database: "asyncpg.Connection[asyncpg.Record]", done: str) -> float:
    """Events a second between the first tenth and the last event."""
    began_at, began_with = 0.0, 0
    deadline = time.monotonic() + PATIENCE_S
    while True:
        count, now = int(await database.fetchval(done)), time.monotonic()
        if not began_at and count >= EVENTS * WARM:
            began_at, began_with = now, count
        if count >= EVENTS:
            return (EVENTS - began_with) / (now - began_at)
        if now > deadline:
            raise RuntimeError(f"only {count} of {EVENTS} events within {PATIENCE_S:.0f} s")
        await asyncio.sleep(POLL_S)


async def _peer(stage: Stage) -> tuple[float, float]:
    """The same bodies, out and in, by a process of its own."""
    told = stage.folder / "peer"
    database = await asyncpg.connect(plain_url(stage.database))
    try:
        body = await database.fetchval("select body from sample.event limit 1")
    finally:
        await database.close()
    arguments = [stage.amqp, str(EVENTS), str(WARM), str(told)]
    with run_beside([*PEER, *arguments], {"BENCH_BODY": body}, wait=True):
        published, received = told.read_text().split()
    return float(published), float(received)


async def _latency(stage: Stage) -> Sequence[float]:
    """Milliseconds from the start of the producing transaction to the write of the effect, by the database's clock."""
    await upgrade(stage.database, folder=sample.migrations, schema=sample.schema)
    aggregates = [uuid4() for _ in range(STEADY_PER_S)]
    database = await asyncpg.connect(plain_url(stage.database))
    try:
        async with ring_for(stage) as units:
            with run_beside(SAMPLE, stage.environment()):
                await steadily(units, aggregates, seconds=2)
                await _arrived(database, 2 * STEADY_PER_S)
                await database.execute("truncate sample.effect")
                await steadily(units, aggregates, seconds=STEADY_S)
                await _arrived(database, STEADY_S * STEADY_PER_S)
        rows = await database.fetch(_WAITS)
    finally:
        await database.close()
    return [float(row["ms"]) for row in rows]


@asynccontextmanager
async def ring_for(stage: Stage) -> AsyncIterator[UnitsOfWork]:
    """Business transactions of an API process, which wakes the worker after each."""
    engine = create_engine(stage.database, application_name="bench writer")
    ids = TimeOrderedIds()
    units = UnitsOfWork(engine, clock=SystemClock(), ids=ids, append=outbox_append("sample", "sample"))
    notifier = Notifier(engine, channel_of("sample"))
    units.wake_with(notifier.ring)
    ringing = asyncio.create_task(notifier.run())
    with entered(Context(correlation_id=ids.new())):
        yield units
    await end([ringing])
    await engine.dispose()


async def steadily(units: UnitsOfWork, aggregates: Sequence[object], *, seconds: int) -> None:
    """One transaction every ten milliseconds, whatever the ones before it do."""
    began = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for number in range(seconds * STEADY_PER_S):
            tasks.create_task(_one(units, aggregates[number % len(aggregates)]))
            await asyncio.sleep(max(0.0, began + (number + 1) / STEADY_PER_S - time.monotonic()))


async def _one(units: UnitsOfWork, aggregate: object) -> None:
    async with units.begin() as uow:
        uow.emit(SampleTicked.model_validate({"sample_id": aggregate, "number": 1}))


async def _arrived(database: "asyncpg.Connection[asyncpg.Record]", wanted: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while await database.fetchval("select count(*) from sample.effect") < wanted:
        if time.monotonic() > deadline:
            raise RuntimeError("the effects never came")
        await asyncio.sleep(POLL_S)


_WAITS = """
select extract(epoch from f.at - e.recorded_at) * 1000 as ms
from sample.effect f join sample.event e on e.id = f.event_id
"""
