"""Takes deliveries from one queue and hands them over; says when the channel must be rebuilt.

The callback only hands over: a callback that did the work would be cancelled with its channel.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError

from libs.broker.connection import LinkBroken, no_strays, when_closed

WATCH_EVERY_S = 15.0
STUCK_AFTER_S = 120.0
RPC_TIMEOUT_S = 10.0


class Delivery:
    """One message on the channel that brought it."""

    __slots__ = ("_message", "body", "settled")

    def __init__(self, message: AbstractIncomingMessage) -> None:
        self._message = message
        self.body = message.body
        self.settled = False

    @property
    def came_back(self) -> bool:
        """Whether the broker has handed it out before, to whomever: handle with care."""
        count = self._message.headers.get("x-delivery-count", 0)
        return bool(self._message.redelivered) or (isinstance(count, int) and count >= 1)

    @property
    def headers(self) -> dict[str, Any]:
        return dict(self._message.headers)

    async def ack(self) -> None:
        await self._settle(self._message.ack)

    async def reject(self) -> None:
        """Hand it to the dead-letter exchange."""
        await self._settle(self._message.reject)

    async def give_back(self) -> None:
        """Return it to the queue, to be delivered again."""
        await self._settle(lambda: self._message.nack(requeue=True))

    async def _settle(self, how: Callable[[], Any]) -> None:
        """A channel that is gone has already returned the message: it comes again, and is a duplicate then."""
        if self.settled:
            return
        self.settled = True
        with contextlib.suppress(LinkBroken, ChannelInvalidStateError, AMQPError, ConnectionError), no_strays():
            await how()


Take = Callable[[Delivery], None]


async def consume(
    connection: AbstractConnection,
    *,
    prefetch: int,
    declare: Callable[[AbstractChannel], Any],
    take: Take,
    stop: asyncio.Event,
) -> None:
    """Deliver messages to `take` until `stop` is set; raises LinkBroken when the consumer is no longer alive."""
    async with asyncio.timeout(RPC_TIMEOUT_S):
        channel = await connection.channel(publisher_confirms=False)
    await channel.set_qos(prefetch_count=prefetch, timeout=RPC_TIMEOUT_S)
    queue: AbstractQueue = await declare(channel)
    underlay = await channel.get_underlay_channel()
    cancelled = asyncio.Event()
    underlay.on_consumer_cancel_callbacks.add(lambda _frame: cancelled.set())

    async def hand_over(message: AbstractIncomingMessage) -> None:
        take(Delivery(message))

    tag = await queue.consume(hand_over, timeout=RPC_TIMEOUT_S)
    ends = {
        when_closed(connection): "connection closed",
        asyncio.ensure_future(_wait_channel(underlay)): "channel closed",
        asyncio.ensure_future(cancelled.wait()): "cancelled by the broker",
        asyncio.ensure_future(_watch(underlay, tag)): "consumer vanished",
        asyncio.ensure_future(stop.wait()): "",
    }
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in ends:
            task.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
    cause = ends[next(iter(done))]
    if cause:
        raise LinkBroken(cause)
    with contextlib.suppress(AMQPError, TimeoutError, OSError):
        await queue.cancel(tag, timeout=RPC_TIMEOUT_S)


async def _wait_channel(underlay: Any) -> None:
    with contextlib.suppress(BaseException):
        await asyncio.shield(underlay.closing)


async def _watch(underlay: Any, tag: str) -> None:
    """Return when the client has forgotten the consumer: the commonest silent failure of AMQP clients."""
    while tag in underlay.consumers:  # noqa: ASYNC110 - the client tells nobody when it forgets
        await asyncio.sleep(WATCH_EVERY_S)
