"""Listens for Postgres notifications on a connection of its own."""

import asyncio
import random
from collections.abc import Callable

import asyncpg
import structlog

from libs.database.engine import plain_url

log = structlog.get_logger()
LONGEST_PAUSE_S = 10.0


async def listen(url: str, channel: str, heard: Callable[[], None], *, chance: random.Random) -> None:
    """Call `heard` for each notification until cancelled; reconnects, and calls it once after each connect.

    A direct connection: a transaction-pooling proxy in between would swallow notifications.
    """
    failures = 0
    while True:
        try:
            connection = await asyncpg.connect(plain_url(url), timeout=5)
            try:
                ended = asyncio.Event()
                connection.add_termination_listener(lambda _: ended.set())  # noqa: B023 - this round's own event
                await connection.add_listener(channel, lambda *_: heard())
                heard()
                failures = 0
                await ended.wait()
            finally:
                await connection.close(timeout=2)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            failures += 1
            log.warning("listening for wake-ups was interrupted", error=type(error).__name__)
        await asyncio.sleep(chance.uniform(0, min(LONGEST_PAUSE_S, 0.5 * 2**failures)))
