"""A TCP proxy that misbehaves on demand: stands between a client and a server in fault tests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import cast

CHUNK = 65_536


class Direction(StrEnum):
    UP = "client to server"
    DOWN = "server to client"


class FaultProxy:
    """Forwards bytes until told to delay, stall or reset; new connections obey the same orders.

    A stalled direction keeps what it has read and delivers it when thawed, as a frozen network does; `blackhole` throws
    it away instead. Orders hold for all connections together.
    """

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.delay_s = 0.0
        self.accepted = 0
        self._flowing = {direction: asyncio.Event() for direction in Direction}
        for flowing in self._flowing.values():
            flowing.set()
        self._still_passing: dict[Direction, int] = {}
        self._traps: dict[Direction, tuple[Callable[[bytes], bool], asyncio.Event]] = {}
        self._refuse = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        if self._server is None:
            message = "the proxy is not open"
            raise RuntimeError(message)
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def close(self) -> None:
        self.pass_all()
        if self._server is not None:
            self._server.close()
            self.reset()
            await asyncio.gather(*self._serving, return_exceptions=True)
            await self._server.wait_closed()

    def stall(self, *directions: Direction) -> None:
        """Hold what flows in these directions (both without any named): connections stay open and silent."""
        for direction in directions or tuple(Direction):
            self._flowing[direction].clear()

    def hold_when(self, direction: Direction, seen: Callable[[bytes], bool]) -> asyncio.Event:
        """Stall a direction just before the first chunk for which `seen` is true; what it answers is set then."""
        caught = asyncio.Event()
        self._traps[direction] = (seen, caught)
        return caught

    def blackhole(self, *directions: Direction, after: int = 0) -> None:
        """Throw away what flows in these directions (both without any named) once `after` bytes have passed."""
        self._still_passing |= dict.fromkeys(directions or tuple(Direction), after)

    def refuse(self, *, refuse: bool = True) -> None:
        """Close new connections at once, as a server that is away."""
        self._refuse = refuse

    def reset(self) -> None:
        """Cut every open connection."""
        for writer in self._writers:
            writer.transport.abort()

    def pass_all(self) -> None:
        """Forward everything again."""
        self.delay_s = 0.0
        self._still_passing.clear()
        self._traps.clear()
        self._refuse = False
        for flowing in self._flowing.values():
            flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        self.accepted += 1
        if self._refuse:
            writer.transport.abort()
            return
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, up_writer}
        pumps = [
            asyncio.create_task(self._pump(reader, up_writer, Direction.UP)),
            asyncio.create_task(self._pump(up_reader, writer, Direction.DOWN)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        for end in (writer, up_writer):
            self._writers.discard(end)
            end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(CHUNK):
                self._spring_trap(direction, chunk)
                await self._flowing[direction].wait()
                if passing := self._let_through(direction, chunk):
                    await asyncio.sleep(self.delay_s)
                    writer.write(passing)
                    await writer.drain()

    def _spring_trap(self, direction: Direction, chunk: bytes) -> None:
        seen, caught = self._traps.get(direction, (None, None))
        if seen is not None and caught is not None and seen(chunk):
            del self._traps[direction]
            self._flowing[direction].clear()
            caught.set()

    def _let_through(self, direction: Direction, chunk: bytes) -> bytes:
        if direction not in self._still_passing:
            return chunk
        passing = chunk[: self._still_passing[direction]]
        self._still_passing[direction] -= len(passing)
        return passing


@asynccontextmanager
async def fault_proxy(target_port: int) -> AsyncIterator[FaultProxy]:
    """An open proxy in front of a loopback port."""
    proxy = FaultProxy(target_port)
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.close()
