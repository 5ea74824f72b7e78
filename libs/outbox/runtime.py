"""Everything a worker process does about messages: relay, listener, retry workers, repair, bridge, housekeeping."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NoReturn, Protocol

import httpx
import structlog
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.broker.connection import Link, Work
from libs.database.notifications import listen
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox import metrics
from libs.outbox.bridge import Bridge
from libs.outbox.dead_letters import DeadLetters
from libs.outbox.ending import end, none_ends
from libs.outbox.exclusion import Exclusion
from libs.outbox.handlers import Handlers
from libs.outbox.inbox import Inbox
from libs.outbox.listener import Listener
from libs.outbox.patience import HeldTooLong, Patience
from libs.outbox.probation import Probation
from libs.outbox.purge import Purge
from libs.outbox.relay import Relay
from libs.outbox.repair import Repair
from libs.outbox.retry import RetryWorkers
from libs.outbox.wakeup import Wakeup, channel_of
from libs.sources import Clock

log = structlog.get_logger()

RELAY_GRACE_S = 10.0
PAUSE_CHECK_S = 2.0


class MessagingSettings(Protocol):
    """What reliable messaging needs of a service's settings."""

    amqp_url: SecretStr
    database_url: SecretStr
    outbox_poll: timedelta
    sweep_every: timedelta
    sweep_behind: timedelta
    consumer_lanes: int
    retry_ceilings: tuple[timedelta, ...]
    retry_lease: timedelta
    gap_wait: timedelta


class MessagingRuntime:
    """One worker process's messaging. Two connections to the broker, so that an alarm on one side spares the other."""

    def __init__(
        self,
        *,
        service: str,
        schema: str,
        settings: MessagingSettings,
        engine: AsyncEngine,
        units: UnitsOfWork,
        handlers: Handlers | None,
        peers: Mapping[str, httpx.AsyncClient],
        clock: Clock,
        chance: random.Random,
    ) -> None:
        self._service = service
        self._settings = settings
        self._engine = engine
        self._units = units
        self._chance = chance
        self._bell = Wakeup()
        self._channel = channel_of(schema)
        self._relay = Relay(
            service=service,
            schema=schema,
            engine=engine,
            wakeup=self._bell,
            poll=settings.outbox_poll,
            chance=chance,
        )
        self._purge = Purge(service=service, schema=schema, engine=engine, clock=clock)
        self._dead_letters = DeadLetters(service, schema)
        self.hearing = _Hearing(service, schema, settings, engine, units, handlers, peers, chance) if handlers else None
        self._outgoing: list[asyncio.Task[None]] = []
        self._incoming: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start every part; each keeps itself alive, so a broker or database away at the start is only waited for."""
        self._units.wake_with(self._bell.ring)
        metrics.begin_sending(self._service)
        self._outgoing = [
            asyncio.create_task(self._link("relay", self._relay.work).run(), name="relay"),
            asyncio.create_task(
                listen(
                    self._settings.database_url.get_secret_value(), self._channel, self._bell.ring, chance=self._chance
                ),
                name="wake-ups",
            ),
            *self._purge.tasks(),
        ]
        if self.hearing is not None:
            hearing = self.hearing
            metrics.begin_hearing(self._service)
            self._incoming = [
                asyncio.create_task(self._link("consumer", hearing.listener.work).run(), name="consumer"),
                asyncio.create_task(self._link("dead letters", hearing.bridge.work).run(), name="dead letters"),
                asyncio.create_task(self._follow_pause(hearing), name="pause"),
                asyncio.create_task(hearing.revive(), name="revive"),
                *hearing.tasks(),
            ]

    async def ended(self) -> NoReturn:
        """Return never; raises PartEnded when a part has ended, for then the process must end and start anew."""
        await none_ends([*self._outgoing, *self._incoming])

    async def stop(self, grace: timedelta) -> None:
        """Take no more, return what was not begun, finish what was, publish what that emitted, give the leases up."""
        if self.hearing is not None:
            self.hearing.listener.stop()
            self.hearing.bridge.stop()
            await self.hearing.listener.give_back()
            deadline = asyncio.get_running_loop().time() + grace.total_seconds()
            while self.hearing.listener.busy and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await end(self._incoming)
        if self.hearing is not None:
            self.hearing.inbox.trail.flush()
        await end(self._outgoing)
        with suppress(SQLAlchemyError, OSError):  # leases not given up end by themselves
            await asyncio.wait_for(self._relay.release(), RELAY_GRACE_S)

    def _link(self, role: str, work: Work) -> Link:
        urls = self._settings.amqp_url.get_secret_value()
        return Link(urls, service=self._service, role=role, chance=self._chance, work=work)

    async def _follow_pause(self, hearing: "_Hearing") -> None:
        """Obey an operator's pause wherever it was given."""
        while True:
            with suppress(SQLAlchemyError, OSError):  # away now; asked again in two seconds
                async with self._units.reading() as uow:
                    wanted = await self._dead_letters.paused(uow)
                if wanted != hearing.listener.paused:
                    log.warning("consumer paused" if wanted else "consumer resumed", consumer=self._service)
                    hearing.pause() if wanted else hearing.resume()
            await asyncio.sleep(PAUSE_CHECK_S)


class _Hearing:
    """The incoming half."""

    def __init__(
        self,
        service: str,
        schema: str,
        settings: MessagingSettings,
        engine: AsyncEngine,
        units: UnitsOfWork,
        handlers: Handlers,
        peers: Mapping[str, httpx.AsyncClient],
        chance: random.Random,
    ) -> None:
        self._revive_every_s = settings.sweep_every.total_seconds()
        bell, exclusion = Wakeup(), Exclusion()
        patience, probation = Patience(engine, chance), Probation(service)
        self.patience = patience
        self.inbox = Inbox(
            consumer=service,
            schema=schema,
            units=units,
            handlers=handlers,
            chance=chance,
            ceilings=settings.retry_ceilings,
            gap_wait=settings.gap_wait,
        )
        self.listener = Listener(
            inbox=self.inbox,
            patience=patience,
            lanes=settings.consumer_lanes,
            exclusion=exclusion,
            probation=probation,
            retry_bell=bell,
        )
        self.retry = RetryWorkers(
            inbox=self.inbox,
            engine=engine,
            patience=patience,
            exclusion=exclusion,
            probation=probation,
            bell=bell,
            ids=units.ids,
            lease=settings.retry_lease,
        )
        self.repair = Repair(
            inbox=self.inbox,
            engine=engine,
            peers=peers,
            bell=bell,
            sweep_every=settings.sweep_every,
            sweep_behind=settings.sweep_behind,
        )
        self.bridge = Bridge(inbox=self.inbox, engine=engine, patience=patience, bell=bell)

    def pause(self) -> None:
        """Nothing more reaches a handler, from the queue or from the inbox."""
        self.listener.pause()
        self.retry.pause()

    def resume(self) -> None:
        self.listener.resume()
        self.retry.resume()

    async def revive(self) -> NoReturn:
        """What an earlier build could not read and this one can goes on by itself.

        Again and again: while a deployment is under way, one of that build may still take messages beside this one.
        """
        while True:
            with suppress(HeldTooLong):
                await self.patience.through(self.inbox.revive_known_versions)
                await asyncio.sleep(self._revive_every_s)

    def tasks(self) -> Sequence[asyncio.Task[None]]:
        return [
            *self.listener.lane_tasks(),
            *self.retry.tasks(),
            *self.repair.tasks(),
            *self.bridge.tasks(),
        ]
