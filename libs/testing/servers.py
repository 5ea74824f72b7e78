"""Servers for tests: one careless cluster and one node a session, and crashable ones for fault tests.

They are private ones from this machine's programs, or containers when `TMS_TEST_SERVERS=containers`.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from libs.servers.account import remove_folder
from libs.servers.ports import free_ports
from libs.servers.postgres import PostgresServer
from libs.servers.rabbitmq import BrokerUser, RabbitServer

if TYPE_CHECKING:
    from libs.testing.containers import ContainedPostgres, ContainedRabbit

Postgres: TypeAlias = "PostgresServer | ContainedPostgres"
Rabbit: TypeAlias = "RabbitServer | ContainedRabbit"

TESTER = BrokerUser("tester", "synthetic", tags=("administrator",))
READY_VHOSTS = 40
PLACE = "TMS_TEST_SERVERS"


class Place(StrEnum):
    """Where the servers of the tests run."""

    PRIVATE = "private"
    CONTAINERS = "containers"


def place() -> Place:
    return Place(os.environ.get(PLACE, Place.PRIVATE))


def pytest_configure() -> None:
    """Say before the first test that there is nothing to run it on."""
    try:
        if place() is Place.PRIVATE:
            return
    except ValueError:
        raise pytest.UsageError(f"{PLACE} is {' or '.join(Place)}, not {os.environ[PLACE]!r}") from None
    from libs.testing.containers import NoEngine, look_for_engine

    try:
        look_for_engine()
    except NoEngine as missing:
        raise pytest.UsageError(str(missing)) from None


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that goes when the server has; pytest's own ones may not be entered by the servers' accounts."""
    folder = Path(tempfile.mkdtemp(prefix="tms-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        for server in folder.iterdir():
            remove_folder(server)
        shutil.rmtree(folder)


@contextmanager
def _postgres(*, careless: bool) -> Iterator[Postgres]:
    with _folder() as folder:
        server = _new_postgres(folder, careless=careless)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _new_postgres(folder: Path, *, careless: bool) -> Postgres:
    (port,) = free_ports(1)
    if place() is Place.PRIVATE:
        return PostgresServer(folder / "postgres", port=port, password=TESTER.password, careless=careless)
    from libs.testing.containers import ContainedPostgres

    return ContainedPostgres(port=port, password=TESTER.password, careless=careless)


@contextmanager
def _rabbit(vhosts: list[str]) -> Iterator[Rabbit]:
    with _folder() as folder:
        server = _new_rabbit(folder, vhosts)
        try:
            server.start()
            yield server
        finally:
            server.thaw()
            server.stop()


def _new_rabbit(folder: Path, vhosts: list[str]) -> Rabbit:
    port, names, dist = free_ports(3)
    if place() is Place.PRIVATE:
        return RabbitServer(
            folder / "rabbitmq", port=port, epmd_port=names, dist_port=dist, users=[TESTER], vhosts=vhosts
        )
    from libs.testing.containers import ContainedRabbit

    return ContainedRabbit(port=port, epmd_port=names, dist_port=dist, users=[TESTER], vhosts=vhosts)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A cluster for this session; fast because it would not survive a power cut, so never crash it."""
    with _postgres(careless=True) as server:
        yield server


@pytest.fixture(scope="session")
def rabbit_server() -> Iterator[Rabbit]:
    """A node for this session; take a virtual host of your own with `vhost`."""
    with _rabbit([f"ready-{number}" for number in range(READY_VHOSTS)]) as server:
        yield server


@pytest.fixture(scope="session")
def _next_vhost(rabbit_server: Rabbit) -> Callable[[], str]:
    numbers = itertools.count()

    def take() -> str:
        number = next(numbers)
        if number < READY_VHOSTS:
            return f"ready-{number}"
        name = f"made-{number}"
        rabbit_server.ctl("add_vhost", name)
        rabbit_server.ctl("set_permissions", "-p", name, TESTER.name, ".*", ".*", ".*")
        return name

    return take


@pytest.fixture
def vhost(_next_vhost: Callable[[], str]) -> str:
    """A virtual host that no other test has touched."""
    return _next_vhost()


@pytest.fixture
def amqp_url(rabbit_server: Rabbit, vhost: str) -> str:
    """The session's node, in a virtual host of this test's own."""
    return rabbit_server.url(vhost=vhost)


@pytest.fixture(scope="module")
def fault_postgres() -> Iterator[Postgres]:
    """A durable cluster of this module's own, to be stopped and killed at will; leave it running."""
    with _postgres(careless=False) as server:
        yield server


@pytest.fixture(scope="module")
def fault_rabbit() -> Iterator[Rabbit]:
    """A node of this module's own, to be killed and frozen at will; leave it running."""
    with _rabbit(["tms", *(f"case-{number}" for number in range(20))]) as server:
        yield server
