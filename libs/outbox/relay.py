"""Publishes what was committed: in batches, pipelined, confirmed, in order for each aggregate.

Each shard is carried by one process at a time, by a lease in Postgres; a process reads all it carries at once. Two at
once (at a lease's edge) cause only duplicates and disorder, which every inbox absorbs. A row leaves the outbox when the
broker has confirmed it and not before; what the broker refuses stops only its own aggregate. No transaction is open
while publishing.
"""

import asyncio
import contextlib
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from opentelemetry import trace
from opentelemetry.trace import Link, SpanKind
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.broker.connection import Connection, LinkBroken
from libs.broker.publisher import Outgoing, Publisher
from libs.broker.topology import EVENTS
from libs.contracts.envelope import CONTENT_TYPE
from libs.database.statement import in_schema
from libs.database.trouble import trouble_of
from libs.outbox import metrics
from libs.outbox.append import SHARDS
from libs.outbox.failpoints import failpoint
from libs.outbox.wakeup import Wakeup
from libs.telemetry import names
from libs.telemetry.tracing import TRACEPARENT, extract, tracer

log = structlog.get_logger()

BATCH = 200
BATCH_BYTES = 1024 * 1024
LEASE_S = 15
TRUST_S = 12.0
"""A lease is trusted for less than it lasts, by this process's own steady clock."""
RENEW_UNDER_S = 8.0
LONGEST_REFUSAL = timedelta(minutes=5)
FEW = 10
"""So many journeys at once get a span each, as a step of their own trace; more get one span that links to all."""
_ORIGIN = re.compile(r'"traceparent":"([0-9a-f-]{55})"')


@dataclass(frozen=True, slots=True)
class Pending:
    """One row of the outbox with what is to be sent."""

    pos: int
    aggid: UUID
    refusals: int
    message: Outgoing


class Relay:
    def __init__(
        self, *, service: str, schema: str, engine: AsyncEngine, wakeup: Wakeup, poll: timedelta, chance: random.Random
    ) -> None:
        self._service = service
        self._schema = schema
        self._engine = engine
        self._poll = poll
        self._owner = f"{service}-{chance.getrandbits(48):012x}"
        self._wakeup = wakeup
        self._lease = in_schema(schema, _LEASE)
        self._release = in_schema(schema, "update $S.relay_lease set expires_at = now() where owner = :owner")
        self._due = in_schema(schema, _DUE)
        self._sent = in_schema(schema, "delete from $S.outbox where pos = any(:sent)")
        self._refused = in_schema(schema, _REFUSED)

    async def work(self, connection: Connection) -> None:
        """Carry every shard this process can lease over one connection, until it breaks."""
        try:
            await self._carry(await Publisher.open(connection, self._service))
        except (SQLAlchemyError, ConnectionError) as error:
            if trouble_of(error) is None:
                raise
            raise LinkBroken("database away") from None
        finally:
            self._show_held(())

    async def release(self) -> None:
        """Give the leases up at once, so that another process need not wait for them to end."""
        async with self._engine.begin() as connection:
            await connection.execute(self._release, {"owner": self._owner})

    async def _carry(self, publisher: Publisher) -> None:
        held: Sequence[int] = ()
        trusted_until = 0.0
        while True:
            if trusted_until - time.monotonic() < RENEW_UNDER_S:
                trusted_until = time.monotonic() + TRUST_S
                held = await self._renew()
                self._show_held(held)
                await failpoint("relay.slow_after_lease")
            if not held:
                trusted_until = 0.0
                await asyncio.sleep(self._poll.total_seconds() * 2)
                continue
            if trusted_until <= time.monotonic():
                continue  # it took too long: the leases may be another's by now
            await publisher.ready()
            if not await self._publish_due(held, publisher):
                await self._wakeup.wait(self._poll)

    async def _renew(self) -> Sequence[int]:
        """The shards that are ours from now on for as long as a lease lasts."""
        async with self._engine.begin() as connection:
            held = await connection.execute(self._lease, {"owner": self._owner, "lease": LEASE_S})
        return sorted(held.scalars())

    def _show_held(self, held: Sequence[int]) -> None:
        for shard in range(SHARDS):
            metrics.relay_lease_held.labels(self._service, str(shard)).set(shard in held)

    async def _publish_due(self, held: Sequence[int], publisher: Publisher) -> bool:
        """Send one batch and settle it; False when that was all for now."""
        with metrics.relay_batch_seconds.labels(self._service).time():
            batch, more = await self._read_due(held)
            if not batch:
                return False
            await failpoint("relay.claimed")
            with _sending(batch):
                outcomes = await publisher.publish([pending.message for pending in batch])
            await failpoint("relay.confirmed")
            await self._settle(batch, outcomes)
        return more

    async def _read_due(self, held: Sequence[int]) -> tuple[list[Pending], bool]:
        """The next batch, and whether there may be more behind it."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(self._due, {"held": held, "limit": BATCH})).all()
        batch: list[Pending] = []
        size = 0
        for row in rows:
            size += len(row.body)
            if batch and size > BATCH_BYTES:
                break
            batch.append(Pending(row.pos, row.aggid, row.refusals, _outgoing(row)))
        return batch, len(rows) == BATCH or len(batch) < len(rows)

    async def _settle(self, batch: Sequence[Pending], outcomes: Sequence[str | None]) -> None:
        sent = [pending.pos for pending, refusal in zip(batch, outcomes, strict=True) if refusal is None]
        refused = [(pending, why) for pending, why in zip(batch, outcomes, strict=True) if why is not None]
        async with self._engine.begin() as connection:
            await connection.execute(self._sent, {"sent": sent})
            for pending, why in refused:
                wait = min(LONGEST_REFUSAL, timedelta(seconds=2 ** min(pending.refusals, 9)))
                values = {"pos": pending.pos, "error": why, "wait": wait}
                await connection.execute(self._refused, values)
        metrics.relay_published.labels(self._service, "sent").inc(len(sent))
        if refused:
            metrics.relay_published.labels(self._service, "refused").inc(len(refused))
            log.warning("the broker refused events", count=len(refused), reason=refused[0][1])


@contextlib.contextmanager
def _sending(batch: Sequence[Pending]) -> Iterator[None]:
    """Spans for handing a batch to the broker, in the traces its events come from."""
    origins = list(dict.fromkeys(str(pending.message.headers.get(TRACEPARENT, "")) for pending in batch))
    contexts = [extract({TRACEPARENT: origin}) for origin in origins if origin]
    attributes: dict[str, str | int] = {
        names.MESSAGING_SYSTEM: "rabbitmq",
        names.MESSAGING_DESTINATION: EVENTS,
        names.MESSAGING_COUNT: len(batch),
    }
    name, kind = f"send {EVENTS}", SpanKind.PRODUCER
    if len(contexts) <= FEW:
        spans = [tracer().start_span(name, context=origin, kind=kind, attributes=attributes) for origin in contexts]
    else:
        links = [Link(trace.get_current_span(origin).get_span_context()) for origin in contexts]
        spans = [tracer().start_span(name, kind=kind, links=links, attributes=attributes)]
    try:
        yield
    finally:
        for span in spans:
            span.end()


_LEASE = """
update $S.relay_lease set owner = :owner, expires_at = now() + make_interval(secs => :lease)
where owner = :owner or expires_at < now() returning shard
"""

# A refused event holds back the later ones of its aggregate, and nobody else's.
_DUE = """
select o.pos, o.aggid, o.refusals, e.id, e.type, e.body, e.aggseq
from $S.outbox o join $S.event e on e.recorded_at = o.recorded_at and e.pos = o.pos
where o.shard = any(:held) and o.next_at <= now() and not exists (
    select 1 from $S.outbox earlier
    where earlier.next_at > '-infinity' and earlier.aggid = o.aggid
      and earlier.pos < o.pos and earlier.next_at > now()
)
order by o.pos limit :limit
"""

_REFUSED = """
update $S.outbox set refusals = refusals + 1, next_at = now() + :wait, last_error = :error where pos = :pos
"""


def _outgoing(row: Any) -> Outgoing:
    return Outgoing(
        message_id=str(row.id),
        routing_key=row.type,
        body=row.body.encode(),
        content_type=CONTENT_TYPE,
        type=f"sg.tms.{row.type}",
        headers={
            "cloudEvents_id": str(row.id),
            "cloudEvents_type": f"sg.tms.{row.type}",
            "aggseq": row.aggseq,
            **({TRACEPARENT: origin[1]} if (origin := _ORIGIN.search(row.body)) else {}),
        },
    )
