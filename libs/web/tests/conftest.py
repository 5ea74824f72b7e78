"""A small synthetic service around the web rung: real routes, door and problems; what is emitted is remembered."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.access.permissions import Role
from libs.contracts.event import Event
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.sources import TimeOrderedIds
from libs.testing.clock import TestClock
from libs.testing.passes import Passes
from libs.web.application import build

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


class PlainVault:
    """Stands in for the vault; binds what it keeps to its purpose and subject as the real one does."""

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes:
        return f"{purpose}|{subject}|{plain[::-1]}".encode()

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str:
        found_purpose, found_subject, reversed_plain = sealed.decode().split("|", 2)
        assert (found_purpose, found_subject) == (purpose, str(subject))
        return reversed_plain[::-1]


@dataclass
class Shop:
    """A runtime as the web rung wants it."""

    engine: AsyncEngine
    service: str = "shop"
    clock: TestClock = field(default_factory=TestClock)
    ids: TimeOrderedIds = field(default_factory=TimeOrderedIds)
    verifier: Passes = field(default_factory=Passes)
    vault: PlainVault = field(default_factory=PlainVault)
    told: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.units = UnitsOfWork(self.engine, clock=self.clock, ids=self.ids, append=self._remember)

    async def _remember(self, _: UnitOfWork, events: Sequence[Event]) -> None:
        self.told.extend(events)

    def app(self, *routers: APIRouter) -> FastAPI:
        return build("shop", routers=routers, runtime=self)

    def client(self, *routers: APIRouter, roles: Sequence[Role] = (Role.ADMIN,), **options: Any) -> httpx.AsyncClient:
        """A client of an app with these routes, for a caller with these roles; without roles, without a token."""
        headers = {"Authorization": f"Bearer {self.verifier.issue(*roles)}"} if roles else {}
        transport = httpx.ASGITransport(app=self.app(*routers), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://shop.test", headers=headers, **options)


MakeShop = Callable[[str], Shop]


@pytest.fixture
async def make_shop() -> AsyncIterator[MakeShop]:
    engines: list[AsyncEngine] = []

    def make(url: str) -> Shop:
        engines.append(create_engine(url, application_name="test shop"))
        return Shop(engines[-1])

    yield make
    for engine in engines:
        await engine.dispose()


@pytest.fixture
def shop(make_shop: MakeShop) -> Shop:
    """A shop without a database: enough for every route that does not ask one."""
    return make_shop(NOWHERE)
