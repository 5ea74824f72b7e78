"""The worker role: relay and consumer of the messaging runtime, and the service's own duties, each supervised."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import structlog

from libs.chassis.runtime import Runtime
from libs.outbox.ending import end, none_ends
from libs.outbox.runtime import MessagingRuntime
from libs.telemetry.metrics import duty_failures
from libs.web.idempotency import forget_answers

if TYPE_CHECKING:
    from libs.chassis.service import Duty, Service

log = structlog.get_logger()

LONGEST_PAUSE_S = 30.0


class Worker:
    def __init__(self, service: "Service", runtime: Runtime[Any]) -> None:
        self._service = service
        self._runtime = runtime
        self._duties: list[asyncio.Task[None]] = []
        self.messaging = messaging_runtime(service, runtime)

    async def start(self) -> None:
        await self.messaging.start()
        duties = (forget_answers, *self._service.duties)
        self._duties = [asyncio.create_task(self._supervise(duty), name=_name(duty)) for duty in duties]

    async def ended(self) -> NoReturn:
        """Return never; raises PartEnded when the messaging or a duty's supervision has ended."""
        watches = [
            asyncio.create_task(self.messaging.ended(), name="messaging"),
            asyncio.create_task(none_ends(self._duties), name="duties"),
        ]
        try:
            await none_ends(watches)
        finally:
            await end(watches)

    async def stop(self, grace: timedelta) -> None:
        """Stop the duties, then let the messaging runtime drain within `grace`."""
        await end(self._duties)
        await self.messaging.stop(grace)

    async def _supervise(self, duty: "Duty") -> None:
        failures = 0
        counted = duty_failures.labels(self._service.wire_name, _name(duty))
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await duty(self._runtime)
            except Exception:
                failures = 1 if loop.time() - began > 2 * LONGEST_PAUSE_S else failures + 1
                counted.inc()
                log.exception("duty failed and starts again", duty=_name(duty), failures=failures)
            await asyncio.sleep(self._runtime.chance.uniform(0, min(LONGEST_PAUSE_S, 0.5 * 2**failures)))


def messaging_runtime(service: "Service", runtime: Runtime[Any]) -> MessagingRuntime:
    """The relay and consumer of one service around its runtime."""
    return MessagingRuntime(
        service=service.wire_name,
        schema=service.schema,
        settings=runtime.settings,
        engine=runtime.engine,
        units=runtime.units,
        handlers=service.handlers,
        peers=runtime.peers,
        clock=runtime.clock,
        chance=runtime.chance,
    )


def _name(duty: "Duty") -> str:
    return getattr(duty, "__name__", type(duty).__name__)
