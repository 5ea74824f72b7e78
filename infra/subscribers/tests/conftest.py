"""A virtual host in which one subscriber has been let hear, and another, and a service has its queue."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from infra.subscribers.subscriber import Subscriber
from libs.broker.subscribers import open_queue
from libs.broker.topology import EVENTS, declare_queues
from libs.servers.rabbitmq import RabbitServer, definitions

PASSWORD = "synthetic-of-a-subscriber"


@dataclass(frozen=True, slots=True)
class Site:
    """One virtual host of the session's node."""

    server: RabbitServer
    vhost: str
    payroll: Subscriber

    @property
    def admin_url(self) -> str:
        return self.server.url(vhost=self.vhost)

    @property
    def payroll_url(self) -> str:
        return f"amqp://{self.payroll.account}:{PASSWORD}@127.0.0.1:{self.server.port}/{self.vhost}"

    @asynccontextmanager
    async def channel(self, url: str = "") -> AsyncIterator[AbstractChannel]:
        connection = await aio_pika.connect(url or self.admin_url, timeout=10)
        try:
            yield await connection.channel(on_return_raises=True)
        finally:
            await connection.close()

    async def say(self, *keys: str, body: bytes = b"{}") -> None:
        """Publish one event after another, each confirmed by the broker."""
        async with self.channel() as channel:
            exchange = await channel.get_exchange(EVENTS, ensure=False)
            for key in keys:
                await exchange.publish(
                    aio_pika.Message(body + key.encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT),
                    key,
                    timeout=10,
                )

    async def heard(self, queue: str, url: str = "") -> list[bytes]:
        """Everything that waits in a queue, taken out of it."""
        found = []
        async with self.channel(url) as channel:
            waiting = await channel.get_queue(queue, ensure=False)
            while (message := await waiting.get(fail=False, timeout=10)) is not None:
                await message.ack()
                found.append(message.body)
        return found


Act = Callable[[AbstractChannel], Awaitable[object]]


@pytest.fixture
async def site(rabbit_server: RabbitServer, vhost: str) -> Site:
    payroll = Subscriber.wished("payroll", ["courses"])
    site = Site(rabbit_server, vhost, payroll)
    for system in (payroll, Subscriber.wished("crm")):
        await open_queue(site.admin_url, system.system, system.kinds)
    async with site.channel() as channel:
        await declare_queues(channel, "course", ["#"])
    return site


@pytest.fixture
def account(site: Site) -> Site:
    """The same, and the subscriber has its account."""
    site.server.take(definitions([site.payroll.user(PASSWORD)], [site.vhost]))
    return site
