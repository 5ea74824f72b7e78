"""Tells the relay that something was committed, so that it need not wait for its next poll.

Never inside the business transaction: NOTIFY there serialises all commits. Losing a wake-up costs one poll interval and
nothing else.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

NOTIFY_AT_MOST_EVERY = timedelta(milliseconds=10)


class Wakeup:
    """A bell inside one process; `ring` is cheap and may be called after every commit."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()

    def ring(self) -> None:
        self._bell.set()

    async def wait(self, at_most: timedelta) -> bool:
        """Whether it rang before the time was over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most.total_seconds()):
                await self._bell.wait()
        rang = self._bell.is_set()
        self._bell.clear()
        return rang


class Notifier:
    """Rings for the relay of another process, through Postgres, at most every 10 ms."""

    def __init__(self, engine: AsyncEngine, channel: str) -> None:
        self._engine = engine
        self._channel = channel
        self._bell = Wakeup()
        self.ring = self._bell.ring

    async def run(self) -> None:
        """Pass rings on until cancelled."""
        while True:
            if not await self._bell.wait(timedelta(seconds=60)):
                continue
            with suppress(SQLAlchemyError, OSError):  # the relay's poll finds what this notice did not announce
                async with self._engine.connect() as connection:
                    autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await autocommit.execute(text("select pg_notify(:channel, '')"), {"channel": self._channel})
            await asyncio.sleep(NOTIFY_AT_MOST_EVERY.total_seconds())


def channel_of(schema: str) -> str:
    return f"tms_outbox_{schema}"
