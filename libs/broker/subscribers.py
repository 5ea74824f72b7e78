"""A queue for another system: filled by us, read by it, and bounded, so that one that stays away harms nobody.

Its arguments differ from a service's on purpose. When it is full the oldest events are dropped, since an event that is
refused would be refused for every other queue too; what was dropped is read from the feed. It has no dead letters:
what a subscriber cannot use is its own affair.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aio_pika.exceptions import ChannelNotFoundEntity

from libs.broker.channel import channel_to
from libs.broker.topology import DECLARE_TIMEOUT_S, DELIVERY_LIMIT, EVENTS, declare_exchanges

MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class QueueState:
    """How a subscriber fares: what waits for it, and how many of its processes read."""

    waiting: int
    readers: int


def subscriber_queue(system: str) -> str:
    return f"tms.ext.{system}.events"


def subscriber_arguments(most_bytes: int = MOST_BYTES) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-max-length-bytes": most_bytes,
        "x-overflow": "drop-head",
    }


def binding(kind: str) -> str:
    """Every event of one kind of record: part of them would leave holes in its numbers."""
    return f"{kind}.#"


async def open_queue(url: str, system: str, kinds: Mapping[str, bool], *, most_bytes: int = MOST_BYTES) -> None:
    """Declare a subscriber's queue and bind it to exactly the kinds marked true; safe to repeat.

    Raises BrokerRefused, also when the queue stands with other arguments.
    """
    async with channel_to(url) as channel:
        await declare_exchanges(channel)
        queue = await channel.declare_queue(
            subscriber_queue(system),
            durable=True,
            arguments=subscriber_arguments(most_bytes),
            timeout=DECLARE_TIMEOUT_S,
        )
        for kind, heard in kinds.items():
            change = queue.bind if heard else queue.unbind
            await change(EVENTS, routing_key=binding(kind), timeout=DECLARE_TIMEOUT_S)


async def close_queue(url: str, system: str) -> None:
    """Delete a subscriber's queue with all that waits in it; one that is gone already is fine."""
    async with channel_to(url) as channel:
        # Never `queue.delete()`: its default closes the connection of a quorum queue.
        await channel.queue_delete(subscriber_queue(system), timeout=DECLARE_TIMEOUT_S)


async def queue_states(url: str, systems: Iterable[str]) -> dict[str, QueueState | None]:
    """How the queue of each system fares; None for one that does not stand."""
    return {system: await _state(url, system) for system in systems}


async def _state(url: str, system: str) -> QueueState | None:
    async with channel_to(url) as channel:  # its own: the broker closes the one that asked for what is not there
        try:
            queue = await channel.declare_queue(subscriber_queue(system), passive=True, timeout=DECLARE_TIMEOUT_S)
        except ChannelNotFoundEntity:
            return None
    told = queue.declaration_result
    return QueueState(told.message_count or 0, told.consumer_count or 0)
