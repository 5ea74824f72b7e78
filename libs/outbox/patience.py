"""Waits out a database in trouble, so that its trouble costs no message an attempt."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.database.trouble import Trouble, trouble_of

log = structlog.get_logger()
T = TypeVar("T")

BUSY_TRIES = 3
LONGEST_PROBE_PAUSE_S = 2.0
PROBE_TIMEOUT_S = 6.0
HOLD_AT_MOST_S = 300.0
"""Well under the thirty minutes after which a broker closes a channel over an unacknowledged delivery."""


class HeldTooLong(Exception):
    """The database stayed away for five minutes; what was held goes back."""


class Patience:
    def __init__(self, engine: AsyncEngine, chance: random.Random) -> None:
        self._engine = engine
        self._chance = chance
        self._away_since: float | None = None

    @property
    def away_for_s(self) -> float:
        """For how long the database has not answered; 0 when it does."""
        return 0.0 if self._away_since is None else time.monotonic() - self._away_since

    async def through(self, act: Callable[[], Awaitable[T]]) -> T:
        """The outcome of `act`, tried again at once when the database was busy and after it came back when it was away.

        `act` must be one transaction, so that what failed left nothing. Raises HeldTooLong after five minutes. What
        took too long is the database's fault when that does not answer either, and `act`'s own otherwise.
        """
        busy = 0
        while True:
            try:
                return await act()
            except TimeoutError:
                if await self._probe():
                    raise
                await self.database_answers()
            except (SQLAlchemyError, ConnectionError) as error:
                trouble = trouble_of(error)
                if trouble is Trouble.AWAY:
                    await self.database_answers()
                elif trouble is Trouble.BUSY and busy < BUSY_TRIES:
                    busy += 1
                    await asyncio.sleep(self._chance.uniform(0.02, 0.2))
                else:
                    raise

    async def database_answers(self) -> None:
        """Return when the database answers; raises HeldTooLong after five minutes."""
        began, tries = time.monotonic(), 0
        while not await self._probe():
            if self._away_since is None:
                self._away_since = time.monotonic()
                log.warning("database away: holding on")
            if time.monotonic() - began > HOLD_AT_MOST_S:
                raise HeldTooLong
            tries += 1
            await asyncio.sleep(self._chance.uniform(0.05, min(LONGEST_PROBE_PAUSE_S, 0.1 * 2**tries)))
        if self._away_since is not None:
            log.info("database back", away_s=round(self.away_for_s, 1))
            self._away_since = None

    async def _probe(self) -> bool:
        try:
            async with asyncio.timeout(PROBE_TIMEOUT_S), self._engine.connect() as connection:
                await connection.execute(text("select 1"))
        except (SQLAlchemyError, OSError):
            return False
        return True
