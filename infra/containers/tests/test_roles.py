"""Auth and course as their containers run them: from what the image holds, each role alone, told by the environment."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from infra.containers import settings
from infra.containers.settings import Environment, Places, programs
from infra.containers.tests.image import lay_out
from infra.local.layout import Layout
from infra.local.secrets import Secrets, read_or_make
from infra.local.servers import DATABASE, broker_passwords, login
from libs.database.provisioning import administering
from libs.servers.ports import free_ports
from libs.servers.postgres import PostgresServer
from libs.servers.rabbitmq import RabbitServer

SERVICES = ("auth", "course")
WITHIN_S = 60


@dataclass
class Containers:
    """Programs started as an engine would start them."""

    root: Path
    told: dict[str, Environment]
    admin: str
    running: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self, service: str, role: str, **more: str) -> asyncio.subprocess.Process:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.root), **self.told[service], **more}
        program = [sys.executable, "-B", "-m", f"services.{service}.main", role]
        process = await asyncio.create_subprocess_exec(*program, env=environment, cwd=self.root)
        self.running.append(process)
        return process

    async def end(self) -> None:
        for process in self.running:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def answers(port: int, path: str, wanted: str) -> bool:
    """Whether what it says at a path comes to hold this line."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, asyncio.timeout(WITHIN_S):
        while True:
            try:
                if wanted in (await client.get(path)).text.splitlines():
                    return True
            except httpx.TransportError:
                pass  # it has not opened its port yet
            await asyncio.sleep(0.1)


@asynccontextmanager
async def empty_database(server: PostgresServer) -> AsyncIterator[str]:
    async with administering(server.url("postgres")) as connection:
        await connection.execute(f"create database {DATABASE}")
        try:
            yield server.url(DATABASE)
        finally:
            await connection.execute(f"drop database {DATABASE} with (force)")
            for service in SERVICES:
                await connection.execute(f"drop role if exists {login(service)}")


@pytest.fixture
def layout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Layout:
    monkeypatch.setattr(Layout, "run", property(lambda _: tmp_path / "run"))
    return Layout()


def accounts(layout: Layout, secrets: Secrets) -> dict[str, object]:
    told = settings.broker_definitions(broker_passwords(layout, secrets), admin_password=secrets.broker_password)
    document: dict[str, object] = json.loads(told)
    return document


@pytest.fixture
async def containers(
    layout: Layout, tmp_path: Path, postgres_server: PostgresServer, rabbit_server: RabbitServer
) -> AsyncIterator[Containers]:
    secrets = read_or_make(layout.secrets, layout.services())
    rabbit_server.take(accounts(layout, secrets))
    places = Places(f"127.0.0.1:{postgres_server.port}", f"amqp://127.0.0.1:{rabbit_server.port}", collector="")
    lay_out("service", tmp_path / "image")
    async with empty_database(postgres_server) as admin:
        made = Containers(tmp_path / "image", programs(layout, secrets, places), admin)
        try:
            yield made
        finally:
            await made.end()


async def test_each_role_runs_alone_from_the_image_and_ends_when_told(containers: Containers) -> None:
    auth_api, course_api, course_worker = free_ports(3)
    addresses = {"auth": f"http://127.0.0.1:{auth_api}", "course": f"http://127.0.0.1:{course_api}"}
    here = {"TMS_HOST": "127.0.0.1", "TMS_AUTH_URL": addresses["auth"], "TMS_PEERS": json.dumps(addresses)}
    waiting = await containers.start("course", "await")
    for service in SERVICES:
        migration = await containers.start(service, "migrate", ADMIN_DATABASE_URL=containers.admin)
        assert await migration.wait() == 0
    assert await asyncio.wait_for(waiting.wait(), timeout=WITHIN_S) == 0
    serving = [
        await containers.start(service, role, **here, TMS_PORT=str(port))
        for service, role, port in (
            ("auth", "api", auth_api),
            ("course", "api", course_api),
            ("course", "worker", course_worker),
        )
    ]
    for port in (auth_api, course_api, course_worker):
        assert await answers(port, "/readyz", '{"status":"ready","parts":{"database":"ready"}}')
    for part in ("relay", "consumer"):
        assert await answers(course_worker, "/metrics", f'tms_amqp_connected{{role="{part}",service="course"}} 1.0')
    for process in serving:
        process.send_signal(signal.SIGTERM)
    assert [await asyncio.wait_for(process.wait(), timeout=40) for process in serving] == [0, 0, 0]
