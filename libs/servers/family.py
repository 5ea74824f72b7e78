"""Who descends from a process. Servers put their children into groups of their own, so a group is not enough."""

import contextlib
import os
import signal
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
STATE, PARENT, STARTED = 0, 1, 19
"""Places in `/proc/PID/stat`, counted from after the command, which may itself hold spaces and brackets."""


@dataclass(frozen=True, slots=True)
class Member:
    """One process. With its start time, so that a later process of the same number is never taken for it."""

    pid: int
    started: int

    def lives(self) -> bool:
        """Whether it still runs; one that has ended and is not collected yet does not."""
        fields = _stat(self.pid)
        return fields is not None and int(fields[STARTED]) == self.started and fields[STATE] not in "ZX"

    def kill(self) -> None:
        if self.lives():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def family_of(pid: int) -> list[Member]:
    """The process and all that descends from it now."""
    children: dict[int, list[Member]] = defaultdict(list)
    members: dict[int, Member] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            member = Member(int(entry.name), int(fields[STARTED]))
            members[member.pid] = member
            children[int(fields[PARENT])].append(member)

    def walk(member: Member) -> Iterator[Member]:
        yield member
        for child in children[member.pid]:
            yield from walk(child)

    return list(walk(members[pid])) if pid in members else []


def await_gone(family: Iterable[Member], *, within_s: float) -> bool:
    """Return when none of them lives any more; False when the time was over first."""
    remaining = list(family)
    deadline = time.monotonic() + within_s
    while remaining := [member for member in remaining if member.lives()]:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _stat(pid: int) -> list[str] | None:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
