"""Alembic for one schema: a service's `migrations/env.py` is one call into here.

from libs.database.migrations import run_env
from services.course.models import Model
run_env(Model.metadata)
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from libs.database.engine import async_url

VERSION_TABLE = "alembic_version"
LOCK_WITHIN = "3s"
"""Whoever wants a table that a migration waits for waits behind it: so it waits no longer than this at a time."""
TRIES, AGAIN_S = 20, 2.0
_LOCK_NOT_AVAILABLE = "55P03"


def _configure(connection: Connection, metadata: MetaData) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        version_table_schema=metadata.schema,
        include_schemas=True,
        include_name=lambda name, kind, _: kind != "schema" or name == metadata.schema,
    )


def run_env(metadata: MetaData) -> None:
    """Run the pending steps of one service on the connection that `upgrade` made, all in one transaction."""
    connection: Connection = context.config.attributes["connection"]
    _configure(connection, metadata)
    with context.begin_transaction():
        context.run_migrations()


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection, folder: Path, schema: str) -> None:
    connection.execute(
        text("select pg_advisory_xact_lock(hashtext('tms-migrate'), hashtext(:schema))"), {"schema": schema}
    )
    connection.execute(text(f"set local lock_timeout = '{LOCK_WITHIN}'"))  # from here on: whose turn it is takes long
    if connection.execute(text("select to_regnamespace(:schema) is null"), {"schema": schema}).scalar_one():
        connection.execute(text(f'create schema "{schema}"'))  # provisioned logins find theirs ready
    config = _config(folder)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def upgrade(url: str, *, folder: Path, schema: str) -> None:
    """Bring one service's schema to head. Safe to repeat and to run from several processes at once.

    Traffic goes on: a lock that is not to be had in a moment is let go of with all others, and tried for again. Raises
    DBAPIError when it is never to be had, with nothing changed.
    """
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    try:
        for _ in range(TRIES - 1):
            if await _upgraded(engine, folder, schema):
                return
            await asyncio.sleep(AGAIN_S)
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, folder, schema)
    finally:
        await engine.dispose()


async def _upgraded(engine: AsyncEngine, folder: Path, schema: str) -> bool:
    """Whether the schema is at head now; not when somebody holds what a step needs."""
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, folder, schema)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


async def is_at_head(url: str, *, folder: Path, schema: str, or_beyond: bool = False) -> bool:
    """Whether nothing is left to migrate; asked with any login that may read the schema.

    `or_beyond` is content with a step this build does not know: a newer one has migrated, and steps only ever widen.
    """
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            table = {"table": f'"{schema}".{VERSION_TABLE}'}
            if (await connection.execute(text("select to_regclass(:table) is null"), table)).scalar_one():
                return False
            found = await connection.execute(text(f'select version_num from "{schema}".{VERSION_TABLE}'))  # noqa: S608 - a service's own name
            stands, scripts = set(found.scalars()), ScriptDirectory.from_config(_config(folder))
            return stands == set(scripts.get_heads()) or (or_beyond and not stands <= known_revisions(folder))
    finally:
        await engine.dispose()


def steps_of(folder: Path) -> Sequence[Script]:
    """A service's migrations, the first one first."""
    return list(ScriptDirectory.from_config(_config(folder)).walk_revisions())[::-1]


def known_revisions(folder: Path) -> set[str]:
    """Every step that this build knows; a schema at another one was migrated by a newer build."""
    return {script.revision for script in ScriptDirectory.from_config(_config(folder)).walk_revisions()}


def upgrade_now(url: str, *, folder: Path, schema: str) -> None:
    """`upgrade` for callers without an event loop."""
    asyncio.run(upgrade(url, folder=folder, schema=schema))


async def differences(url: str, metadata: MetaData) -> list[Any]:
    """What the migrated schema and the models disagree on; empty when they tell the same story.

    Tables without a model (messaging, kept answers) are nobody's to compare.
    """
    modelled = {table.name for table in metadata.tables.values()}

    def ours(name: str | None, kind: str, _: object) -> bool:
        return (kind != "schema" or name == metadata.schema) and (kind != "table" or name in modelled)

    def compare(connection: Connection) -> list[Any]:
        migration = MigrationContext.configure(
            connection,
            opts={
                "version_table_schema": metadata.schema,
                "include_schemas": True,
                "include_name": ours,
            },
        )
        return list(compare_metadata(migration, metadata))

    engine = create_async_engine(async_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()
