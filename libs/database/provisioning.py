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


EXTENSIONS = ("btree_gist",)
"""What the services' schemas need and their logins may not make themselves."""


@asynccontextmanager
async def one_at_a_time(connection: "Connection") -> AsyncIterator[None]:
    """Hold everybody else off who provisions this database: Postgres refuses grants that are made side by side."""
    await connection.execute("select pg_advisory_lock(hashtext('tms-provision'))")
    try:
        yield
    finally:
        await connection.execute("select pg_advisory_unlock(hashtext('tms-provision'))")


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


async def hand_over(connection: "Connection", *, schema: str, login: str, keeper: str) -> list[str]:
    """Give a schema's append-only tables to a role nobody can sign in as; answers their names. Safe to repeat.

    Append-only are those with a trigger that calls the schema's own `refuse_change`. An owner could disable triggers,
    drop tables or rewrite the function; the login that runs the service may from now on only read and add rows there,
    and still owns every other table. `lend` gives it back for a migration.
    """
    owned = {row["name"]: row["owner"] for row in await connection.fetch(_GUARDED, schema)}
    schema_owner = await connection.fetchval(_OWNER, schema)
    if not owned or {*owned.values(), schema_owner} == {keeper}:
        return list(owned)  # no lock is taken on a log that is in use
    if not await connection.fetchval("select 1 from pg_roles where rolname = $1", keeper):
        await _run(connection, "create role %I nologin", keeper)
    await _run(connection, "grant %I to current_user", keeper)
    async with connection.transaction():
        await _run(connection, "alter schema %I owner to %I", schema, keeper)
        await _run(connection, "grant usage, create on schema %I to %I", schema, login)
        await _run(connection, "alter function %I.refuse_change() owner to %I", schema, keeper)
        for table in owned:
            await _run(connection, "alter table %I.%I owner to %I", schema, table, keeper)
            await _run(connection, "revoke all on %I.%I from %I, public", schema, table, login)
            await _run(connection, "grant select, insert on %I.%I to %I", schema, table, login)
    return list(owned)


@asynccontextmanager
async def lend(connection: "Connection", *, login: str, keeper: str) -> AsyncIterator[None]:
    """While the block runs, the login may do what the keeper may; for migrations of what was handed over."""
    if not await connection.fetchval("select 1 from pg_roles where rolname = $1", keeper):
        yield
        return
    await _run(connection, "grant %I to %I", keeper, login)
    try:
        yield
    finally:
        await _run(connection, "revoke %I from %I", keeper, login)


_OWNER = "select nspowner::regrole::text from pg_namespace where nspname = $1"
_GUARDED = """
select distinct c.relname::text as name, c.relowner::regrole::text as owner
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_proc p on p.oid = t.tgfoid
join pg_namespace n on n.oid = c.relnamespace and n.oid = p.pronamespace
where n.nspname = $1 and p.proname = 'refuse_change' and not t.tgisinternal
order by 1
"""


async def make_extension(connection: "Connection", name: str) -> None:
    """Make an extension that a service's schema needs and its login may not make itself."""
    await _run(connection, "create extension if not exists %I with schema public", name)


async def _run(connection: "Connection", template: str, *values: str) -> None:
    """Run a statement that takes no parameters: Postgres itself quotes what is put in."""
    numbered = ", ".join(f"${place}::text" for place in range(2, len(values) + 2))
    statement = await connection.fetchval(f"select format($1::text, {numbered})", template, *values)
    await connection.execute(statement)
