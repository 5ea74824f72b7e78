"""One database out and in, with Postgres' own tools; passwords go by the environment, never by a command line."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg

from infra.backup.manifest import KnownRoot
from libs.database.migrations import VERSION_TABLE
from libs.database.provisioning import administering, make_database
from libs.servers.binaries import postgres_folder

if TYPE_CHECKING:
    from libs.database.provisioning import Connection

TROUBLE_OF_POSTGRES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What asking a database may fail with."""
JOBS = 2
LOCK_WAIT = "60s"


class ToolFailed(RuntimeError):
    """One of Postgres' programs did not do its work; the message holds what it said."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds at one moment, and by which name others can read that same moment."""

    at: datetime
    snapshot: str
    postgres: int
    revisions: Mapping[str, str]
    owners: tuple[str, ...]
    rows: Mapping[str, int]
    audit: KnownRoot | None


@asynccontextmanager
async def one_moment(url: str, schemas: Sequence[str]) -> AsyncIterator[Contents]:
    """Look at everything as it is now, and keep that moment open for a dump. It writes nothing and locks nobody out."""
    async with (
        administering(url) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield Contents(
            at=await connection.fetchval("select now()"),
            snapshot=await connection.fetchval("select pg_export_snapshot()"),
            postgres=await major_version(connection),
            revisions={schema: await _revision(connection, schema) for schema in schemas},
            owners=tuple(row["owner"] for row in await connection.fetch(_OWNERS, list(schemas))),
            rows=await count_rows(connection, schemas),
            audit=await _newest_root(connection),
        )


async def major_version(connection: "Connection") -> int:
    return int(await connection.fetchval("select current_setting('server_version_num')::int / 10000"))


async def _revision(connection: "Connection", schema: str) -> str:
    return str(await connection.fetchval(f'select version_num from "{schema}".{VERSION_TABLE}'))  # noqa: S608 - a service's own name


async def count_rows(connection: "Connection", schemas: Sequence[str]) -> Mapping[str, int]:
    """How many rows each table of these schemas holds."""
    tables = [row["name"] for row in await connection.fetch(_TABLES, list(schemas))]
    return {name: int(await connection.fetchval(f"select count(*) from {name}")) for name in tables}  # noqa: S608 - quoted by Postgres itself


async def _newest_root(connection: "Connection") -> KnownRoot | None:
    row = await connection.fetchrow(_ROOT)
    return KnownRoot(tree_size=row["tree_size"], root_hash=row["root"]) if row else None


async def dump(url: str, path: Path, *, snapshot: str) -> None:
    """Write the database, as it was at the snapshot's moment, in Postgres' custom format."""
    arguments = ("--format=custom", f"--snapshot={snapshot}", f"--lock-wait-timeout={LOCK_WAIT}", f"--file={path}")
    await _tool("pg_dump", url, *arguments)


async def load(url: str, path: Path) -> None:
    """Write what was dumped into an empty database; whoever owns something in it must be there."""
    await _tool("pg_restore", url, "--exit-on-error", f"--jobs={JOBS}", f"--dbname={_name(url)}", str(path))


async def make_empty(maintenance_url: str, name: str, owners: Iterable[str]) -> None:
    """An empty database of this name, in place of any there was, and the roles that will own what it is to hold.

    The roles cannot sign in; whoever provisions the database lets those that may.
    """
    async with administering(maintenance_url) as connection:
        await connection.execute(f'drop database if exists "{name}" with (force)')
        await make_database(connection, name)
        for owner in owners:
            if not await connection.fetchval("select 1 from pg_roles where rolname = $1", owner):
                await connection.execute(f'create role "{owner}" nologin')


async def put_in_place(maintenance_url: str, name: str, fresh: str, aside: str) -> bool:
    """Give a database another's name; what had it before is kept under a third. False when nothing had it.

    Whoever is in one of them is sent away.
    """
    async with administering(maintenance_url) as connection:
        await connection.execute(_SEND_AWAY, [name, fresh])
        stood = bool(await connection.fetchval("select 1 from pg_database where datname = $1", name))
        async with connection.transaction():
            if stood:
                await connection.execute(f'alter database "{name}" rename to "{aside}"')
            await connection.execute(f'alter database "{fresh}" rename to "{name}"')
    return stood


def of_name(url: str, name: str) -> str:
    """The same server and login, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


async def _tool(program: str, url: str, *arguments: str) -> None:
    parts = urlsplit(url)
    process = await asyncio.create_subprocess_exec(
        str(postgres_folder() / program),
        "--no-password",
        *arguments,
        env={
            "PATH": os.defpath,
            "LC_ALL": "C",
            "PGHOST": parts.hostname or "",
            "PGPORT": str(parts.port or 5432),
            "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""),
            "PGDATABASE": _name(url),
        },
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        raise ToolFailed(f"{program} failed:\n{said.decode(errors='replace')[-2000:]}")


_TABLES = """
select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname = any($1) order by 1
"""
_OWNERS = """
select distinct pg_get_userbyid(owner)::text as owner from (
    select nspowner as owner from pg_namespace where nspname = any($1)
    union select c.relowner from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1)
) as o where pg_get_userbyid(owner) <> current_user order by 1
"""
_ROOT = "select tree_size, encode(root_hash, 'hex') as root from audit.checkpoint order by tree_size desc limit 1"
_SEND_AWAY = """
select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1) and pid <> pg_backend_pid()
"""
