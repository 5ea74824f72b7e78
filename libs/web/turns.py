"""Waiting in line outside the database: for what only one can have at a time, and holding nothing meanwhile.

A row lock that many want at once makes each of them wait on a connection of its own, until none is left for anybody
else. So who is going to want such a lock waits here first, by turns. It is a courtesy, not a guard: replicas have their
own lines, and the lock in the database judges between all of them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeVar, cast

from fastapi import Request

from libs.errors import Unavailable

PATIENCE: Final = timedelta(seconds=25)
"""Whoever asked through the gateway is still there after so long, and would not be much later."""
_MARK: Final = "tms_in_line"
F = TypeVar("F", bound=Callable[..., Any])

Line = Callable[[Request], Awaitable[Hashable | None]]
"""Names the line a request belongs in; None when it need not wait. It may ask the database, and holds nothing after."""


def in_line(line: Line) -> Callable[[F], F]:
    """Let requests of one route wait for their turn in a line before their transaction begins."""

    def mark(endpoint: F) -> F:
        setattr(endpoint, _MARK, line)
        return endpoint

    return mark


def line_of(endpoint: Callable[..., Any]) -> Line | None:
    return cast("Line | None", getattr(endpoint, _MARK, None))


@dataclass(slots=True)
class _Place:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted_by: int = 0


class Turns:
    """Lines by key, each first come, first served; a line that nobody stands in is forgotten."""

    def __init__(self, patience: timedelta = PATIENCE) -> None:
        self._patience = patience
        self._places: dict[Hashable, _Place] = {}

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self._places)

    @asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[None]:
        """Have the block to oneself among all with this key. Raises Unavailable when the wait grows too long."""
        place = self._places.setdefault(key, _Place())
        place.wanted_by += 1
        try:
            await self._wait(place)
            try:
                yield
            finally:
                place.lock.release()
        finally:
            place.wanted_by -= 1
            if not place.wanted_by:
                del self._places[key]

    async def _wait(self, place: _Place) -> None:
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await place.lock.acquire()
        except TimeoutError:
            raise Unavailable("Too many ask for the same thing at this moment.") from None


def turns_of(request: Request) -> Turns:
    """The lines of the app that answers this request."""
    return cast("Turns", request.app.state.turns)


@asynccontextmanager
async def turn_for(request: Request, line: Line | None) -> AsyncIterator[None]:
    """The block in the request's turn; at once where the route or the request has no line."""
    key = await _key(request, line) if line is not None else None
    if key is None:
        yield
        return
    async with turns_of(request).turn(key):
        yield


async def _key(request: Request, line: Line) -> Hashable | None:
    async with turns_of(request).turn(line):  # finding the line is asked one by one too: a rush asks all at once
        return await line(request)
