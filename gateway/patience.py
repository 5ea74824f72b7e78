"""A moment's wait for a service that is being restarted, and no more than a moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import aiohttp

BROKEN = (
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientOSError,
    aiohttp.ClientPayloadError,
    ConnectionError,
)
"""The connection ended before the answer did: what the service has done by then is not known."""
PAUSE_S = 0.1
T = TypeVar("T")


class Patience:
    """One service's. Its moment begins with the first refusal for all who ask, so a long absence is told at once."""

    def __init__(self, limit: timedelta) -> None:
        self._limit_s = limit.total_seconds()
        self._away_since: float | None = None

    async def through(self, ask: Callable[[], Awaitable[T]], *, repeatable: Callable[[], bool]) -> T:
        """Ask until there is an answer or the moment is over; then whatever `ask` raised leaves.

        A service that refuses the connection has heard nothing, so anything may be asked again. One that hung up may
        have acted: it is asked once more, and only what is `repeatable`.
        """
        broke = False
        while True:
            try:
                answer = await ask()
            except aiohttp.ClientConnectorError:
                if not self._lasts():
                    raise
                await asyncio.sleep(PAUSE_S)
            except BROKEN:
                if broke or not repeatable():
                    raise
                broke = True
            else:
                self._away_since = None
                return answer

    def _lasts(self) -> bool:
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
        return now - self._away_since < self._limit_s
