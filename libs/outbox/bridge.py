"""Empties the broker's dead-letter queue into the database, where people can see it.

What died there was never the application's decision: bytes that are no event, or a message that came back twenty times
because processes kept dying. A valid event that was not handled yet becomes due work and heals by itself; anything else
stays open for a person.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.broker.connection import Channel, Connection, Queue
from libs.broker.consumer import Delivery, consume
from libs.broker.topology import dead_queue_name, declare_queues
from libs.contracts.envelope import UnreadableEnvelope
from libs.database.statement import in_schema
from libs.outbox import metrics
from libs.outbox.hearing import understand
from libs.outbox.inbox import Inbox
from libs.outbox.patience import HeldTooLong, Patience
from libs.outbox.wakeup import Wakeup

log = structlog.get_logger()

PREFETCH = 20
BACK_PAUSE_S = 1.0
"""It comes again at once; what cannot be kept must not keep us busy."""
NUL = "\\u0000"
"""As JSON spells it; the one character a database cannot hold."""


class Bridge:
    def __init__(self, *, inbox: Inbox, engine: AsyncEngine, patience: Patience, bell: Wakeup) -> None:
        self._inbox = inbox
        self._engine = engine
        self._patience = patience
        self._bell = bell
        self._arrived: asyncio.Queue[Delivery] = asyncio.Queue()
        self._stop = asyncio.Event()
        self._store = in_schema(inbox.schema, _STORE)
        self._lag = metrics.dlq_bridge_lag.labels(inbox.consumer)

    def tasks(self) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self._drain())]

    def stop(self) -> None:
        self._stop.set()

    async def work(self, connection: Connection) -> None:
        """Consume the dead-letter queue over one connection until it breaks or `stop`."""
        service, bindings = self._inbox.consumer, self._inbox.handlers.bindings()

        async def declare(channel: Channel) -> Queue:
            await declare_queues(channel, service, bindings)
            return await channel.get_queue(dead_queue_name(service), ensure=False)

        await consume(connection, prefetch=PREFETCH, declare=declare, take=self._take, stop=self._stop)

    def _take(self, delivery: Delivery) -> None:
        self._lag.inc()
        self._arrived.put_nowait(delivery)

    async def _drain(self) -> None:
        while True:
            delivery = await self._arrived.get()
            try:
                await self._patience.through(partial(self._keep, delivery))
            except HeldTooLong:
                await delivery.give_back()
            except Exception:
                log.exception("dead letter goes back to its queue", consumer=self._inbox.consumer)
                await delivery.give_back()
                await asyncio.sleep(BACK_PAUSE_S)
            else:
                await delivery.ack()
            finally:
                self._lag.dec()

    async def _keep(self, delivery: Delivery) -> None:
        """Store the message; park it as well when it is an event of ours."""
        event_id: UUID | None = None
        note: str | None
        try:
            heard = understand(self._inbox.handlers, delivery.body)
        except UnreadableEnvelope as unreadable:
            state, note = "open", str(unreadable)
        else:
            event_id, state, note = heard.envelope.id, "healed", "a valid event: due again in the inbox"
            await self._inbox.park(heard)
            self._bell.ring()
        values = {
            "queue": dead_queue_name(self._inbox.consumer),
            "body": delivery.body,
            "headers": json.dumps(delivery.headers, default=str).replace(NUL, "\\ufffd"),
            "reason": death_reason(delivery.headers),
            "event_id": event_id,
            "sha256": hashlib.sha256(delivery.body).digest(),
            "state": state,
            "note": note,
        }
        async with self._engine.begin() as connection:
            await connection.execute(self._store, values)
        log.warning("dead letter from the broker", consumer=self._inbox.consumer, state=state, reason=note)


def death_reason(headers: Mapping[str, Any]) -> str:
    """Why the broker gave it up, by its newest death record."""
    deaths = headers.get("x-death")
    if isinstance(deaths, list) and deaths and isinstance(deaths[0], Mapping):
        return str(deaths[0].get("reason", "unknown"))
    return str(headers.get("x-first-death-reason", "unknown"))


_STORE = """
insert into $S.dlq_message (queue, body, headers, death_reason, event_id, sha256, state, note)
values (:queue, :body, cast(:headers as jsonb), :reason, :event_id, :sha256, :state, :note)
on conflict do nothing
"""
