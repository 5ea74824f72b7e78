"""supervisord for one local system: writes its configuration, starts it, and talks to it over its own socket."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from infra.local.layout import ROOT, Layout
from infra.local.programs import Program
from infra.local.secrets import write_privately

START_WITHIN_S = 15
STOP_WITHIN_S = 60
NOT_RUNNING = 70
ALREADY_STARTED = 60
AND_WAIT, AT_ONCE = True, False


class SupervisionFailed(RuntimeError):
    """supervisord did not do what was asked; the message says what to look at."""


@dataclass(frozen=True, slots=True)
class ProcessState:
    name: str
    state: str
    pid: int
    since_s: int

    @property
    def running(self) -> bool:
        return self.state in ("RUNNING", "STARTING")


class Supervisor:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        socket = f"unix://{layout.supervisor_socket}"
        self._transport = SupervisorTransport(None, None, serverurl=socket)
        self._rpc: Any = ServerProxy("http://127.0.0.1", transport=self._transport).supervisor

    def close(self) -> None:
        """Let the connection to supervisord go."""
        self._transport.close()

    def is_up(self) -> bool:
        try:
            self._rpc.getState()
        except (OSError, Fault):
            self._transport.close()
            return False
        return True

    def ensure_up(self, programs: Sequence[Program]) -> None:
        """Start supervisord unless it runs; bring its configuration to what the programs are now."""
        self._layout.logs.mkdir(parents=True, exist_ok=True)
        self._layout.telemetry.mkdir(parents=True, exist_ok=True)
        write_privately(self._layout.supervisor_config, configuration(self._layout, programs))
        if self.is_up():
            self._take_over_changes()
            return
        self._layout.supervisor_socket.unlink(missing_ok=True)
        started = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._layout.supervisor_config)],
            cwd=ROOT,
            env={**os.environ, **dict([self._layout.mark])},
            capture_output=True,
            text=True,
            check=False,
        )
        deadline = time.monotonic() + START_WITHIN_S
        while not self.is_up():
            if started.returncode != 0 or time.monotonic() > deadline:
                raise SupervisionFailed(f"supervisord did not start:\n{started.stderr[-1500:]}")
            time.sleep(0.1)

    def _take_over_changes(self) -> None:
        [[added, changed, removed]] = self._rpc.reloadConfig()
        for name in [*changed, *removed]:
            self._rpc.stopProcessGroup(name)
            self._rpc.removeProcessGroup(name)
        for name in [*added, *changed]:
            self._rpc.addProcessGroup(name)

    def start(self, name: str) -> bool:
        """Start a program; False when it runs already."""
        try:
            self._rpc.startProcess(name, AT_ONCE)
        except Fault as fault:
            if fault.faultCode == ALREADY_STARTED:
                return False
            raise SupervisionFailed(f"{name} could not be started: {fault.faultString}") from None
        return True

    def stop(self, name: str) -> None:
        """Stop a program and wait until it has ended."""
        try:
            self._rpc.stopProcess(name, AND_WAIT)
        except Fault as fault:
            if fault.faultCode != NOT_RUNNING:
                raise SupervisionFailed(f"{name} could not be stopped: {fault.faultString}") from None

    def signal(self, name: str, number: str) -> None:
        """Send a program a signal that it knows how to live on after."""
        try:
            self._rpc.signalProcess(name, number)
        except Fault as fault:
            raise SupervisionFailed(f"{name} could not be told {number}: {fault.faultString}") from None

    def stop_all(self, names: Sequence[str]) -> None:
        """Ask all of them to stop at once, each to drain on its own, and wait until the last has ended."""
        for name in names:
            self._ask_to_stop(name)
        for name in names:
            self._wait_stopped(name)

    def _ask_to_stop(self, name: str) -> None:
        try:
            self._rpc.stopProcess(name, AT_ONCE)
        except Fault as fault:
            if fault.faultCode != NOT_RUNNING:
                raise SupervisionFailed(f"{name} could not be stopped: {fault.faultString}") from None

    def _wait_stopped(self, name: str) -> None:
        deadline = time.monotonic() + STOP_WITHIN_S
        while self.state(name).state not in ("STOPPED", "EXITED", "FATAL"):
            if time.monotonic() > deadline:
                raise SupervisionFailed(f"{name} does not stop")
            time.sleep(0.1)

    def states(self) -> list[ProcessState]:
        return [
            ProcessState(info["name"], info["statename"], info["pid"], max(0, info["now"] - info["start"]))
            for info in self._rpc.getAllProcessInfo()
        ]

    def names(self) -> list[str]:
        """Every program it knows."""
        return [state.name for state in self.states()]

    def state(self, name: str) -> ProcessState:
        return next(state for state in self.states() if state.name == name)

    def shut_down(self) -> None:
        """End supervisord itself, after its programs; returns when it has gone."""
        pid = int(self._rpc.getPID())
        self._rpc.shutdown()
        deadline = time.monotonic() + STOP_WITHIN_S
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        self._layout.supervisor_socket.unlink(missing_ok=True)


def configuration(layout: Layout, programs: Sequence[Program]) -> str:
    """Supervisord's configuration; no secret stands in it. A percent sign would be read as a placeholder."""
    socket = str(layout.supervisor_socket)
    account = "user=root\n" if os.geteuid() == 0 else ""
    head = f"""\
; Written by `make up`.
[unix_http_server]
file={_plain(socket)}
chmod=0700

[supervisord]
logfile={_plain(layout.logs / "supervisord.log")}
pidfile={_plain(layout.run / "supervisord.pid")}
loglevel=info
nodaemon=false
{account}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
    return head + "".join(_section(layout, program) for program in programs)


def _section(layout: Layout, program: Program) -> str:
    log = layout.logs / f"{program.name}.log"
    return f"""
[program:{program.name}]
command="{_plain(sys.executable)}" -m infra.local.launch {program.name}
directory={_plain(ROOT)}
environment=PYTHONPATH="{_plain(ROOT)}",TMS_PORT_BASE="{layout.base}",TMS_SETTINGS="{program.fingerprint}"
autostart=false
autorestart=true
startsecs=3
startretries=1000
stopsignal={program.stop_signal}
stopwaitsecs={program.stop_wait_s}
killasgroup=true
redirect_stderr=true
stdout_logfile={_plain(log)}
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=1
"""


def _plain(path: object) -> str:
    return str(path).replace("%", "%%")
