"""Private servers: survive a kill, leave nothing behind, and take any folder name."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import psutil
import pytest
from aio_pika import Message, connect
from aio_pika.exceptions import AMQPError

from libs.servers.account import remove_folder
from libs.servers.binaries import ServerMissing, postgres_folder, rabbitmq_folder
from libs.servers.family import await_gone, family_of
from libs.servers.ports import free_ports, is_listening
from libs.servers.postgres import PostgresServer
from libs.servers.process import ServerFailed
from libs.servers.rabbitmq import BrokerUser, RabbitServer


def running_below(folder: Path) -> list[str]:
    """Processes that work in the folder, name it, or call it home."""
    found = []
    for process in psutil.process_iter(["name", "cmdline", "cwd", "environ"]):
        told = [
            *(process.info["cmdline"] or []),
            process.info["cwd"] or "",
            (process.info["environ"] or {}).get("HOME", ""),
        ]
        if any(str(place) in word for word in told for place in (folder, folder.resolve())):
            found.append(process.info["name"])
    return found


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[PostgresServer]:
    (port,) = free_ports(1)
    folder = tmp_path / "with a space" / "postgres"
    server = PostgresServer(folder, port=port, password="synthetic")
    server.start()
    yield server
    server.stop()
    remove_folder(folder)


def test_a_cluster_in_a_folder_with_a_space_survives_a_kill_and_leaves_nothing(cluster: PostgresServer) -> None:
    """
    Given a durable cluster whose folder name holds a space, with a committed row,
    when every process of it is killed and it starts again,
    then the row is there; and after a stop no process of it is left.
    """
    cluster.execute("create table kept (n int); insert into kept values (7)")

    cluster.kill()
    cluster.start()

    assert cluster.execute("select n from kept") == "7"
    cluster.stop()
    assert not is_listening(cluster.port)
    assert running_below(cluster.folder) == []


def test_a_kill_ends_busy_sessions_too(cluster: PostgresServer) -> None:
    """
    Given a cluster with a session in the midst of a long statement,
    when the cluster is killed,
    then the session's process is gone when the call returns: the next start finds no one in its memory.
    """
    with ThreadPoolExecutor() as threads:
        busy = threads.submit(cluster.execute, "select pg_sleep(600)")
        until(lambda: "pg_sleep(600)" in cluster.execute("select query from pg_stat_activity where state = 'active'"))
        family = family_of(pid_of(cluster))

        cluster.kill()

        assert len(family) > 5
        assert [member for member in family if member.lives()] == []
        assert isinstance(busy.exception(timeout=10), ServerFailed)


async def test_a_wrong_password_is_refused(postgres_server: PostgresServer) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres_server.url(password="wrong"))


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RabbitServer]:
    port, names, dist = free_ports(3)
    folder = tmp_path / "with a space" / "rabbitmq"
    server = RabbitServer(
        folder,
        port=port,
        epmd_port=names,
        dist_port=dist,
        users=[BrokerUser("tester", "synthetic")],
        vhosts=["tms"],
    )
    server.start()
    yield server
    server.thaw()
    server.stop()
    remove_folder(folder)


def test_a_node_keeps_its_messages_through_a_kill_and_leaves_nothing(node: RabbitServer) -> None:
    """
    Given a node with a persistent message in a quorum queue,
    when it is killed and started again,
    then the message is there; and after a stop neither node nor name server is left.
    """
    asyncio.run(put(node.url()))
    wait_for_count(node, "kept 1")

    node.kill()
    node.start_broker()

    assert asyncio.run(take(node.url())) == b"kept"
    node.stop()
    assert not is_listening(node.port)
    assert not is_listening(node.epmd_port)
    assert running_below(node.folder) == []


def test_servers_never_run_as_root(fault_postgres: PostgresServer, fault_rabbit: RabbitServer) -> None:
    members = [*family_of(pid_of(fault_postgres)), *family_of(pid_of(fault_rabbit))]
    assert len(members) > 5
    assert [member for member in members if psutil.Process(member.pid).uids().effective == 0] == []


def test_a_node_listens_on_loopback_only(fault_rabbit: RabbitServer) -> None:
    """Given a node and a use of its command line, then what they listen on is this machine's own."""
    fault_rabbit.ctl("list_vhosts")
    pids = {member.pid for member in family_of(pid_of(fault_rabbit))}
    heard = [one.laddr for one in psutil.net_connections("tcp") if one.status == "LISTEN" and one.pid in pids]
    assert {address.ip for address in heard if address} == {"127.0.0.1"}
    assert {address.port for address in heard if address} == {fault_rabbit.port, fault_rabbit.dist_port}


def test_a_frozen_node_is_silent_and_goes_on_when_thawed(fault_rabbit: RabbitServer) -> None:
    fault_rabbit.freeze()
    assert not fault_rabbit.answers()
    fault_rabbit.thaw()
    assert fault_rabbit.answers()


def test_the_command_line_of_a_stopped_node_leaves_no_name_server(node: RabbitServer) -> None:
    """Given a stopped node, when its command line is used, then that fails and starts nothing that stays."""
    node.stop()
    with pytest.raises(ServerFailed):
        node.ctl("list_vhosts")
    assert not is_listening(node.epmd_port)
    assert running_below(node.folder) == []


STARTER = """
import sys, time
from pathlib import Path
from libs.servers.postgres import PostgresServer
from libs.servers.process import ServerFailed
server = PostgresServer(Path(sys.argv[1]), port=int(sys.argv[2]), password="synthetic")
server.start()
print(server._process.pid, flush=True)
time.sleep(600)
"""


def test_a_server_does_not_outlive_a_killed_starter(tmp_path: Path) -> None:
    """Given a program that started a cluster, when it is killed without a chance to clean up, then the cluster ends."""
    folder = tmp_path / "postgres"
    (port,) = free_ports(1)
    argv = [sys.executable, "-c", STARTER, str(folder), str(port)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}) as starter:
        assert starter.stdout is not None
        family = family_of(int(starter.stdout.readline()))
        assert len(family) > 3

        starter.send_signal(signal.SIGKILL)

        assert await_gone(family, within_s=10)
    remove_folder(folder)


def pid_of(server: PostgresServer | RabbitServer) -> int:
    process = server._process if isinstance(server, PostgresServer) else server._broker
    assert process.pid is not None
    return process.pid


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"


def wait_for_count(node: RabbitServer, line: str) -> None:
    """A queue killed in its first seconds comes back without a leader; its first statistics say that it has settled."""
    deadline = time.monotonic() + 30
    while line not in node.ctl("list_queues", "-p", "tms", "name", "messages").replace("\t", " "):
        assert time.monotonic() < deadline, "the queue never reported its message"


async def put(url: str) -> None:
    async with await connect(url) as connection:
        channel = await connection.channel()
        await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})
        await channel.default_exchange.publish(Message(b"kept", delivery_mode=2), routing_key="kept")


async def take(url: str) -> bytes:
    """The one message; a queue needs a moment after a restart to elect its leader."""
    for _ in range(10):
        async with await connect(url) as connection:
            channel = await connection.channel()
            queue = await channel.get_queue("kept", ensure=False)
            try:
                message = await queue.get(timeout=3)
            except (TimeoutError, AMQPError):
                continue
            assert message is not None
            return message.body
    pytest.fail("the queue did not answer")


def test_a_missing_server_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.servers.binaries.POSTGRES_FOLDERS", ())
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServerMissing, match="sudo apt-get install -y postgresql"):
        postgres_folder()


def test_a_broker_that_is_too_old_is_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given an installation of RabbitMQ 3.9, which has no at-least-once dead-lettering, then it counts as missing."""
    (tmp_path / "plugins" / "rabbit-3.9.13").mkdir(parents=True)
    script = tmp_path / "sbin" / "rabbitmq-server"
    script.parent.mkdir()
    script.touch(mode=0o755)
    monkeypatch.setattr("libs.servers.binaries.RABBITMQ_FOLDERS", (str(script.parent),))
    with pytest.raises(ServerMissing, match=r"RabbitMQ 3\.10 or newer"):
        rabbitmq_folder()
