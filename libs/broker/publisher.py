"""Publishes batches, pipelined, each message confirmed by a majority of the broker before it counts as sent."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import DeliveryError, PublishError
from aiormq import spec
from aiormq.abc import AbstractChannel

from libs.broker.connection import LinkBroken, underlay
from libs.broker.topology import EVENTS, declare_exchanges

OPEN_TIMEOUT_S = 10.0
CONFIRM_TIMEOUT_S = 10.0
UNBLOCK_TIMEOUT_S = 5.0
PERSISTENT = 2


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message: its body is the truth, its headers are hints."""

    message_id: str
    routing_key: str
    body: bytes
    content_type: str
    type: str
    correlation_id: str | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)


class Publisher:
    """One channel of confirms. After any doubt it raises LinkBroken: what timed out may still arrive."""

    def __init__(self, connection: AbstractConnection, channel: AbstractChannel, app_id: str) -> None:
        self._connection = connection
        self._channel = channel
        self._app_id = app_id

    @classmethod
    async def open(cls, connection: AbstractConnection, app_id: str) -> "Publisher":
        """A channel with confirms, on which an unroutable message is an error and not a silence."""
        async with asyncio.timeout(OPEN_TIMEOUT_S):
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await declare_exchanges(channel)
        return cls(connection, await channel.get_underlay_channel(), app_id)

    async def ready(self) -> None:
        """Wait until the broker takes messages; raises LinkBroken when it blocks for longer than five seconds."""
        try:
            await asyncio.wait_for(underlay(self._connection).ready(), UNBLOCK_TIMEOUT_S)
        except TimeoutError:
            raise LinkBroken("blocked") from None

    async def publish(self, batch: Sequence[Outgoing]) -> list[str | None]:
        """Publish all at once; answers per message None when confirmed, or why the broker refused it.

        Raises LinkBroken when any outcome is unknown: the caller publishes again on a new connection, and consumers
        absorb the duplicates.
        """
        outcomes = await asyncio.gather(*(self._one(message) for message in batch), return_exceptions=True)
        answers: list[str | None] = []
        for outcome in outcomes:
            if isinstance(outcome, PublishError):
                answers.append("unroutable: no queue is bound for it")
            elif isinstance(outcome, DeliveryError):
                answers.append("refused by a queue")
            elif isinstance(outcome, spec.Basic.Ack):
                answers.append(None)
            else:
                raise LinkBroken(type(outcome).__name__ if isinstance(outcome, BaseException) else "no confirm")
        return answers

    async def _one(self, message: Outgoing) -> Any:
        return await self._channel.basic_publish(  # type: ignore[call-arg]  # the abstract class forgot `wait`
            message.body,
            exchange=EVENTS,
            routing_key=message.routing_key,
            properties=spec.Basic.Properties(
                content_type=message.content_type,
                delivery_mode=PERSISTENT,
                message_id=message.message_id,
                correlation_id=message.correlation_id,
                message_type=message.type,
                app_id=self._app_id,
                timestamp=datetime.now(UTC),
                headers=dict(message.headers),
            ),
            mandatory=True,
            timeout=CONFIRM_TIMEOUT_S,
            wait=False,  # for the socket: one message at a time would pass. The confirm is what counts.
        )
