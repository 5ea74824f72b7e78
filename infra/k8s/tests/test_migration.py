"""The migration Jobs of all services at once, on a database as an operator leaves it, and who waits for them."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator
from importlib import import_module

import asyncpg
import pytest

from infra.k8s.rendering import ROOT
from libs.chassis.schema import await_head, bring_to_head
from libs.chassis.service import Service
from libs.database.provisioning import administering
from libs.servers.postgres import PostgresServer

SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/main.py"))


def definition(service: str) -> Service:
    module = import_module(f"services.{service}.main")
    return next(value for value in vars(module).values() if isinstance(value, Service))


class Cluster:
    """A database with nothing in it, its administrator, and the address each service is given."""

    def __init__(self, server: PostgresServer, mark: str) -> None:
        self._server = server
        self._mark = mark
        self.name = f"cluster_{mark}"

    @property
    def admin(self) -> str:
        return self._server.url(self.name)

    def address(self, service: str) -> str:
        return self._server.url(self.name, user=f"tms_{service}_{self._mark}", password="synthetic")


@pytest.fixture
async def cluster(postgres_server: PostgresServer) -> AsyncIterator[Cluster]:
    made = Cluster(postgres_server, secrets.token_hex(4))
    async with administering(postgres_server.url("postgres")) as connection:
        await connection.execute(f'create database "{made.name}"')
        yield made
        await connection.execute(f'drop database "{made.name}" with (force)')
        for service in SERVICES:
            for role in ("", "_keeper"):
                await connection.execute(f'drop role if exists "tms_{service}_{made.name[8:]}{role}"')


async def play(role: str, service: str, cluster: Cluster) -> int:
    """Run a service in one role as its container does; answers its exit status."""
    environment = {
        "PATH": os.environ["PATH"],
        "TMS_ENVIRONMENT": "test",
        "TMS_PORT": "8080",
        "TMS_TPG_UEN": "197401143C",
        "DATABASE_URL": cluster.address(service),
        "ADMIN_DATABASE_URL": cluster.admin,
        "AMQP_URL": "amqp://nobody@127.0.0.1:1/",
    }
    program = [sys.executable, "-m", f"services.{service}.main", role]
    process = await asyncio.create_subprocess_exec(*program, env=environment, cwd=ROOT)
    return await process.wait()


async def test_seven_jobs_side_by_side_make_seven_schemas_that_reach_nothing_else(cluster: Cluster) -> None:
    assert await asyncio.gather(*(play("migrate", name, cluster) for name in SERVICES)) == [0] * len(SERVICES)
    assert await play("migrate", "audit", cluster) == 0
    assert await play("await", "audit", cluster) == 0
    async with administering(cluster.address("course")) as course:
        assert await course.fetchval("select count(*) from course.alembic_version") == 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await course.execute("select 1 from enrolment.alembic_version")
    async with administering(cluster.address("audit")) as audit:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await audit.execute("alter table audit.entry disable trigger all")


async def test_a_new_version_waits_for_its_migration_and_an_old_one_does_not_mind_a_newer(cluster: Cluster) -> None:
    course, address = definition("course"), cluster.address("course")
    waiting = asyncio.create_task(await_head(course, address))
    done, _ = await asyncio.wait([waiting], timeout=0.5)
    assert not done
    await bring_to_head(course, address, cluster.admin)
    await asyncio.wait_for(waiting, timeout=10)
    async with administering(cluster.admin) as connection:
        await connection.execute("update course.alembic_version set version_num = 'from_the_future'")
    await asyncio.wait_for(await_head(course, address), timeout=10)
