"""Where a local system keeps its files and which ports it takes; `TMS_PORT_BASE` gives a second one its own of both."""

import json
import os
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("auth", "course", "enrolment", "attendance", "assessment", "audit", "tpg_sync")
"""In the order of their ports; those that stand are started."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One local system."""

    base: int = 0

    @classmethod
    def from_environment(cls) -> "Layout":
        told = os.environ.get("TMS_PORT_BASE") or "0"
        if not told.isdecimal() or int(told) > HIGHEST_BASE:
            raise SystemExit(f"TMS_PORT_BASE shifts every port: a number from 0 to {HIGHEST_BASE}, not {told!r}")
        return cls(int(told))

    @property
    def run(self) -> Path:
        return ROOT / (f".run-{self.base}" if self.base else ".run")

    @property
    def mark(self) -> tuple[str, str]:
        """Stands in the environment of every process of this system, so that each can be found again."""
        return "TMS_LOCAL_SYSTEM", str(self.run)

    @property
    def secrets(self) -> Path:
        return self.run / "secrets.json"

    @property
    def settings(self) -> Path:
        """Further settings of every service, as one JSON object; not there unless somebody wrote them."""
        return self.run / "settings.json"

    @property
    def releases(self) -> Path:
        """Which programs run another tree's code, as one JSON object of names and folders; not there unless some do."""
        return self.run / "releases.json"

    def code_of(self, program: str) -> Path:
        """Where a program's code stands: here, unless it was told to run an earlier release's."""
        told: dict[str, str] = json.loads(self.releases.read_text()) if self.releases.exists() else {}
        return Path(told.get(program, ROOT))

    @property
    def clock(self) -> Path:
        """Holds how many seconds this system's time is ahead; not there until somebody moves it."""
        return self.run / "clock"

    @property
    def backups(self) -> Path:
        """Where backups go unless another place is named; `make reset` deletes it with all else."""
        return self.run / "backups"

    @property
    def logs(self) -> Path:
        return self.run / "logs"

    @property
    def telemetry(self) -> Path:
        return self.run / "telemetry"

    @property
    def supervisor_config(self) -> Path:
        return self.run / "supervisord.conf"

    @property
    def supervisor_socket(self) -> Path:
        """Under the temporary folder: a socket's path may hold no more than about a hundred characters."""
        name = sha256(os.fsencode(self.run)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"tms-{name}.sock"

    def port(self, name: str) -> int:
        """The loopback port of a part."""
        return self.base + PORTS[name]

    def services(self) -> list[str]:
        """Folder names of the services that stand."""
        return [service for service in SERVICES if (ROOT / "services" / service / "main.py").exists()]


PORTS = {
    "gateway": 8080,
    "auth": 8101,
    "course": 8102,
    "enrolment": 8103,
    "attendance": 8104,
    "assessment": 8105,
    "audit": 8106,
    "tpg_sync": 8107,
    "simulator": 8190,
    "epmd": 54369,
    "postgres": 55432,
    "rabbitmq": 55672,
    "rabbitmq-dist": 55673,
}
HIGHEST_BASE = 65_535 - max(PORTS.values())


def wire_name(service: str) -> str:
    return service.replace("_", "-")
