"""A whole service on a stage: real database, real routes, time and callers decided by the test; no broker."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from libs.access.permissions import Role
from libs.chassis.runtime import Runtime
from libs.chassis.service import Service
from libs.chassis.settings import Environment
from libs.contracts.envelope import Envelope
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.privacy.vault import Vault
from libs.sources import TimeOrderedIds
from libs.telemetry.context import Context, stay_in
from libs.testing.clock import TestClock
from libs.testing.databases import MakeDatabase
from libs.testing.passes import Passes

SYNTHETIC_KEYS = SecretStr("test-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
SYNTHETIC_INDEX_KEY = SecretStr("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")


@dataclass(slots=True)
class Stage:
    """One service under test."""

    service: Service
    runtime: Runtime[Any]
    app: FastAPI
    clock: TestClock
    passes: Passes
    context: Context
    _stack: AsyncExitStack

    @property
    def units(self) -> UnitsOfWork:
        return self.runtime.units

    async def client(
        self, *roles: Role, scopes: tuple[str, ...] = (), subject: UUID | None = None
    ) -> httpx.AsyncClient:
        """A client that calls the service's routes with a token for these roles; without roles, with no token."""
        headers = (
            {"Authorization": f"Bearer {self.passes.issue(*roles, scopes=scopes, subject=subject)}"} if roles else {}
        )
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://service.test", headers=headers)
        return await self._stack.enter_async_context(client)

    async def told(self) -> list[Envelope]:
        """Every event the service has committed, oldest first."""
        async with self.units.reading() as unit:
            connection = await unit.session.connection()
            rows = await connection.exec_driver_sql(f"select body from {self.service.schema}.event order by pos")  # noqa: S608 - a fixed schema name
            return [Envelope.from_bytes(row.body.encode() if isinstance(row.body, str) else row.body) for row in rows]


MakeStage = Callable[..., Awaitable[Stage]]


@pytest.fixture
async def stage(service_database: MakeDatabase) -> AsyncIterator[MakeStage]:
    """A function that sets one service up; `peers` maps wire names to HTTP clients of the test's making."""
    async with AsyncExitStack() as stack:

        async def make(
            service: Service,
            *,
            clock: TestClock | None = None,
            peers: Mapping[str, httpx.AsyncClient] | None = None,
            seed: int = 1,
            **settings: Any,
        ) -> Stage:
            clock = clock or TestClock()
            url = await service_database(service)
            engine = create_engine(url, application_name=f"test {service.name}")
            stack.push_async_callback(engine.dispose)
            ids, passes = TimeOrderedIds(), Passes()
            runtime: Runtime[Any] = Runtime(
                service=service.wire_name,
                settings=service.settings(
                    environment=Environment.TEST,
                    port=1,
                    database_url=SecretStr(url),
                    amqp_url=SecretStr("amqp://nowhere.invalid/"),
                    **settings,
                ),
                engine=engine,
                units=UnitsOfWork(
                    engine, clock=clock, ids=ids, append=outbox_append(service.wire_name, service.schema)
                ),
                clock=clock,
                ids=ids,
                chance=random.Random(seed),
                verifier=passes,
                vault=Vault.from_settings(SYNTHETIC_KEYS, SYNTHETIC_INDEX_KEY),
                peers=peers or {},
            )
            context = stay_in(Context(correlation_id=ids.new()))
            return Stage(service, runtime, service.app(runtime), clock, passes, context, stack)

        yield make
