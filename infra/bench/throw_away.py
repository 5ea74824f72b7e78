"""A Postgres of a benchmark's own, gone afterwards."""

from contextlib import ExitStack
from pathlib import Path

from libs.servers.account import remove_folder
from libs.servers.ports import free_ports
from libs.servers.postgres import PostgresServer


def throw_away_postgres(stack: ExitStack, folder: Path) -> str:
    """The URL of a server that runs until the stack closes."""
    folder.chmod(0o711)
    (port,) = free_ports(1)
    postgres = PostgresServer(folder / "postgres", port=port, password="synthetic")  # noqa: S106 - throw-away
    stack.callback(remove_folder, folder / "postgres")
    postgres.start()
    stack.callback(postgres.stop)
    return postgres.url("postgres")
