"""The peer: aio-pika as its documentation shows it, to a quorum queue and back.

    python -m infra.bench.messaging_peer <amqp url> <events> <share left out at first> <file for both rates>

Publishing is pipelined with confirms, a hundred at a time; receiving acknowledges each message.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

import aio_pika
import uvloop
from aio_pika.abc import AbstractIncomingMessage

QUEUE = "bench.peer"
WINDOW = 100
PREFETCH = 200


async def publish(channel: aio_pika.abc.AbstractChannel, body: bytes, events: int, warm: int) -> float:
    """Events a second."""
    began = 0.0
    for start in range(0, events, WINDOW):
        if not began and start >= warm:
            began, warm = time.monotonic(), start
        messages = [
            aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            for _ in range(min(WINDOW, events - start))
        ]
        await asyncio.gather(*(channel.default_exchange.publish(message, QUEUE) for message in messages))
    return (events - warm) / (time.monotonic() - began)


async def receive(channel: aio_pika.abc.AbstractChannel, events: int, warm: int) -> float:
    """Events a second."""
    await channel.set_qos(prefetch_count=PREFETCH)
    queue = await channel.get_queue(QUEUE)
    done = asyncio.Event()
    seen, began = 0, 0.0

    async def take(message: AbstractIncomingMessage) -> None:
        nonlocal seen, began
        await message.ack()
        seen += 1
        if seen == warm:
            began = time.monotonic()
        if seen == events:
            done.set()

    tag = await queue.consume(take)
    await done.wait()
    rate = (events - warm) / (time.monotonic() - began)
    await queue.cancel(tag)
    return rate


async def main(url: str, events: int, warm: int, told: Path) -> None:
    body = os.environ["BENCH_BODY"].encode()
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        published = await publish(channel, body, events, warm)
        received = await receive(await connection.channel(), events, warm)
    told.write_text(f"{published} {received}")  # noqa: ASYNC240 - all is over


if __name__ == "__main__":
    count = int(sys.argv[2])
    uvloop.run(main(sys.argv[1], count, int(count * float(sys.argv[3])), Path(sys.argv[4])))
