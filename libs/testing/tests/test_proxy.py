"""The fault proxy does to a connection what it says."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from libs.testing.proxy import Direction, FaultProxy, fault_proxy

Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while line := await reader.readline():
            writer.write(line)
    writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    serving: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(echo(reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, fault_proxy(server.sockets[0].getsockname()[1]) as standing:
        yield standing
    await asyncio.gather(*serving)


@pytest.fixture
async def wire(proxy: FaultProxy) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    yield reader, writer
    writer.transport.abort()


async def test_it_passes_bytes_both_ways(wire: Wire) -> None:
    wire[1].write(b"hello\n")
    assert await asyncio.wait_for(wire[0].readline(), 2) == b"hello\n"


async def test_a_stall_is_silence_and_loses_nothing(proxy: FaultProxy, wire: Wire) -> None:
    proxy.stall(Direction.DOWN)
    wire[1].write(b"late\n")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(wire[0].readline(), 0.2)
    proxy.pass_all()
    assert await asyncio.wait_for(wire[0].readline(), 2) == b"late\n"


async def test_a_blackhole_swallows(proxy: FaultProxy, wire: Wire) -> None:
    proxy.blackhole(Direction.DOWN)
    wire[1].write(b"lost\n")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(wire[0].readline(), 0.2)
    proxy.pass_all()
    wire[1].write(b"after\n")
    assert await asyncio.wait_for(wire[0].readline(), 2) == b"after\n"


async def test_a_reset_cuts_the_connection(proxy: FaultProxy, wire: Wire) -> None:
    wire[1].write(b"hello\n")
    await asyncio.wait_for(wire[0].readline(), 2)
    proxy.reset()
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(wire[0].readexactly(1), 2)


async def test_a_blackhole_may_begin_in_the_midst_of_a_message(proxy: FaultProxy, wire: Wire) -> None:
    """Given a server whose reply is cut after three bytes, then these arrive and nothing more."""
    proxy.blackhole(Direction.DOWN, after=3)
    wire[1].write(b"hello\n")
    assert await asyncio.wait_for(wire[0].readexactly(3), 2) == b"hel"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(wire[0].read(1), 0.2)


async def test_it_holds_at_the_message_it_was_told_to_watch_for(proxy: FaultProxy, wire: Wire) -> None:
    """Given a watch for one message, when it comes, then that moment is told, and it is delivered only when let go."""
    caught = proxy.hold_when(Direction.UP, lambda chunk: b"second" in chunk)
    wire[1].write(b"first\n")
    assert await asyncio.wait_for(wire[0].readline(), 2) == b"first\n"
    assert not caught.is_set()
    wire[1].write(b"second\n")
    await asyncio.wait_for(caught.wait(), 2)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(wire[0].readline(), 0.2)
    proxy.pass_all()
    assert await asyncio.wait_for(wire[0].readline(), 2) == b"second\n"


async def test_a_delay_is_kept_in_both_directions(proxy: FaultProxy, wire: Wire) -> None:
    proxy.delay_s = 0.1
    began = time.monotonic()
    wire[1].write(b"slow\n")
    assert await asyncio.wait_for(wire[0].readline(), 2) == b"slow\n"
    assert time.monotonic() - began >= 0.2


async def test_a_server_that_is_away_refuses_new_connections(proxy: FaultProxy) -> None:
    proxy.refuse()
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    with suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(1), 2) == b""
    writer.transport.abort()
    assert proxy.accepted == 1
