"""Makes a database and, for each service, one login that owns one schema and can touch no other. Safe to repeat."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from libs.database.engine import plain_url

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


@asynccontextmanager
async def administering(url: str) -> AsyncIterator["Connection"]:
    """A connection of an administrator."""
    connection = await asyncpg.connect(plain_url(url), timeout=10)
    try:
        yield connection
    finally:
        await connection.close()


async def make_database(connection: "Connection", name: str) -> None:
    """Make the database unless it stands; nobody may enter it who is not granted to."""
    if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
        await _run(connection, "create database %I", name)
    await _run(connection, "revoke all on database %I from public", name)


async def make_schema(connection: "Connection", *, database: str, schema: str, login: str, password: str) -> None:
    """Make the service's login and schema, or bring an existing login's password to this one."""
    exists = await connection.fetchval("select 1 from pg_roles where rolname = $1", login)
    await _run(connection, f"{'alter' if exists else 'create'} role %I login password %L", login, password)
    await _run(connection, "grant connect on database %I to %I", database, login)
    if not await connection.fetchval("select to_regnamespace(quote_ident($1))::text", schema):
        await _run(connection, "create schema %I authorization %I", schema, login)


async def make_extension(connection: "Connection", name: str) -> None:
    """Make an extension that a service's schema needs and its login may not make itself."""
    await _run(connection, "create extension if not exists %I with schema public", name)


async def _run(connection: "Connection", template: str, *values: str) -> None:
    """Run a statement that takes no parameters: Postgres itself quotes what is put in."""
    numbered = ", ".join(f"${place}::text" for place in range(2, len(values) + 2))
    statement = await connection.fetchval(f"select format($1::text, {numbered})", template, *values)
    await connection.execute(statement)
