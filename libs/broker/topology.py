"""Every exchange and queue by name, with the arguments that make loss impossible.

The safety arguments are arguments and not policies: a forgotten policy loses messages silently, while a clash of
arguments (406) fails loudly at start. No internal queue has a maximum length: one full queue would make the broker
refuse the event for every subscriber.
"""

from collections.abc import Sequence
from typing import Any

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractQueue

EVENTS = "tms.events"
DEAD = "tms.dlx"
DECLARE_TIMEOUT_S = 30.0
DELIVERY_LIMIT = 20
DEAD_DELIVERY_LIMIT = 1_000_000
"""Dead letters must survive many crashes of whoever reads them; newer brokers would drop them after 20."""


def queue_name(service: str) -> str:
    return f"tms.{service}.events"


def dead_queue_name(service: str) -> str:
    return f"{queue_name(service)}.dlq"


def queue_arguments(service: str) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": service,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


async def declare_exchanges(channel: AbstractChannel) -> None:
    await channel.declare_exchange(EVENTS, ExchangeType.TOPIC, durable=True, timeout=DECLARE_TIMEOUT_S)
    await channel.declare_exchange(DEAD, ExchangeType.DIRECT, durable=True, timeout=DECLARE_TIMEOUT_S)


async def declare_queues(channel: AbstractChannel, service: str, bindings: Sequence[str]) -> AbstractQueue:
    """Declare what one service hears, the dead-letter side first; safe to repeat. Answers its event queue."""
    await declare_exchanges(channel)
    dead = await channel.declare_queue(
        dead_queue_name(service),
        durable=True,
        arguments={"x-queue-type": "quorum", "x-delivery-limit": DEAD_DELIVERY_LIMIT},
        timeout=DECLARE_TIMEOUT_S,
    )
    await dead.bind(DEAD, routing_key=service, timeout=DECLARE_TIMEOUT_S)
    queue = await channel.declare_queue(
        queue_name(service), durable=True, arguments=queue_arguments(service), timeout=DECLARE_TIMEOUT_S
    )
    for binding in bindings:
        await queue.bind(EVENTS, routing_key=binding, timeout=DECLARE_TIMEOUT_S)
    return queue
