"""Finds what a local system left running, so that `down` can promise that nothing is."""

import os
import signal
import time
from pathlib import Path

from infra.local.layout import Layout


def processes(layout: Layout) -> dict[int, str]:
    """Processes of this system, other than our own ancestors, with the beginning of their command lines.

    They are known by the mark in their environment; a person's shell, editor or `tail` in the run folder has none.
    Postgres writes its titles over its environment and is known by the folder it works in.
    """
    mark = "=".join(layout.mark).encode()
    cluster = (layout.run / "servers" / "postgres").resolve()
    ours = _ancestors()
    return {
        int(entry.name): _command(entry)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit()
        and int(entry.name) not in ours
        and (mark in _environment(entry) or _is_postgres_in(entry, cluster))
    }


def _environment(entry: Path) -> list[bytes]:
    try:
        return (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _is_postgres_in(entry: Path, cluster: Path) -> bool:
    try:
        return (entry / "comm").read_text().strip() == "postgres" and (entry / "cwd").readlink().is_relative_to(cluster)
    except OSError:
        return False


def _ancestors() -> set[int]:
    pids, pid = set(), os.getpid()
    while pid > 1:
        pids.add(pid)
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            break
    return pids


def _command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ").strip()[:120]
    except OSError:
        return "(ended)"


def end(layout: Layout) -> list[str]:
    """Kill what is left and answer what would not go."""
    for pid in processes(layout):
        _kill(pid)
    deadline = time.monotonic() + 10
    while processes(layout) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [f"{pid} {command}" for pid, command in processes(layout).items()]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
