"""A channel for one errand at the broker: opened, used, closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPError

from libs.broker.connection import CONNECT_TIMEOUT_S, close_quickly


class BrokerRefused(RuntimeError):
    """The broker did not do what was asked, or is not there; the message says why."""


@asynccontextmanager
async def channel_to(url: str) -> AsyncIterator[AbstractChannel]:
    """Raises BrokerRefused for whatever goes wrong there while it is used."""
    try:
        connection = await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_S)
        try:
            yield await connection.channel(publisher_confirms=False)
        finally:
            await close_quickly(connection)
    except (AMQPError, OSError) as error:
        raise BrokerRefused(f"the broker did not do it: {error}") from error
