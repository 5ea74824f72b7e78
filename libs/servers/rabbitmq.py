"""A private RabbitMQ node: its own folder, cookie, name server and ports, loopback only."""

import base64
import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from libs.servers.account import unprivileged, usable_folder
from libs.servers.binaries import epmd, rabbitmq_folder
from libs.servers.ports import is_listening
from libs.servers.process import ServerFailed, ServerProcess

GREETING = b"AMQP\x00\x00\x09\x01"
EVERYTHING = ".*"


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """An account with what it may declare, write and read, as regular expressions over names."""

    name: str
    password: str
    configure: str = EVERYTHING
    write: str = EVERYTHING
    read: str = EVERYTHING
    tags: Sequence[str] = ()
    topics: str | None = None
    """Routing keys it may publish to `topic_exchange`; None leaves that open."""
    topic_exchange: str = "tms.events"
    topic_read: str = EVERYTHING
    """Routing keys it may bind a queue to, where `topics` says anything."""


def _password_hash(password: str, salt: bytes) -> str:
    """As RabbitMQ documents it: base64 of salt and SHA-256 over salt and password."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def definitions(users: Sequence[BrokerUser], vhosts: Sequence[str]) -> dict[str, object]:
    """The document the node imports at every start: accounts, virtual hosts, permissions."""
    return {
        "users": [
            {
                "name": user.name,
                "password_hash": _password_hash(user.password, secrets.token_bytes(4)),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": list(user.tags),
            }
            for user in users
        ],
        "vhosts": [{"name": vhost} for vhost in vhosts],
        "permissions": [
            {"user": user.name, "vhost": vhost, "configure": user.configure, "write": user.write, "read": user.read}
            for user in users
            for vhost in vhosts
        ],
        "topic_permissions": [
            {
                "user": user.name,
                "vhost": vhost,
                "exchange": user.topic_exchange,
                "write": user.topics,
                "read": user.topic_read,
            }
            for user in users
            for vhost in vhosts
            if user.topics is not None
        ],
    }


def speaks_amqp(port: int) -> bool:
    """Whether a node answers on this loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
            probe.settimeout(2)
            probe.sendall(GREETING)
            return probe.recv(1) == b"\x01"
    except OSError:
        return False


class RabbitServer:
    """One node with the accounts and virtual hosts it is to have."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        epmd_port: int,
        dist_port: int,
        users: Sequence[BrokerUser],
        vhosts: Sequence[str],
        metrics_port: int | None = None,
    ) -> None:
        """With `metrics_port` it tells Prometheus there how it is."""
        self.metrics_port = metrics_port
        self.port = port
        self.epmd_port = epmd_port
        self.dist_port = dist_port
        self.users = list(users)
        self.vhosts = list(vhosts)
        self.node = f"tms-{port}@localhost"
        self._programs = rabbitmq_folder()
        self._account = unprivileged(("rabbitmq",))
        self.folder = usable_folder(folder, self._account, plain=True)
        log = folder.absolute().with_name(folder.name + ".log")
        options = {"account": self._account, "env": self.environment(), "log": log, "cwd": self.folder}
        self._names = ServerProcess(self.names_command(), **options)  # type: ignore[arg-type]  # four named options
        self._broker = ServerProcess(self.command(), **options)  # type: ignore[arg-type]  # same

    @property
    def account(self) -> str:
        return self._account.name

    @property
    def ids(self) -> tuple[int, int]:
        """User and group it runs as."""
        return self._account.uid, self._account.gid

    def environment(self) -> dict[str, str]:
        """Everything that ties the node to its own folder and ports; nothing of the machine's configuration is read."""
        folder = self.folder
        return {
            "PATH": os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # No Erlang program of ours, rabbitmqctl included, leaves a name server behind or listens beyond loopback.
            "ERL_AFLAGS": "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "none.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(folder / "broker.pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
            # The script then becomes the node instead of waiting beside it: who ends the one ends the other.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def command(self) -> list[str]:
        return [str(self._programs / "rabbitmq-server")]

    def names_command(self) -> list[str]:
        """The node's own name server, in the foreground, so that it ends with us."""
        return [str(epmd()), "-port", str(self.epmd_port), "-address", "127.0.0.1"]

    def create(self) -> None:
        """Write the node's configuration anew; data that stands is kept."""
        for name in ("mnesia", "log"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "enabled_plugins").write_text("[rabbitmq_prometheus].\n" if self.metrics_port else "[].\n")
        (self.folder / "definitions.json").write_text(json.dumps(definitions(self.users, self.vhosts)))
        (self.folder / "rabbitmq.conf").write_text(
            f"load_definitions = {self.folder / 'definitions.json'}\n"
            "loopback_users = none\n"
            "heartbeat = 10\n"
            "log.console.level = warning\n"
            "vm_memory_high_watermark.absolute = 1GB\n"
            "disk_free_limit.absolute = 200MB\n"
            + (f"prometheus.tcp.port = {self.metrics_port}\n" if self.metrics_port else "")
            + ("prometheus.tcp.ip = 127.0.0.1\n" if self.metrics_port else "")
        )
        cookie = self.folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.touch(mode=0o600)
            cookie.write_text(secrets.token_hex(20))
            cookie.chmod(0o400)
        self._account.owns(self.folder)

    def start(self, *, within_s: float = 90) -> None:
        """Start the name server and the node; return when AMQP is spoken on the port."""
        self.create()
        self._names.start()
        self._names.wait_until(lambda: is_listening(self.epmd_port), within_s=10, what="Erlang's name server")
        self.start_broker(within_s=within_s)

    def start_broker(self, *, within_s: float = 90) -> None:
        """Start only the node, as after a kill."""
        self._broker.start()
        self._broker.wait_until(self.answers, within_s=within_s, what="RabbitMQ")

    def answers(self) -> bool:
        """Whether it speaks AMQP now."""
        return speaks_amqp(self.port)

    def stop(self, *, within_s: float = 20) -> None:
        """A clean stop of the node and its name server; nothing of either is left."""
        self._broker.end(signal.SIGTERM, within_s=within_s)
        self._names.end(signal.SIGTERM, within_s=2)

    def kill(self) -> None:
        """SIGKILL to the node and all it started; the name server stays for the restart."""
        self._broker.kill()

    def freeze(self) -> None:
        """Stop the node's processes where they stand: connections stay open, nothing answers."""
        self._broker.signal_group(signal.SIGSTOP)

    def thaw(self) -> None:
        self._broker.signal_group(signal.SIGCONT)

    def url(self, user: str | None = None, *, vhost: str | None = None, port: int | None = None) -> str:
        """An AMQP address; `port` points it at a proxy in front of the node."""
        chosen = next(one for one in self.users if user in (None, one.name))
        host = quote(vhost or self.vhosts[0], safe="")
        return f"amqp://{chosen.name}:{quote(chosen.password, safe='')}@127.0.0.1:{port or self.port}/{host}"

    def take(self, document: Mapping[str, object]) -> None:
        """Import definitions into the running node; what stands and is not named is left alone."""
        self.ctl("import_definitions", told=json.dumps(document))

    def ctl(self, *arguments: str, told: str = "", within_s: float = 60) -> str:
        """Run `rabbitmqctl`, with `told` on its standard input; answers what it printed."""
        run = subprocess.run(
            [str(self._programs / "rabbitmqctl"), "-q", "-n", self.node, *arguments],
            env=self.environment(),
            cwd=self.folder,
            input=told,
            capture_output=True,
            text=True,
            check=False,
            timeout=within_s,
            **self._account.popen_options(),
        )
        if run.returncode != 0:
            raise ServerFailed(f"rabbitmqctl {arguments[0]} failed:\n{run.stdout[-1000:]}{run.stderr[-1000:]}")
        return str(run.stdout)
