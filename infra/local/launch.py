"""Becomes one of the programs: sets its environment and account, and executes it in this process's place.

Supervision starts `python -m infra.local.launch NAME`, so that no secret stands in its configuration.
"""

import os
import sys

from infra.local.layout import Layout
from infra.local.programs import programs
from infra.local.secrets import read_or_make

SENDING = tuple(f"OTEL_EXPORTER_OTLP_{name}" for name in ("ENDPOINT", "HEADERS", "COMPRESSION"))
KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "TZ",
    "TMS_PORT_BASE",
    "SSL_CERT_FILE",
    "TMS_FAILPOINTS",
    "LISTEN_PID",
    "LISTEN_FDS",
    *SENDING,
)


def launch(name: str) -> None:
    """Never returns: the program takes over."""
    layout = Layout.from_environment()
    secrets = read_or_make(layout.secrets, layout.services())
    program = next(program for program in programs(layout, secrets) if program.name == name)
    inherited = {key: os.environ[key] for key in KEPT if key in os.environ} | dict([layout.mark])
    os.chdir(program.folder)
    if program.account is not None and os.geteuid() == 0:
        user, group = program.account
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
    os.execve(program.command[0], program.command, {**inherited, **program.environment})  # noqa: S606 - that is the point


if __name__ == "__main__":
    launch(sys.argv[1])
