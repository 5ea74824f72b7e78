"""Takes everything out of queues after a restore: what waits there was said in a time that has not happened any more.

What a queue should hold instead is brought by the sweep, from the restored logs.
"""

from collections.abc import Sequence

from aio_pika.exceptions import ChannelNotFoundEntity

from libs.broker.channel import BrokerRefused, channel_to
from libs.broker.connection import hosts
from libs.broker.topology import DECLARE_TIMEOUT_S, dead_queue_name, queue_name


def queues_of(service: str) -> Sequence[str]:
    """What one service has at the broker."""
    return queue_name(service), dead_queue_name(service)


async def empty_queues(urls: str, names: Sequence[str], *, though_read: bool = False) -> int:
    """Drop what waits in them, and answer how much that was; a queue that does not stand is empty.

    Raises BrokerRefused; unless `though_read` also where somebody reads one, for what a reader holds comes back to its
    queue after that was emptied.
    """
    return sum([await _empty(urls, name, though_read=though_read) for name in names])


async def _empty(urls: str, name: str, *, though_read: bool) -> int:
    trouble = BrokerRefused("no broker is named")
    for url in hosts(urls):
        try:
            return await _empty_at(url, name, though_read=though_read)
        except BrokerRefused as refused:
            trouble = refused
    raise trouble


async def _empty_at(url: str, name: str, *, though_read: bool) -> int:
    async with channel_to(url) as channel:  # its own: the broker closes the one that asked for what is not there
        try:
            queue = await channel.declare_queue(name, passive=True, timeout=DECLARE_TIMEOUT_S)
        except ChannelNotFoundEntity:
            return 0
        if queue.declaration_result.consumer_count and not though_read:
            raise BrokerRefused(f"{name} is being read: stop whoever reads it")
        dropped = await queue.purge(timeout=DECLARE_TIMEOUT_S)
        return dropped.message_count or 0
