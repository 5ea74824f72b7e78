"""No part ends unnoticed."""

import asyncio
import random
from datetime import timedelta

import aio_pika
import pytest

from libs.broker.connection import LinkBroken
from libs.database.engine import create_engine
from libs.outbox.ending import PartEnded, end, none_ends
from libs.outbox.relay import Relay
from libs.outbox.wakeup import Wakeup


async def forever() -> None:
    await asyncio.Event().wait()


async def at_once() -> None:
    """Return."""


async def failing() -> None:
    message = "what went wrong"
    raise ValueError(message)


async def test_a_part_that_returns_is_named() -> None:
    parts = [asyncio.create_task(forever(), name="lane"), asyncio.create_task(at_once(), name="relay")]
    with pytest.raises(PartEnded, match="relay"):
        await none_ends(parts)
    await end(parts)


async def test_a_part_that_fails_is_the_cause() -> None:
    parts = [asyncio.create_task(forever(), name="lane"), asyncio.create_task(failing(), name="relay")]
    with pytest.raises(PartEnded) as ended:
        await none_ends(parts)
    assert isinstance(ended.value.__cause__, ValueError)
    await end(parts)


async def test_a_part_cancelled_by_a_stray_is_noticed() -> None:
    part = asyncio.create_task(forever(), name="lane 3")
    asyncio.get_running_loop().call_soon(part.cancel)
    with pytest.raises(PartEnded, match="lane 3"):
        await none_ends([part])


async def test_a_relay_without_one_of_its_carriers_begins_anew(sample_url: str, amqp_url: str) -> None:
    """Given a relay at work, when one shard's carrier ends, then the whole relay breaks its link instead of limping."""
    engine = create_engine(sample_url, application_name="relay", pool_size=6)
    relay = Relay(
        service="sample",
        schema="sample",
        engine=engine,
        wakeup=Wakeup(),
        poll=timedelta(seconds=1),
        chance=random.Random(1),
    )
    connection = await aio_pika.connect(amqp_url)
    working = asyncio.create_task(relay.work(connection))
    while not (carriers := [task for task in asyncio.all_tasks() if task.get_name() == "carrier 2"]):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    carriers[0].cancel()
    async with asyncio.timeout(10):
        with pytest.raises(LinkBroken):
            await working
    await connection.close()
    await engine.dispose()
