"""A new release takes over while everybody works: schemas first, then one process after another, the gateway last.

Services are replaced by a stop and a start: the gateway waits a moment for one that is between the two. The gateway
itself hands its socket to the one after it, so that nobody is refused.
"""

import time
from collections.abc import Callable
from urllib.error import URLError
from urllib.request import urlopen

from infra.local import provision
from infra.local.layout import Layout
from infra.local.programs import Program, programs
from infra.local.secrets import Secrets
from infra.local.supervisor import Supervisor

READY_WITHIN_S = 300
STARTED = "tms_gateway_started_seconds "


class NotReplaced(RuntimeError):
    """A program did not come back; what follows it was left as it is."""


class Rolling:
    """Replaces the programs of one running system by what stands in this tree."""

    def __init__(self, layout: Layout, secrets: Secrets, supervisor: Supervisor) -> None:
        self._layout = layout
        self._secrets = secrets
        self._supervisor = supervisor

    @property
    def order(self) -> list[str]:
        """Who is replaced after whom. The gateway comes last, so that what it offers is already answered behind it."""
        return [*self._layout.services(), "gateway"]

    async def expand(self) -> None:
        """Bring every schema to head. What runs goes on: steps only widen."""
        for service in self._layout.services():
            await provision.migrate(self._layout, self._secrets, service)

    def replace(self, name: str) -> None:
        """Replace one program; returns when the new one is ready. Raises NotReplaced."""
        if name == "gateway":
            self._succeed()
        else:
            self._supervisor.stop(name)
            self._supervisor.start(name)
        program = next(one for one in programs(self._layout, self._secrets) if one.name == name)
        _wait(lambda: _says(program, program.health_path or "/") is not None, f"{name} is not ready again")

    def _succeed(self) -> None:
        """Let the gateway's successor take over; one that knows no hand-over ends, and supervision starts it."""
        gateway = next(one for one in programs(self._layout, self._secrets) if one.name == "gateway")
        before, pid = _began(gateway), self._supervisor.state("gateway").pid
        self._supervisor.signal("gateway", "HUP")

        def succeeded() -> bool:
            now = _began(gateway)
            return now is not None and now != before

        _wait(succeeded, f"no gateway has taken over from process {pid}")


def _began(gateway: Program) -> str | None:
    """When the gateway that answers began to serve, in its own words."""
    told = _says(gateway, "/metrics") or ""
    return next((line for line in told.splitlines() if line.startswith(STARTED)), None)


def _says(program: Program, path: str) -> str | None:
    """What the program answers there; None when it does not, or says that it cannot serve."""
    try:
        with urlopen(f"http://127.0.0.1:{program.port}{path}", timeout=10) as answer:
            return str(answer.read().decode())
    except (URLError, OSError, ValueError):
        return None


def _wait(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not condition():
        if time.monotonic() > deadline:
            raise NotReplaced(otherwise)
        time.sleep(0.1)
