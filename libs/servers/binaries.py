"""Finds the server programs on this machine, or says exactly how to get them."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

POSTGRES_FOLDERS = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt")
RABBITMQ_FOLDERS = ("/usr/lib/rabbitmq/bin", "/usr/local/sbin", "/opt/rabbitmq/sbin", "/opt/homebrew/sbin")
OLDEST_POSTGRES = 13
OLDEST_RABBITMQ = (3, 10)
"""The first with at-least-once dead-lettering."""


class ServerMissing(RuntimeError):
    """A server program is not on this machine; the message ends with the command that installs it."""

    def __init__(self, what: str, package: str) -> None:
        super().__init__(f"{what} is not on this machine. Install it with:\n    sudo apt-get install -y {package}")
        self.package = package


def postgres_folder() -> Path:
    """The folder that holds `postgres` and `initdb`, the newest version first."""
    folders = {path.parent for root in POSTGRES_FOLDERS for path in Path(root).glob("**/bin/postgres")}
    on_path = shutil.which("initdb")
    if on_path and Path(on_path).resolve().with_name("postgres").exists():
        folders.add(Path(on_path).resolve().parent)
    usable = [(version, folder) for folder in folders if (version := _postgres_version(folder)) >= OLDEST_POSTGRES]
    if not usable:
        raise ServerMissing(f"PostgreSQL {OLDEST_POSTGRES} or newer", "postgresql")
    return max(usable)[1]


def rabbitmq_folder() -> Path:
    """The folder of the plain start scripts. Debian's wrappers on PATH insist on root, so they are passed over."""
    for folder in map(Path, RABBITMQ_FOLDERS):
        script = folder / "rabbitmq-server"
        if os.access(script, os.X_OK) and _rabbitmq_version(script) >= OLDEST_RABBITMQ:
            return folder
    major, minor = OLDEST_RABBITMQ
    raise ServerMissing(f"RabbitMQ {major}.{minor} or newer", "rabbitmq-server")


def epmd() -> Path:
    """Erlang's name server, of which each node here gets its own."""
    found = shutil.which("epmd")
    if found is None:
        raise ServerMissing("Erlang", "rabbitmq-server")
    return Path(found)


@cache
def _postgres_version(folder: Path) -> int:
    told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    major = re.search(r"(\d+)", told)
    return int(major.group(1)) if major else 0


def _rabbitmq_version(script: Path) -> tuple[int, int]:
    """As the installation's own plugins folder says; one that does not say is taken to be new."""
    for part in script.resolve().parents[1].glob("plugins/rabbit-*"):
        if found := re.match(r"rabbit-(\d+)\.(\d+)", part.name):
            return int(found.group(1)), int(found.group(2))
    return OLDEST_RABBITMQ
