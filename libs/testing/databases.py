"""A fresh, migrated database for each test: cloned from a template that is migrated once a session."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from libs.chassis.service import Service
from libs.database.migrations import upgrade
from libs.testing.servers import Postgres

MakeDatabase = Callable[[Service], Awaitable[str]]


async def _administer(server: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


class Templates:
    """Migrated once for each service, then only copied."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._made: dict[str, str] = {}

    async def clone(self, service: Service) -> str:
        """The URL of a new database with the service's schema at head."""
        template = await self._template(service)
        name = f"t_{service.schema}_{secrets.token_hex(6)}"
        await _administer(self._server, f'create database "{name}" template "{template}"')
        return self._server.url(name)

    async def drop(self, url: str) -> None:
        name = url.rpartition("/")[2].partition("?")[0]
        await _administer(self._server, f'drop database if exists "{name}" with (force)')

    async def _template(self, service: Service) -> str:
        if service.schema not in self._made:
            name = f"template_{service.schema}_{secrets.token_hex(4)}"
            await _administer(self._server, f'create database "{name}"')
            await upgrade(self._server.url(name), folder=service.migrations, schema=service.schema)
            self._made[service.schema] = name
        return self._made[service.schema]


@pytest.fixture(scope="session")
def database_templates(postgres_server: Postgres) -> Templates:
    return Templates(postgres_server)


@pytest.fixture
async def service_database(database_templates: Templates) -> AsyncIterator[MakeDatabase]:
    """A function that answers the URL of a migrated database which is this test's alone."""
    urls: list[str] = []

    async def make(service: Service) -> str:
        urls.append(await database_templates.clone(service))
        return urls[-1]

    yield make
    for url in urls:
        await database_templates.drop(url)
