"""The container engine of this machine, and its compose."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.containers.files import FOLDER
from infra.local.layout import ROOT, Layout

COMPOSERS = (("docker", "compose"), ("podman", "compose"), ("docker-compose",), ("podman-compose",))


class NoEngine(RuntimeError):
    """None answers; the message says what is looked for."""


class EngineFailed(RuntimeError):
    """It did not do what was asked; it has said why itself."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One that answers."""

    composer: tuple[str, ...]

    @classmethod
    def of_this_machine(cls) -> "Engine":
        """The first with compose that answers; raises NoEngine."""
        found = next((composer for composer in COMPOSERS if _answers(composer)), None)
        if found is None:
            raise NoEngine("No container engine with compose answers here: Docker (with its compose plugin) or Podman.")
        return cls(found)

    @property
    def program(self) -> str:
        """What runs and builds single containers: docker or podman."""
        return self.composer[0].partition("-")[0]

    def compose(self, layout: Layout, *arguments: str) -> list[str]:
        """The command that does something with the composed system of a layout."""
        told = layout.run / FOLDER / "compose.env"
        return [*self.composer, "--env-file", str(told), *arguments]

    def has(self, image: str) -> bool:
        found = subprocess.run([self.program, "image", "inspect", image], capture_output=True, check=False)
        return found.returncode == 0

    def build(self, image: str, dockerfile: Path, target: str, arguments: Mapping[str, str]) -> None:
        """Build one stage of a file, with the file's folder as all it can copy from."""
        told = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
        command = [self.program, "build", "--file", str(dockerfile), "--target", target, "--tag", image, *told]
        run([*command, str(dockerfile.parent)])


def run(command: Sequence[str]) -> None:
    """Run it here, on this terminal; raises EngineFailed."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise EngineFailed(f"{command[0]} did not do that; it says why above.")


def _answers(composer: tuple[str, ...]) -> bool:
    if shutil.which(composer[0]) is None:
        return False
    return subprocess.run([*composer, "version"], capture_output=True, check=False).returncode == 0
