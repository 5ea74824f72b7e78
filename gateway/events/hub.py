"""One reader of the services' logs for all listeners of this process.

It reads while anybody listens and rests when nobody has for a while; each log is followed by a task of its own, so that
a service that is slow or away holds nobody up.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import structlog
from prometheus_client import Counter, Gauge

from gateway.events.listener import Batch, Listener, Notice
from gateway.events.peers import LogAway, LogPage, LogRestored
from libs.access.principal import Principal

log = structlog.get_logger()

listening = Gauge("tms_gateway_event_listeners", "Open streams of events.")
let_go = Counter("tms_gateway_event_listeners_let_go_total", "Streams that were closed because their reader was slow.")

LONGEST_PAUSE_S = 15.0


class Logs(Protocol):
    """Where events come from."""

    @property
    def services(self) -> Sequence[str]: ...

    async def head(self, service: str) -> str: ...

    async def after(self, service: str, position: str) -> LogPage: ...


class Hub:
    """Hands what the logs say to every listener."""

    def __init__(self, logs: Logs, *, poll: timedelta, rest_after: timedelta = timedelta(seconds=60)) -> None:
        self.logs = logs
        self._poll_s = poll.total_seconds()
        self._rest_s = rest_after.total_seconds()
        self._listeners: set[Listener] = set()
        self._positions: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._started = asyncio.Lock()
        self._resting: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def positions(self) -> Mapping[str, str]:
        """How far every log has been read. One that has been away since the start has no position yet."""
        return self._positions

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    async def join(self, principal: Principal) -> Listener:
        """Listen from now on. Returns when it is known where every log that can be read ends."""
        async with self._started:
            if self._resting is not None:
                self._resting.cancel()
                self._resting = None
            if not self._tasks and not self._closed:
                await self._start()
        listener = Listener(principal, self._positions)
        if self._closed:
            listener.end()
        self._listeners.add(listener)
        listening.set(len(self._listeners))
        return listener

    def leave(self, listener: Listener) -> None:
        """Listen no more; safe to repeat."""
        self._listeners.discard(listener)
        listening.set(len(self._listeners))
        if not self._listeners and self._tasks and self._resting is None:
            self._resting = asyncio.get_running_loop().call_later(self._rest_s, self._rest)

    def end(self) -> None:
        """Let every stream end; safe to call from a signal handler."""
        self._closed = True
        for listener in self._listeners:
            listener.end()

    async def close(self) -> None:
        """End everything; returns when no task is left."""
        self.end()
        if self._resting is not None:
            self._resting.cancel()
        tasks = list(self._tasks)
        self._rest()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    def _rest(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        self._positions.clear()
        self._resting = None

    async def _start(self) -> None:
        await asyncio.gather(*(self._find_head(service) for service in self.logs.services))
        self._tasks = [asyncio.create_task(self._follow(service)) for service in self.logs.services]

    async def _find_head(self, service: str) -> None:
        with suppress(LogAway):
            self._positions[service] = await self.logs.head(service)

    async def _follow(self, service: str) -> None:
        """Read one log for as long as anybody listens."""
        pause = self._poll_s
        while True:
            try:
                more = await self._read(service)
            except LogAway as away:
                if pause == self._poll_s:
                    log.warning("a log cannot be read", upstream=service, error=str(away))
                pause = min(pause * 2, LONGEST_PAUSE_S)
            except Exception:
                log.exception("reading a log failed", upstream=service)
                pause = LONGEST_PAUSE_S
            else:
                pause = self._poll_s
                if more:
                    continue
            await asyncio.sleep(pause)

    async def _read(self, service: str) -> bool:
        """Hand on what is new; whether there is more. A log that was restored is followed from its end."""
        position = self._positions.get(service)
        if position is None:
            self._positions[service] = await self.logs.head(service)
            self._hand_on(Batch(service, (), self._positions[service], restored=True))
            return False
        try:
            page = await self.logs.after(service, position)
        except LogRestored:
            self._positions[service] = await self.logs.head(service)
            self._hand_on(Batch(service, (), self._positions[service], restored=True))
            return False
        self._positions[service] = page.position
        notices = [Notice.of(service, envelope) for envelope in page.events]
        if notices or page.position != position:
            self._hand_on(Batch(service, notices, page.position))
        return not page.caught_up

    def _hand_on(self, batch: Batch) -> None:
        for listener in self._listeners:
            listener.offer(batch)
