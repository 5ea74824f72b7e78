"""What another system's account can do at the broker: read its own queue, and nothing beside."""

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aiormq.exceptions import ChannelAccessRefused

from infra.subscribers.tests.conftest import Act, Site
from libs.broker.subscribers import subscriber_arguments
from libs.broker.topology import DEAD, EVENTS

OWN, OTHERS, SERVICES = "tms.ext.payroll.events", "tms.ext.crm.events", "tms.course.events"


def publish(exchange: str, key: str) -> Act:
    async def act(channel: AbstractChannel) -> object:
        message = aio_pika.Message(b"{}", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        target = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
        return await target.publish(message, key, timeout=10)

    return act


def declare(queue: str) -> Act:
    return lambda channel: channel.declare_queue(queue, durable=True, arguments=subscriber_arguments(), timeout=10)


def read(queue: str) -> Act:
    async def act(channel: AbstractChannel) -> object:
        return await (await channel.get_queue(queue, ensure=False)).get(fail=False, timeout=10)

    return act


async def leave_alone(_: AbstractIncomingMessage) -> None:
    """Nothing is settled: what was delivered goes back."""


def consume(queue: str) -> Act:
    async def act(channel: AbstractChannel) -> object:
        return await (await channel.get_queue(queue, ensure=False)).consume(leave_alone, timeout=10)

    return act


def bind(queue: str, key: str) -> Act:
    async def act(channel: AbstractChannel) -> object:
        return await (await channel.get_queue(queue, ensure=False)).bind(EVENTS, routing_key=key, timeout=10)

    return act


async def unbind(channel: AbstractChannel) -> object:
    return await (await channel.get_queue(OWN, ensure=False)).unbind(EVENTS, routing_key="run.#", timeout=10)


ACTS: dict[str, Act] = {
    "publish an event": publish(EVENTS, "run.created.v1"),
    "publish an event of a kind it hears": publish(EVENTS, "venue.created.v1"),
    "publish to the dead letters": publish(DEAD, "course"),
    "publish into its own queue": publish("", OWN),
    "publish into a service's queue": publish("", SERVICES),
    "declare its own queue": declare(OWN),
    "declare another queue": declare("tms.ext.payroll.more"),
    "declare a queue of its own naming": lambda channel: channel.declare_queue("mine", exclusive=True, timeout=10),
    "declare an exchange": lambda channel: channel.declare_exchange("mine", durable=True, timeout=10),
    "read another subscriber's queue": read(OTHERS),
    "read a service's queue": read(SERVICES),
    "read a service's dead letters": read(f"{SERVICES}.dlq"),
    "consume a service's queue": consume(SERVICES),
    "bind its queue to more": bind(OWN, "user.#"),
    "bind its queue to what it hears": bind(OWN, "run.#"),
    "unbind its queue": unbind,
    "delete its queue": lambda channel: channel.queue_delete(OWN, timeout=10),
    "delete the exchange": lambda channel: channel.exchange_delete(EVENTS, timeout=10),
}


async def refused(site: Site, url: str, act: Act) -> bool:
    async with site.channel(url) as channel:
        try:
            await act(channel)
        except ChannelAccessRefused:
            return True
    return False


async def test_the_account_may_do_none_of_this(account: Site) -> None:
    """Given an account of a subscriber, when it does more than read its queue, then the broker refuses (403)."""
    assert [name for name, act in ACTS.items() if not await refused(account, account.payroll_url, act)] == []


async def test_what_is_refused_is_refused_for_want_of_leave_alone(site: Site) -> None:
    """Given the same acts by the administrator, then the broker does every one of them."""
    assert [name for name, act in ACTS.items() if await refused(site, site.admin_url, act)] == []


async def test_the_account_reads_its_queue(account: Site) -> None:
    await account.say("run.created.v1", "venue.created.v1")
    assert await account.heard(OWN, account.payroll_url) == [b"{}run.created.v1", b"{}venue.created.v1"]
