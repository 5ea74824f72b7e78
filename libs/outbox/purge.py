"""Keeps the tables small: old handled rows go, and the log gets its coming months' partitions."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.database.statement import in_schema
from libs.outbox import metrics
from libs.outbox.append import SHARDS
from libs.outbox.feed import Feed
from libs.sources import Clock

log = structlog.get_logger()

KEEP_HANDLED = timedelta(days=90)
"""Must exceed the longest age of anything that may be delivered again."""
AT_ONCE = 5_000
EVERY_S = 3600.0
COUNT_EVERY_S = 10.0
COUNT_WITHIN_S = 10.0
MONTHS_AHEAD = 2


class Purge:
    def __init__(self, *, service: str, schema: str, engine: AsyncEngine, clock: Clock) -> None:
        self._service = service
        self._schema = schema
        self._engine = engine
        self._clock = clock
        self._old = in_schema(schema, _OLD)
        self._counts = in_schema(schema, _COUNTS)
        self._states = in_schema(schema, _STATES)
        self._pending = in_schema(schema, _PENDING)
        self._feed = Feed(schema)

    def tasks(self) -> list[asyncio.Task[None]]:
        return [
            asyncio.create_task(self._regularly(self.purge, EVERY_S)),
            asyncio.create_task(self._regularly(self.measure, COUNT_EVERY_S)),
        ]

    async def _regularly(self, duty: Callable[[], Awaitable[object]], every_s: float) -> None:
        while True:
            try:
                await duty()
            except (SQLAlchemyError, OSError) as error:
                log.warning("housekeeping waits", service=self._service, error=type(error).__name__)
            await asyncio.sleep(every_s)

    async def purge(self) -> int:
        """Delete handled inbox rows past their keeping time, a few thousand at a time; make coming partitions."""
        await self._add_partitions()
        deleted = 0
        while True:
            async with self._engine.begin() as connection:
                result = await connection.execute(self._old, {"keep": KEEP_HANDLED, "limit": AT_ONCE})
            deleted += result.rowcount
            if result.rowcount < AT_ONCE:
                return deleted

    async def _add_partitions(self) -> None:
        """Only for months that have not begun: the default partition may already hold rows of this one."""
        month = _next_month(self._clock.now().date())
        for _ in range(MONTHS_AHEAD):
            following = _next_month(month)
            statement = (
                f"create table if not exists $S.event_{month:%Y_%m} partition of $S.event "
                f"for values from ('{month}') to ('{following}')"
            )
            async with self._engine.begin() as connection:
                await connection.execute(in_schema(self._schema, statement))
            month = following

    async def measure(self) -> None:
        """Set the gauges that alarms hang on. Raises what ails the database, having told that something does."""
        up = metrics.database_up.labels(self._service)
        try:
            async with asyncio.timeout(COUNT_WITHIN_S):
                await self._measure()
        except (SQLAlchemyError, OSError):
            up.set(0)
            raise
        up.set(1)

    async def _measure(self) -> None:
        async with self._engine.connect() as connection:
            counts = (await connection.execute(self._counts)).one()
            pending = {row.shard: row.number for row in await connection.execute(self._pending)}
            states = {row.state: row for row in await connection.execute(self._states)}
            metrics.feed_head_lag_seconds.labels(self._service).set(await self._feed.head_lag(connection))
        for shard in range(SHARDS):
            metrics.outbox_pending.labels(self._service, str(shard)).set(pending.get(shard, 0))
        metrics.outbox_oldest_seconds.labels(self._service).set(counts.oldest_s)
        metrics.outbox_refused.labels(self._service).set(counts.refused)
        metrics.dead_letters_open.labels(self._service, "broker").set(counts.broker_dead)
        for state in ("retry", "running", "waiting", "dead"):
            row = states.get(state)
            metrics.inbox_rows.labels(self._service, state).set(row.number if row else 0)
            metrics.inbox_oldest_seconds.labels(self._service, state).set(row.oldest_s if row else 0)
        metrics.dead_letters_open.labels(self._service, "inbox").set(states["dead"].number if "dead" in states else 0)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


_OLD = """
delete from $S.inbox where ctid = any(array(
    select ctid from $S.inbox where state in ('done', 'discarded') and done_at < now() - cast(:keep as interval)
    limit :limit
))
"""

_COUNTS = """
select coalesce(extract(epoch from now() - min(recorded_at)), 0)::float as oldest_s,
    count(*) filter (where refusals >= 3) as refused,
    (select count(*) from $S.dlq_message where state = 'open') as broker_dead
from $S.outbox
"""

_PENDING = "select shard, count(*) as number from $S.outbox group by shard"

_STATES = """
select state, count(*) as number, coalesce(extract(epoch from now() - min(received_at)), 0)::float as oldest_s
from $S.inbox where state in ('retry', 'running', 'waiting', 'dead') group by state
"""
