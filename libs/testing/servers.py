"""Private servers for tests: one careless cluster and one node a session, and crashable ones for fault tests."""

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from libs.servers.account import remove_folder
from libs.servers.ports import free_ports
from libs.servers.postgres import PostgresServer
from libs.servers.rabbitmq import BrokerUser, RabbitServer

TESTER = BrokerUser("tester", "synthetic", tags=("administrator",))
READY_VHOSTS = 40


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
def _postgres(*, careless: bool) -> Iterator[PostgresServer]:
    (port,) = free_ports(1)
    with _folder() as folder:
        server = PostgresServer(folder / "postgres", port=port, password="synthetic", careless=careless)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def _rabbit(vhosts: list[str]) -> Iterator[RabbitServer]:
    port, names, dist = free_ports(3)
    with _folder() as folder:
        server = RabbitServer(
            folder / "rabbitmq", port=port, epmd_port=names, dist_port=dist, users=[TESTER], vhosts=vhosts
        )
        try:
            server.start()
            yield server
        finally:
            server.thaw()
            server.stop()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A cluster for this session; fast because it would not survive a power cut, so never crash it."""
    with _postgres(careless=True) as server:
        yield server


@pytest.fixture(scope="session")
def rabbit_server() -> Iterator[RabbitServer]:
    """A node for this session; take a virtual host of your own with `vhost`."""
    with _rabbit([f"ready-{number}" for number in range(READY_VHOSTS)]) as server:
        yield server


@pytest.fixture(scope="session")
def _next_vhost(rabbit_server: RabbitServer) -> Callable[[], str]:
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
def amqp_url(rabbit_server: RabbitServer, vhost: str) -> str:
    """The session's node, in a virtual host of this test's own."""
    return rabbit_server.url(vhost=vhost)


@pytest.fixture(scope="module")
def fault_postgres() -> Iterator[PostgresServer]:
    """A durable cluster of this module's own, to be stopped and killed at will; leave it running."""
    with _postgres(careless=False) as server:
        yield server


@pytest.fixture(scope="module")
def fault_rabbit() -> Iterator[RabbitServer]:
    """A node of this module's own, to be killed and frozen at will; leave it running."""
    with _rabbit(["tms", *(f"case-{number}" for number in range(20))]) as server:
        yield server
