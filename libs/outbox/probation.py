"""When everything fails, stop burning attempts: try one message at a time until one succeeds."""

import asyncio
import time
from uuid import UUID

import structlog

from libs.outbox import metrics

log = structlog.get_logger()

FAILURES_IN_A_ROW = 10
OVER_AGGREGATES = 5
TRY_EVERY_S = 10.0


class Probation:
    """Notices ten failures in a row over five aggregates: that is us or a part we need, not the messages."""

    def __init__(self, consumer: str, *, try_every_s: float = TRY_EVERY_S) -> None:
        self._consumer = consumer
        self._try_every_s = try_every_s
        self._failed: list[UUID] = []
        self._on = False
        self._one_at_a_time = asyncio.Lock()
        self._next_try_at = 0.0

    @property
    def on(self) -> bool:
        return self._on

    def succeeded(self) -> None:
        self._failed.clear()
        if self._on:
            self._switch(on=False)

    def failed(self, aggregate_id: UUID) -> bool:
        """Note a failure; False when it must not count as an attempt of its message."""
        if self._on:
            return False
        self._failed.append(aggregate_id)
        if len(self._failed) >= FAILURES_IN_A_ROW and len(set(self._failed)) >= OVER_AGGREGATES:
            self._switch(on=True)
        return True

    async def turn(self) -> None:
        """Return at once in normal times; on probation, one caller every ten seconds."""
        while self._on:
            async with self._one_at_a_time:
                pause = self._next_try_at - time.monotonic()
                if pause <= 0:
                    self._next_try_at = time.monotonic() + self._try_every_s
                    return
                await asyncio.sleep(min(pause, 0.5))

    def _switch(self, *, on: bool) -> None:
        self._on = on
        self._failed.clear()
        self._next_try_at = time.monotonic() + self._try_every_s
        metrics.probe_mode.labels(self._consumer).set(on)
        log.warning("everything fails: one message at a time" if on else "messages succeed again", probe_mode=on)
