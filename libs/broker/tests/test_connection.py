"""A link outlives whatever its work or the client library does, and ends only when it is told to."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from libs.broker.connection import Connection, Link, LinkBroken, no_strays
from libs.broker.consumer import Delivery


async def cancelled_by_nobody(_: Connection) -> None:
    """What the client does to whoever waits on a connection that closes."""
    waiting = asyncio.get_running_loop().create_future()
    waiting.set_exception(asyncio.CancelledError())
    await waiting


async def bare_exception(_: Connection) -> None:
    raise Exception  # noqa: TRY002 - the client library does


@pytest.mark.parametrize("fault", [cancelled_by_nobody, bare_exception])
async def test_a_link_goes_on_after_any_fault(amqp_url: str, fault: Callable[[Connection], Awaitable[None]]) -> None:
    """Given work that fails in a way nobody foresaw, when it has failed, then the link connects and works again."""
    again = asyncio.Event()
    calls = 0

    async def work(connection: Connection) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            await fault(connection)
        again.set()
        await asyncio.Event().wait()

    link = asyncio.create_task(Link(amqp_url, service="test", role="test", chance=random.Random(1), work=work).run())
    async with asyncio.timeout(20):
        await again.wait()
    link.cancel()
    with pytest.raises(asyncio.CancelledError):
        await link


async def test_our_own_cancellation_stays_one() -> None:
    started = asyncio.Event()

    async def wait() -> None:
        with no_strays():
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_stray_cancellation_is_a_broken_link() -> None:
    with pytest.raises(LinkBroken), no_strays():
        raise asyncio.CancelledError


class ClosedUnderneath:
    """A message whose channel closes while it is settled."""

    body = b"{}"

    async def ack(self) -> None:
        raise asyncio.CancelledError


async def test_an_acknowledgement_on_a_closing_channel_ends_nothing() -> None:
    delivery = Delivery(ClosedUnderneath())  # type: ignore[arg-type]  # the two parts that matter
    await delivery.ack()
    assert delivery.settled
