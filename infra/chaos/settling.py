"""Waits until everything that was asked for has come to rest."""

import asyncio
import time

import asyncpg
import httpx
from rich.console import Console

from infra.chaos.checks.everything import Counting, Violations, any_broken
from infra.chaos.stage import Stage

DRAIN_S = 240.0
LOOK_EVERY_S = 2.0


async def drain(standing: Stage, counting: Counting, console: Console) -> Violations:
    """Wait until everything has come to rest, or the deadline has passed; answers the last count."""
    deadline = time.monotonic() + DRAIN_S
    violations: Violations = {}
    with console.status("coming to rest"):
        while time.monotonic() < deadline:
            await asyncio.to_thread(standing.raise_the_dead)
            try:
                violations = await counting.count_all(standing.database_url)
            except (OSError, httpx.HTTPError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                violations = {"the system": {f"out of reach: {type(error).__name__} {error}"[:200]: 1}}
            if stands_still(violations):
                break
            await asyncio.sleep(LOOK_EVERY_S)
    return violations


def stands_still(violations: Violations) -> bool:
    """Whether nothing is left to wait for. An answer nobody should get stays one, however long one waits."""
    return not any_broken({area: counts for area, counts in violations.items() if area != "answers"})
