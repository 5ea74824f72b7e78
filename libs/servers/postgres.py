"""A private Postgres cluster: its own folder, its own port, loopback only."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from libs.servers.account import unprivileged, usable_folder
from libs.servers.binaries import postgres_folder
from libs.servers.process import ServerFailed, ServerProcess

ADMIN = "tms_admin"
STEADY: Sequence[str] = (
    "max_connections=200",
    "shared_buffers=128MB",
    "max_wal_size=1GB",
    "wal_compression=on",
    "jit=off",
    "log_min_duration_statement=1000",
    "log_line_prefix=%m [%p] %q%u ",
)
CARELESS: Sequence[str] = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests that never crash the server: nothing survives a power cut, everything is fast."""


class PostgresServer:
    """One cluster. `careless` trades durability for speed and is for tests only."""

    def __init__(self, folder: Path, *, port: int, password: str, careless: bool = False) -> None:
        self.port = port
        self.password = password
        self._programs = postgres_folder()
        self._account = unprivileged(("postgres",))
        self.folder = usable_folder(folder, self._account)
        self.cluster = self.folder / "cluster"
        self._settings = [*STEADY, *(CARELESS if careless else ())]
        self._process = ServerProcess(
            self.command(),
            account=self._account,
            env=self.environment(),
            log=folder.absolute().with_name(folder.name + ".log"),
            cwd=self.folder,
        )

    @property
    def account(self) -> str:
        return self._account.name

    @property
    def ids(self) -> tuple[int, int]:
        """User and group it runs as."""
        return self._account.uid, self._account.gid

    def environment(self) -> dict[str, str]:
        """Nothing of the caller's environment: PG* variables there must not reach it."""
        return {"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self.folder)}

    def command(self) -> list[str]:
        """The command line that runs the server in the foreground."""
        options = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            *self._settings,
        ]
        return [str(self._programs / "postgres"), "-D", str(self.cluster), *(f"--{option}" for option in options)]

    def create(self) -> bool:
        """Make the cluster unless it stands already; True when it was made now."""
        self._account.owns(self.folder)
        if (self.cluster / "PG_VERSION").exists():
            return False
        secret = self.folder / "password"
        secret.write_text(self.password)
        self._account.owns(self.folder)
        try:
            made = subprocess.run(
                [
                    str(self._programs / "initdb"),
                    f"--pgdata={self.cluster}",
                    f"--username={ADMIN}",
                    "--auth=scram-sha-256",
                    f"--pwfile={secret}",
                    "--encoding=UTF8",
                    "--no-locale",
                    "--no-sync",
                ],
                env=self.environment(),
                cwd=self.folder,
                capture_output=True,
                text=True,
                check=False,
                **self._account.popen_options(),
            )
        finally:
            secret.unlink()
        if made.returncode != 0:
            raise ServerFailed(f"initdb failed:\n{made.stderr[-2000:]}")
        return True

    def start(self, *, within_s: float = 60) -> None:
        """Make the cluster if needed, start it, return when it answers queries."""
        self.create()
        self._process.start()
        self._process.wait_until(self.answers, within_s=within_s, what="Postgres")

    def answers(self) -> bool:
        """Whether it accepts queries now."""
        probe = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "2"]
        return subprocess.run(probe, check=False, capture_output=True).returncode == 0

    def stop(self, *, within_s: float = 30) -> None:
        """A clean stop: sessions are ended, a checkpoint is written."""
        self._process.end(signal.SIGINT, within_s=within_s)

    def stop_immediately(self) -> None:
        """A crash as `pg_ctl stop -m immediate` makes it: recovery runs at the next start."""
        self._process.end(signal.SIGQUIT, within_s=10)

    def kill(self) -> None:
        """SIGKILL to every process of the cluster."""
        self._process.kill()

    def url(self, database: str = "postgres", *, user: str = ADMIN, password: str | None = None) -> str:
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def execute(self, sql: str, *, database: str = "postgres") -> str:
        """Run statements as the administrator through psql; answers their unaligned output."""
        run = subprocess.run(
            [str(self._programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database)],
            input=sql,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            raise ServerFailed(f"psql failed:\n{run.stderr[-2000:]}")
        return run.stdout.strip()
