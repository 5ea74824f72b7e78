"""One supervised connection: nothing is restored after a fault, everything is rebuilt."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel as Channel
from aio_pika.abc import AbstractConnection as Connection
from aio_pika.abc import AbstractQueue as Queue
from aio_pika.exceptions import AMQPError
from prometheus_client import Counter, Gauge

log = structlog.get_logger()

CONNECT_TIMEOUT_S = 5.0
CLOSE_TIMEOUT_S = 3.0
LONGEST_PAUSE_S = 30.0
HEALTHY_AFTER_S = 60.0
HEARTBEAT_S = 10
LOOK_EVERY_S = 1.0
FREE_AFTER_S = 15.0
"""A broker with an alarm blocks a connection when it publishes, and each new one begins free: only one that stays free
for longer than a publisher waits tells that the alarm is over."""

connected = Gauge("tms_amqp_connected", "Whether the connection stands.", ("service", "role"))
blocked = Gauge("tms_amqp_blocked", "Whether the broker takes nothing, for an alarm of its own.", ("service", "role"))
rebuilds = Counter("tms_amqp_rebuilds_total", "Connections rebuilt, by cause.", ("service", "role", "cause"))

__all__ = [
    "Channel",
    "Connection",
    "Link",
    "LinkBroken",
    "Queue",
    "Work",
    "close_quickly",
    "no_strays",
    "underlay",
    "when_closed",
]

Work = Callable[[Connection], Awaitable[None]]
"""Uses a connection until it should be rebuilt, then returns or raises."""


class LinkBroken(Exception):
    """The connection or channel can no longer be trusted; build a new one. Nothing was lost by it."""


@contextlib.contextmanager
def no_strays() -> Iterator[None]:
    """Turn a cancellation that nobody asked for into LinkBroken.

    The client fails whoever waits on a closing connection with CancelledError. Taken for our own end it would end a
    task silently that must live on.
    """
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise LinkBroken("closed while waiting") from None


def hosts(urls: str) -> Sequence[str]:
    """Broker addresses to try in turn; aio-pika itself knows only one."""
    return [url.strip() for url in urls.split(",") if url.strip()]


class Link:
    """Keeps one connection up and its work running, until cancelled; whatever goes wrong with either, it goes on."""

    def __init__(self, urls: str, *, service: str, role: str, chance: random.Random, work: Work) -> None:
        self._hosts = hosts(urls)
        self._service = service
        self._role = role
        self._chance = chance
        self._work = work

    async def run(self) -> None:
        """Connect, work, and after any fault close and begin anew with the next host."""
        failures = 0
        loop = asyncio.get_running_loop()
        for gauge in (connected, blocked):
            gauge.labels(self._service, self._role).set(0)
        while True:
            began = loop.time()
            url = self._hosts[failures % len(self._hosts)]
            cause = await self._once(url)
            failures = 1 if loop.time() - began > HEALTHY_AFTER_S else failures + 1
            rebuilds.labels(self._service, self._role, cause).inc()
            pause = self._chance.uniform(0, min(LONGEST_PAUSE_S, 0.25 * 2 ** min(failures, 10)))
            log.warning("broker connection is rebuilt", role=self._role, cause=cause, pause_s=round(pause, 2))
            await asyncio.sleep(pause)

    async def _once(self, url: str) -> str:
        connection: Connection | None = None
        watching: asyncio.Task[None] | None = None
        try:
            with no_strays():
                connection = await self._connect(url)
                connected.labels(self._service, self._role).set(1)
                watching = asyncio.create_task(self._show_blocked(connection), name=f"blocked {self._role}")
                await self._work(connection)
        except LinkBroken as broken:
            return str(broken)
        except (AMQPError, OSError, TimeoutError, asyncio.InvalidStateError) as error:
            return type(error).__name__
        except Exception as error:
            log.exception("unforeseen trouble with the broker", role=self._role)
            return type(error).__name__
        finally:
            connected.labels(self._service, self._role).set(0)
            if watching is not None:
                watching.cancel()
            if connection is not None:
                await close_quickly(connection)
        return "work ended"

    async def _show_blocked(self, connection: Connection) -> None:
        gauge, loop = blocked.labels(self._service, self._role), asyncio.get_running_loop()
        free_since = loop.time()
        with contextlib.suppress(LinkBroken):
            while True:
                if not await is_free(connection):
                    free_since = loop.time()
                    gauge.set(1)
                elif loop.time() - free_since > FREE_AFTER_S:
                    gauge.set(0)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _connect(self, url: str) -> Connection:
        return await aio_pika.connect(
            url,
            timeout=CONNECT_TIMEOUT_S,
            heartbeat=HEARTBEAT_S,
            client_properties={"connection_name": f"tms {self._service} {self._role}"},
        )


_closing: set["asyncio.Task[None]"] = set()


async def close_quickly(connection: Connection) -> None:
    """Close, and wait for that at most three seconds: a frozen peer, or a client stuck over it, must not hold us."""
    task = asyncio.create_task(_close(connection))
    _closing.add(task)
    task.add_done_callback(_closing.discard)
    await asyncio.wait([task], timeout=CLOSE_TIMEOUT_S)


async def _close(connection: Connection) -> None:
    try:
        await connection.close()
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - it is given up either way
        log.debug("closing failed", error=type(error).__name__)


def underlay(connection: Connection) -> Any:
    """The AMQP connection below aio-pika's, which knows whether the broker has blocked us."""
    if connection.transport is None:
        raise LinkBroken("closed")
    return connection.transport.connection


async def is_free(connection: Connection) -> bool:
    """Whether the broker takes messages on this connection now. Raises LinkBroken when it is closed."""
    try:
        async with asyncio.timeout(LOOK_EVERY_S):
            await underlay(connection).ready()
    except TimeoutError:
        return False
    return True


def when_closed(connection: Connection) -> "asyncio.Future[Any]":
    """Completes when the connection has closed, for whatever reason."""
    return asyncio.ensure_future(_wait_closed(connection))


async def _wait_closed(connection: Connection) -> None:
    with contextlib.suppress(BaseException):
        await asyncio.shield(underlay(connection).closing)
