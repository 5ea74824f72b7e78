"""The servers of the tests in containers, where an engine answers: `TMS_TEST_SERVERS=containers`.

They promise tests the same as `libs.servers` does. Each listens inside on the port it has outside, so that it can be
reached alike through a bridge and on the host's own network (`TMS_TEST_NETWORK=host`). `TMS_TEST_POSTGRES_IMAGE` and
`TMS_TEST_RABBITMQ_IMAGE` take other images.
"""

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import closing
from json import dumps
from typing import Any, Final
from urllib.parse import quote

import docker
from docker.errors import DockerException
from docker.models.containers import Container
from testcontainers.core.container import DockerContainer

from libs.servers.postgres import ADMIN, CARELESS, STEADY
from libs.servers.process import ServerFailed
from libs.servers.rabbitmq import BrokerUser, definitions, speaks_amqp

POSTGRES_IMAGE: Final = "docker.io/library/postgres:17.6-bookworm"
RABBITMQ_IMAGE: Final = "docker.io/library/rabbitmq:4.3.7"
NETWORK: Final = os.environ.get("TMS_TEST_NETWORK", "")
SPOKEN: Final = "1.41"
"""The version of the engine's interface that is asked; left open, the client asks for it and forgets its socket."""
POLL_S, UP_WITHIN_S = 0.1, 120.0


class NoEngine(RuntimeError):
    """Nothing that runs containers answers; the message says what to do."""

    def __init__(self, cause: Exception) -> None:
        place = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        super().__init__(
            f"TMS_TEST_SERVERS=containers, and no container engine answers at {place} ({cause}).\n"
            "Start Docker, or Podman's service and name its socket:\n"
            "    podman system service --time=0 & export DOCKER_HOST=unix:///run/podman/podman.sock\n"
            "Without TMS_TEST_SERVERS the tests start private servers of their own."
        )


def look_for_engine() -> None:
    """Raises NoEngine when there is none."""
    with closing(docker.from_env(version=SPOKEN)) as engine:
        try:
            engine.ping()
        except (DockerException, OSError) as error:
            raise NoEngine(error) from None


class Contained(ABC):
    """One server in a container of its own."""

    def __init__(self, image: str, *, port: int) -> None:
        self.port = port
        self._image = DockerContainer(image)
        if NETWORK:
            self._image.with_kwargs(network_mode=NETWORK)
        else:
            self._image.with_bind_ports(port, port)
        self._started = False

    def start(self, *, within_s: float = UP_WITHIN_S) -> None:
        """Start it, the first time or again; return when it answers."""
        if self._started:
            self._container.start()
        else:
            self._image.start()
            self._started = True
        self._wait_until_it_answers(within_s)

    def stop(self) -> None:
        """Stop it and delete all it held."""
        self._image.stop()

    def kill(self) -> None:
        """SIGKILL to everything in the container."""
        self._container.kill("SIGKILL")
        self._container.wait()

    @abstractmethod
    def answers(self) -> bool:
        """Whether it speaks its protocol now."""

    @property
    def _container(self) -> Container:
        return self._image.get_wrapped_container()

    def _run(self, command: Sequence[str], **environment: str) -> str:
        """Run a program inside; answers what it printed."""
        status, (printed, complaint) = self._container.exec_run(list(command), environment=environment, demux=True)
        if status != 0:
            raise ServerFailed(f"{command[0]} failed:\n{(complaint or b'').decode()[-2000:]}")
        return (printed or b"").decode()

    def _wait_until_it_answers(self, within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while not self.answers():
            self._container.reload()
            if self._container.status not in ("created", "running") or time.monotonic() > deadline:
                log = self._container.logs(tail=15).decode(errors="replace")
                raise ServerFailed(f"{self._image.image} is {self._container.status} and does not answer:\n{log}")
            time.sleep(POLL_S)


class ContainedPostgres(Contained):
    """As `libs.servers.postgres.PostgresServer`."""

    def __init__(self, *, port: int, password: str, careless: bool = False) -> None:
        super().__init__(os.environ.get("TMS_TEST_POSTGRES_IMAGE", POSTGRES_IMAGE), port=port)
        self.password = password
        options = [f"port={port}", *STEADY, *(CARELESS if careless else ())]
        self._image.with_envs(POSTGRES_USER=ADMIN, POSTGRES_PASSWORD=password, POSTGRES_DB="postgres")
        self._image.with_command(["postgres", *(word for option in options for word in ("-c", option))])

    def answers(self) -> bool:
        """Asked over TCP: the server that the image runs while it sets itself up is not there yet."""
        probe = ["pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return int(self._container.exec_run(probe).exit_code) == 0

    def stop_immediately(self) -> None:
        """A crash: recovery runs at the next start."""
        self._container.kill("SIGQUIT")
        self._container.wait()

    def url(self, database: str = "postgres", *, user: str = ADMIN, password: str | None = None) -> str:
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def execute(self, sql: str, *, database: str = "postgres") -> str:
        """Run statements as the administrator; answers their unaligned output."""
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database)]
        return self._run(["sh", "-c", 'printf %s "$SQL" | psql "$@"', "psql", *options], SQL=sql).strip()


class ContainedRabbit(Contained):
    """As `libs.servers.rabbitmq.RabbitServer`."""

    def __init__(
        self, *, port: int, epmd_port: int, dist_port: int, users: Sequence[BrokerUser], vhosts: Sequence[str]
    ) -> None:
        super().__init__(os.environ.get("TMS_TEST_RABBITMQ_IMAGE", RABBITMQ_IMAGE), port=port)
        self.users, self.vhosts = list(users), list(vhosts)
        self._image.with_envs(
            RABBITMQ_NODENAME=f"tms-{port}@localhost",
            RABBITMQ_NODE_PORT=str(port),
            RABBITMQ_DIST_PORT=str(dist_port),
            ERL_EPMD_PORT=str(epmd_port),
        )

    def start(self, *, within_s: float = UP_WITHIN_S) -> None:
        """Start it; return when it answers and has its accounts and virtual hosts."""
        super().start(within_s=within_s)
        self.ctl("await_startup")
        self.take(definitions(self.users, self.vhosts))

    def start_broker(self) -> None:
        """Start it again, as after a kill."""
        super().start()

    def answers(self) -> bool:
        return speaks_amqp(self.port)

    def freeze(self) -> None:
        """Stop its processes where they stand: connections stay open, nothing answers."""
        self._container.pause()

    def thaw(self) -> None:
        self._container.reload()
        if self._container.status == "paused":
            self._container.unpause()

    def url(self, user: str | None = None, *, vhost: str | None = None, port: int | None = None) -> str:
        chosen = next(one for one in self.users if user in (None, one.name))
        host = quote(vhost or self.vhosts[0], safe="")
        return f"amqp://{chosen.name}:{quote(chosen.password, safe='')}@127.0.0.1:{port or self.port}/{host}"

    def take(self, document: Mapping[str, Any]) -> None:
        """Import definitions into the running node; what stands and is not named is left alone."""
        script = 'printf %s "$TOLD" | rabbitmqctl -q import_definitions'
        self._run(["sh", "-c", script], TOLD=dumps(document))

    def ctl(self, *arguments: str, within_s: float = 60) -> str:
        """Run `rabbitmqctl`; answers what it printed."""
        return self._run(["rabbitmqctl", "-q", "--timeout", str(int(within_s)), *arguments])
