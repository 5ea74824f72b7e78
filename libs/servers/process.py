"""A server process with everything it starts: ended as one, and ended when we are."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from libs.servers.account import Account
from libs.servers.family import Member, await_gone, family_of

GUARD = 'read -r never; kill -s KILL -- "-$1"'
"""Waits for the end of its input, which comes when the process that holds the other end is gone, however it went."""


class ServerFailed(RuntimeError):
    """A server did not come up; the message holds the end of its log."""


class ServerProcess:
    """One program in a process group of its own, writing to one log file.

    It does not outlive the process that started it, not even when that one is killed.
    """

    def __init__(self, argv: Sequence[str], *, account: Account, env: Mapping[str, str], log: Path, cwd: Path) -> None:
        self.argv = list(argv)
        self.account = account
        self.env = dict(env)
        self.log = log
        self.cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        self._dismiss_guard()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                start_new_session=True,
                **self.account.popen_options(),
            )
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            **self.account.popen_options(),
        )

    def wait_until(self, ready: Callable[[], bool], *, within_s: float, what: str) -> None:
        """Return as soon as `ready`; raises ServerFailed with the log's end when the time is over or it died."""
        deadline = time.monotonic() + within_s
        while not ready():
            if self.pid is None:
                raise ServerFailed(f"{what} stopped while starting:\n{self.log_end()}")
            if time.monotonic() > deadline:
                raise ServerFailed(f"{what} was not ready within {within_s:.0f} s:\n{self.log_end()}")
            time.sleep(0.05)

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the program and what it keeps in its own group."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def wait(self, within_s: float) -> bool:
        """Whether the program ended in time."""
        if self._process is None:
            return True
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL to the program and all that descends from it, whichever group that moved to."""
        self._kill(self._family())

    def end(self, first: signal.Signals, *, within_s: float) -> None:
        """Ask with `first`, then insist; afterwards neither the program nor anything it started is left."""
        family = self._family()
        self.send(first)
        self.wait(within_s)
        self._kill(family)
        self._process = None

    def _family(self) -> list[Member]:
        return family_of(self.pid) if self.pid is not None else []

    def _kill(self, family: list[Member]) -> None:
        for member in family:
            member.kill()
        self.wait(10)
        await_gone(family, within_s=10)
        self._dismiss_guard()

    def _dismiss_guard(self) -> None:
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None

    def log_end(self, lines: int = 15) -> str:
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
