"""A migration under traffic: it waits for its locks without making everybody wait behind it."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from libs.database import migrations
from libs.database.migrations import is_at_head, upgrade
from libs.database.provisioning import administering
from libs.servers.postgres import PostgresServer

SCHEMA = "traffic"
ENV = """
from sqlalchemy import MetaData
from libs.database.migrations import run_env
run_env(MetaData(schema="traffic"))
"""
FIRST = "create table traffic.run (id integer primary key)"
SECOND = "alter table traffic.run add column colour text"
WAITING = "select count(*) from pg_locks where not granted and relation = 'traffic.run'::regclass"


@pytest.fixture
async def url(postgres_server: PostgresServer) -> AsyncIterator[str]:
    name = f"t_traffic_{secrets.token_hex(4)}"
    async with administering(postgres_server.url("postgres")) as connection:
        await connection.execute(f"create database {name}")
        yield postgres_server.url(name)
        await connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENV)
    return tmp_path


def add_step(folder: Path, number: int, statement: str) -> None:
    before = repr(f"000{number - 1}") if number > 1 else None
    (folder / "versions" / f"000{number}_step.py").write_text(
        f'from alembic import op\nrevision, down_revision = "000{number}", {before}\n'
        f'def upgrade() -> None:\n    op.execute("{statement}")\n'
    )


async def test_who_reads_meanwhile_is_not_held_up_by_a_migration_that_waits(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given somebody in a long transaction, when a migration waits for their table, then others still read it."""
    monkeypatch.setattr(migrations, "LOCK_WITHIN", "300ms")
    monkeypatch.setattr(migrations, "AGAIN_S", 0.5)
    add_step(folder, 1, FIRST)
    await upgrade(url, folder=folder, schema=SCHEMA)
    add_step(folder, 2, SECOND)
    async with administering(url) as somebody, administering(url) as reader, administering(url) as watcher:
        async with somebody.transaction():
            await somebody.execute("select * from traffic.run")
            upgrading = asyncio.create_task(upgrade(url, folder=folder, schema=SCHEMA))
            await until_waiting(watcher)
            async with asyncio.timeout(30):
                assert await reader.fetch("select * from traffic.run") == []
            assert not upgrading.done()
        await upgrading
    assert await is_at_head(url, folder=folder, schema=SCHEMA)


async def until_waiting(watcher: "asyncpg.Connection[asyncpg.Record]") -> None:
    async with asyncio.timeout(30):
        while not await watcher.fetchval(WAITING):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)


async def test_a_step_that_fails_for_another_reason_is_told_at_once(url: str, folder: Path) -> None:
    add_step(folder, 1, "create table traffic.run (id nonsense)")
    with pytest.raises(Exception, match="nonsense"):
        await upgrade(url, folder=folder, schema=SCHEMA)
