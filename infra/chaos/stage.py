"""A whole local system of its own, with two sample workers beside it, to be broken."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGQUIT

from infra.local.environment import admin_database_url
from infra.local.layout import ROOT, Layout
from infra.local.secrets import Secrets, read_or_make, write_privately
from infra.local.servers import VHOST, rabbitmq
from infra.local.supervisor import Supervisor
from libs.database.migrations import upgrade_now
from libs.testing.sample.process import SampleProcess
from libs.testing.sample.service import sample

PORT_BASE = 9_000
UP_TRIES = 3
SAMPLES = ("sample-0", "sample-1")
HURRIED = {
    "TMS_SYNC_RECONCILE_LEASE": "PT5S",
    "TMS_SYNC_RECONCILE_EVERY": "PT1S",
    "TMS_SYNC_RECONCILE_RETRY": "PT2S",
    "TMS_SYNC_RECONCILE_PAUSE": "PT0S",
    "TMS_SYNC_RECONCILE_TRIES": "50",
    "TMS_SYNC_BREAKER_OPEN": "PT4S",
    "TMS_SYNC_BREAKER_OPEN_CAP": "PT8S",
    "TMS_SYNC_RAMP": "PT10S",
    "TMS_SYNC_BACKOFF_START": "PT3S",
    "TMS_TPG_RATE_PER_S": "20",
}
"""Waits that are right towards the real TPGateway, and would only make a storm long."""
QUICK = {"TMS_RETRY_LEASE": "PT5S", "TMS_GAP_WAIT": "PT2S", "TMS_SWEEP_EVERY": "PT20S", "TMS_SWEEP_BEHIND": "PT5S"}


@dataclass(slots=True)
class Stage:
    """What the chaos run may break and look into."""

    layout: Layout
    secrets: Secrets
    supervisor: Supervisor
    samples: dict[str, SampleProcess]

    @property
    def victims(self) -> list[str]:
        return [*SAMPLES, *self.layout.services(), "gateway", "simulator"]

    @property
    def database_url(self) -> str:
        return admin_database_url(self.layout, self.secrets)

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.layout.port('gateway')}"

    @property
    def simulator(self) -> str:
        return f"http://127.0.0.1:{self.layout.port('simulator')}"

    def strike(self, victim: str) -> bool:
        """SIGKILL one process; the database gets an immediate stop, the broker dies with its whole group.

        False when it was down already.
        """
        if victim in self.samples:
            self.samples[victim].kill()
            return True
        pid = self.supervisor.state(victim).pid
        if not pid:
            return False
        try:
            if victim == "rabbitmq":
                os.killpg(pid, SIGKILL)
            else:
                os.kill(pid, SIGQUIT if victim == "postgres" else SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def raise_the_dead(self) -> None:
        """Start sample workers that have been killed; everything else is supervised."""
        for process in self.samples.values():
            if not process.alive:
                with suppress(RuntimeError):  # its database may be away; tried again in a moment
                    process.start()


@contextmanager
def stage(*, keep: bool, base: int = PORT_BASE, code: Path = ROOT) -> Iterator[Stage]:
    """A fresh system, of this tree's code or of another's; stopped at the end, and deleted unless `keep`."""
    layout = Layout(base)
    _local(layout, "reset", "--yes")
    write_privately(layout.settings, json.dumps(HURRIED))
    if code != ROOT:
        write_privately(layout.releases, json.dumps(dict.fromkeys([*layout.services(), "gateway"], str(code))))
    _up(layout)
    secrets = read_or_make(layout.secrets, layout.services())
    url = admin_database_url(layout, secrets)
    upgrade_now(url, folder=sample.migrations, schema=sample.schema)
    amqp = rabbitmq(layout, secrets).url("tms_admin", vhost=VHOST)
    samples = {name: _sample(url, amqp, layout.logs / f"{name}.log") for name in SAMPLES}
    supervisor = Supervisor(layout)
    try:
        for process in samples.values():
            process.start()
        yield Stage(layout, secrets, supervisor, samples)
    finally:
        for process in samples.values():
            process.kill()
        supervisor.close()
        _local(layout, "down")
        if not keep:
            _local(layout, "reset", "--yes")


def _up(layout: Layout) -> None:
    """On a machine that is busy with other things a system is not ready at once: asked again, `up` goes on waiting."""
    for _ in range(UP_TRIES - 1):
        with suppress(RuntimeError):
            _local(layout, "up")
            return
    _local(layout, "up")


def _sample(url: str, amqp: str, log: Path) -> SampleProcess:
    return SampleProcess(database_url=url, amqp_url=amqp, log=log, environment=QUICK)


def _local(layout: Layout, command: str, *arguments: str) -> None:
    environment = {**os.environ, "TMS_PORT_BASE": str(layout.base)}
    for name in ("DATABASE_URL", "AMQP_URL"):
        environment.pop(name, None)
    run = subprocess.run(
        [sys.executable, "-m", "infra.local", command, *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode != 0:
        raise RuntimeError(f"`{command}` of the system to be tried failed:\n{run.stdout}{run.stderr}")
