"""The gateway's own restart, as a real process under callers that never stop asking."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from libs.servers.ports import free_ports

ROOT = Path(__file__).parents[2]


class Process:
    """A gateway without services, and what its callers were told."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "TMS_ENVIRONMENT": "test",
            "TMS_PEERS": "{}",
            "TMS_PORT": str(self._port),
        }
        command = [sys.executable, "-m", "gateway.main", "run"]
        self._process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=ROOT)
        await self.until_started_after(None)

    def tell(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def end(self) -> int:
        assert self._process is not None
        return await self._process.wait()

    async def started(self) -> str | None:
        """When the gateway that answers began to serve; None when none answers."""
        try:
            async with aiohttp.ClientSession() as client, client.get(f"{self.url}/metrics") as response:
                lines = (await response.text()).splitlines()
        except aiohttp.ClientError:
            return None
        return next(line for line in lines if line.startswith("tms_gateway_started_seconds "))

    async def until_started_after(self, before: str | None) -> None:
        async with asyncio.timeout(60):
            while await self.started() in (None, before):  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.05)


@pytest.fixture
async def process() -> AsyncIterator[Process]:
    made = Process(free_ports(1)[0])
    await made.start()
    yield made
    made.tell(signal.SIGTERM)
    assert await made.end() == 0


async def ask_on(url: str, told: Counter[Any], stop: asyncio.Event) -> None:
    """Ask again and again, on connections that are kept and on new ones."""
    async with aiohttp.ClientSession() as client:
        # A client's own repeats would hide a connection that was cut off.
        client._retry_connection = False
        while not stop.is_set():
            try:
                async with client.get(f"{url}/healthz") as response:
                    told[response.status] += 1
            except aiohttp.ClientError as lost:
                told[type(lost).__name__] += 1
            await asyncio.sleep(0.005)


async def test_nobody_is_refused_while_a_gateway_hands_over_to_the_next(process: Process) -> None:
    told: Counter[Any] = Counter()
    stop = asyncio.Event()
    callers = [asyncio.create_task(ask_on(process.url, told, stop)) for _ in range(8)]
    for _ in range(2):
        before = await process.started()
        process.tell(signal.SIGHUP)
        process.tell(signal.SIGHUP)
        await process.until_started_after(before)
    stop.set()
    await asyncio.gather(*callers)
    assert set(told) == {200}
