"""A duty of services that keep people's data: after a rotation of the keyring, data keys are sealed anew."""

import asyncio
from datetime import timedelta
from typing import Any, Final

import structlog

from libs.chassis.runtime import Runtime
from libs.privacy.personal import rewrap

log = structlog.get_logger()
AT_ONCE: Final = 200
EVERY: Final = timedelta(minutes=10)


async def rewrap_data_keys(runtime: Runtime[Any]) -> None:
    """Bring every data key to the newest key of the ring, a few to a transaction. Returns only when cancelled."""
    while True:
        while await rewrap_some(runtime):
            pass
        await asyncio.sleep(EVERY.total_seconds())


async def rewrap_some(runtime: Runtime[Any]) -> int:
    """One transaction's worth; 0 when every key is on the newest."""
    schema = runtime.service.replace("-", "_")
    async with runtime.units.begin() as unit:
        done = await rewrap(unit, runtime.vault, schema, limit=AT_ONCE)
    if done:
        log.info("data keys sealed anew", keys=done)
    return done
