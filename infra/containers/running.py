"""The composed system as it runs: its containers' lives, logs, and what is left of it."""

import subprocess
from pathlib import Path

from infra.containers.engine import Engine
from infra.containers.files import project
from infra.local.layout import Layout, wire_name


class Containers:
    """Those of one layout's composed system, by the names that the processes of `make up` have."""

    def __init__(self, engine: Engine, layout: Layout) -> None:
        self._engine = engine
        self._layout = layout

    def life(self, name: str) -> str:
        """When its containers were started last: another after each start."""
        return self._told(self._engine.program, "inspect", "--format", "{{.State.StartedAt}}", *self._ids(name))

    def kill(self, name: str) -> None:
        """SIGKILL, and start again: an engine takes this kill for a wish that they stay away."""
        ids = self._ids(name)
        self._told(self._engine.program, "kill", *ids)
        self._told(self._engine.program, "start", *ids)

    def write_logs(self, folder: Path) -> None:
        """All that each of them has said until now, as a file of its name."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in self._told(self._engine.program, "ps", "--all", "--format", "{{.Names}}", *self._mine()).split():
            with (folder / f"{name}.log").open("w") as log:
                subprocess.run([self._engine.program, "logs", name], stdout=log, stderr=log, check=True)

    def leftovers(self) -> list[str]:
        """Containers, volumes and networks that the engine still has of this system."""
        kinds = (("ps", "--all"), ("volume", "ls"), ("network", "ls"))
        return [
            line
            for kind in kinds
            for line in self._told(self._engine.program, *kind, "--quiet", *self._mine()).splitlines()
        ]

    def _ids(self, name: str) -> list[str]:
        wire = wire_name(name)
        names = [f"{wire}-api", f"{wire}-worker"] if name in self._layout.services() else [wire]
        return self._compose("ps", "--quiet", *names).split()

    def _mine(self) -> tuple[str, str]:
        return "--filter", f"label=com.docker.compose.project={project(self._layout)}"

    def _compose(self, *arguments: str) -> str:
        return self._told(*self._engine.compose(self._layout, *arguments))

    def _told(self, *command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
