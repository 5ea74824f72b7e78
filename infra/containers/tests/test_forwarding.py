"""A loopback port leads to where its carrier goes; a real relay, as it runs in a container, carries here."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from infra.containers import compose, relay
from infra.containers.engine import Engine
from infra.containers.forwarding import Carrier, carriers, forward
from infra.local.layout import ROOT, Layout
from libs.servers.ports import free_ports

RELAY = [sys.executable, "-IS", "-c", Path(relay.__file__).read_text(), "127.0.0.1"]
UNTIL_TOLD = """
import asyncio, sys
from infra.containers.forwarding import forward_until_told
asyncio.run(forward_until_told({int(sys.argv[1]): sys.argv[2:]}))
"""
MUCH = bytes(range(256)) * 4096


async def turn_round(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that answers all it was told, backwards, once it was told all."""
    writer.write((await reader.read())[::-1])
    writer.close()


@asynccontextmanager
async def forwarding(to: dict[int, Carrier]) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(forward(to))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(30):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)


async def test_what_is_told_arrives_and_what_is_answered_comes_back_whole() -> None:
    near, far = free_ports(2)
    async with await asyncio.start_server(turn_round, "127.0.0.1", far), forwarding({near: [*RELAY, str(far)]}):
        for _ in range(2):
            reader, writer = await connect(near)
            writer.write(MUCH)
            writer.write_eof()
            async with asyncio.timeout(30):
                assert await reader.read() == MUCH[::-1]
            writer.close()


async def test_a_connection_to_nobody_ends() -> None:
    near, far = free_ports(2)
    async with forwarding({near: [*RELAY, str(far)]}):
        reader, writer = await connect(near)
        async with asyncio.timeout(30):
            assert await reader.read() == b""
        writer.close()


async def test_when_it_ends_so_does_what_it_carried() -> None:
    """Given a connection on which nobody says anything, when the forwarding ends, then the connection does."""
    near, far = free_ports(2)
    arrived = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", far):
        async with forwarding({near: [*RELAY, str(far)]}):
            reader, writer = await connect(near)
            async with asyncio.timeout(30):
                await arrived.wait()
        async with asyncio.timeout(30):
            assert await reader.read() == b""
        writer.close()


async def test_a_port_that_is_taken_is_told() -> None:
    [port] = free_ports(1)
    async with await asyncio.start_server(turn_round, "127.0.0.1", port):
        with pytest.raises(ExceptionGroup) as failed:
            await forward({port: RELAY})
    assert failed.group_contains(OSError, match="in use")


def test_every_part_that_is_reached_is_one_of_the_composed_system() -> None:
    layout = Layout(1000)
    told = carriers(Engine(("docker", "compose")), layout)
    assert set(told) == {layout.port(part) for part in ("simulator", "postgres", "rabbitmq", *layout.services())}
    hosts = {command[-2] for command in told.values()}
    assert hosts - {"127.0.0.1"} <= compose.read()["services"].keys()


async def test_asked_to_end_it_ends_in_order() -> None:
    """Given a forwarding that has carried something, when its process is asked to end, then it does and is content."""
    near, far = free_ports(2)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", UNTIL_TOLD, str(near), *RELAY, str(far), cwd=ROOT
    )
    async with await asyncio.start_server(turn_round, "127.0.0.1", far):
        _, writer = await connect(near)
        process.terminate()
        async with asyncio.timeout(30):
            assert await process.wait() == 0
        writer.close()
