"""The sample service as a real process that tests start, kill and look into."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from libs.database.engine import plain_url
from libs.database.unit_of_work import UnitsOfWork
from libs.servers.ports import free_ports, is_listening
from libs.telemetry.context import Context, entered
from libs.testing.sample.events import SampleTicked

ROOT = Path(__file__).parents[3]
POLL_S = 0.05


@dataclass(slots=True)
class SampleProcess:
    """One worker process of the sample service."""

    database_url: str
    amqp_url: str
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=lambda: free_ports(1)[0])
    _process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> "SampleProcess":
        """Start it; answers when its HTTP port listens."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "libs.testing.sample.service", "run"],
                env=self._values(environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
            )
        deadline = time.monotonic() + 30
        while not is_listening(self.port):
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"the sample service did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(POLL_S)
        return self

    def play(self, role: str) -> subprocess.CompletedProcess[str]:
        """Play a role that ends by itself, to its end."""
        return subprocess.run(  # noqa: S603 - a role of our own
            [sys.executable, "-m", "libs.testing.sample.service", role],
            env=self._values({}),
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
            check=False,
        )

    def _values(self, further: dict[str, str]) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "AMQP_URL": self.amqp_url,
            "TMS_PORT": str(self.port),
            "TMS_ENVIRONMENT": "test",
            "PYTHONPATH": str(ROOT),
            **self.environment,
            **further,
        }

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL: no chance to finish anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def stop(self) -> int | None:
        """SIGTERM, and its exit status."""
        if self._process is None:
            return None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()
            return None


class SampleDatabase:
    """Looks into the sample service's tables."""

    def __init__(self, url: str) -> None:
        self._url = plain_url(url)

    async def fetch(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self._url, timeout=10)
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    async def value(self, sql: str, *values: Any) -> Any:
        rows = await self.fetch(sql, *values)
        return rows[0][0] if rows else None

    async def violations(self) -> dict[str, int]:
        """How often each promise is broken: all must be 0 once everything has come to rest."""
        return {name: int(await self.value(sql)) for name, sql in INVARIANTS.items()}


INVARIANTS = {
    # events of living aggregates without an effect, nor an explanation
    "lost": """
        select count(*) from sample.event e where e.aggtype = 'sample'
        and not exists (select 1 from sample.effect f where f.event_id = e.id)
        and not exists (select 1 from sample.inbox i where i.event_id = e.id and i.state <> 'done')
        and not exists (select 1 from sample.inbox i where i.consumer = 'sample' and i.state = 'done'
            and i.event_id = e.id and e.type <> 'sample.ticked.v1')
    """,
    "twice": "select count(*) from (select 1 from sample.effect group by event_id having count(*) > 1) as t",
    "ghost": """
        select count(*) from sample.effect f where not exists (select 1 from sample.event e where e.id = f.event_id)
    """,
    "order": """
        select count(*) from (
            select number, lag(number, 1, 0::bigint) over (partition by sample_id order by id) as before
            from sample.effect
        ) as t where number <> before + 1
    """,
    # what operators do is told on topics that nobody listens to here
    "unpublished": """
        select count(*) from sample.outbox join sample.event using (recorded_at, pos) where aggtype = 'sample'
    """,
    "open": "select count(*) from sample.inbox where state in ('retry', 'running', 'waiting')",
}


async def metrics_of(process: SampleProcess) -> str:
    """What the process counts, in Prometheus's text form."""
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{process.port}/metrics")).text


SETTLED = dict.fromkeys(INVARIANTS, 0)


async def settled(database: SampleDatabase) -> bool:
    """Whether everything has come to rest and every promise holds."""
    return await database.violations() == SETTLED


async def at_rest(database: SampleDatabase, *, within_s: float = 30, what: str = "everything settled") -> None:
    """Wait until everything has settled; the assertion says which promise is broken and what still waits for what."""
    try:
        await until(lambda: settled(database), within_s=within_s, what=what)
    except AssertionError as never:
        waiting = [tuple(row) for row in await database.fetch(WAITING)]
        raise AssertionError(f"{never}\nbroken: {await database.violations()}\nwaiting: {waiting}") from None


WAITING = """
select 'outbox', shard::text, refusals::text, last_error, next_at::text, count(*) from sample.outbox group by 2, 3, 4, 5
union all
select 'lease', shard::text, owner, null, expires_at::text, null from sample.relay_lease
union all
select 'inbox', state, attempts::text, max(error), max(next_at)::text, count(*) from sample.inbox group by 2, 3
"""


async def tick(units: UnitsOfWork, sample_id: UUID, number: int, behave: str = "ok") -> None:
    """One business transaction that emits one event."""
    with entered(Context(correlation_id=units.ids.new())):
        async with units.begin() as uow:
            uow.emit(SampleTicked(sample_id=sample_id, number=number, behave=behave))


async def tick_series(units: UnitsOfWork, sample_ids: Sequence[UUID], first: int, last: int) -> None:
    """Numbers `first` to `last` for each aggregate, aggregates side by side."""

    async def one(sample_id: UUID) -> None:
        for number in range(first, last + 1):
            await tick(units, sample_id, number)

    await asyncio.gather(*(one(sample_id) for sample_id in sample_ids))


async def until(condition: Callable[[], Awaitable[Any]], *, within_s: float = 30, what: str = "") -> Any:
    """Poll until the condition answers something true; the assertion says what never came."""
    deadline = time.monotonic() + within_s
    last: Any = None
    while time.monotonic() < deadline:
        try:
            last = await condition()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            last = error
        else:
            if last:
                return last
        await asyncio.sleep(POLL_S)
    raise AssertionError(f"{what or 'the condition'} never came within {within_s:.0f} s; last seen: {last!r}")
