"""Stand-ins for the images of others, from Debian's packages: for a machine that reaches no registry of images."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.containers import compose
from infra.containers.dockerfile import argument
from infra.containers.engine import Engine, EngineFailed

DOCKERFILE = Path(__file__).with_name("Dockerfile")
SUITES = ("bookworm", "trixie")
LEFT_OUT = ("doc", "man", "locale")
CACHED = ("pkgcache", "srcpkgcache")
"""What apt would keep in every layer in which it installs; images of Debian forbid it as well."""
AUTHORITY = "/usr/local/share/ca-certificates/of-this-machine.crt"


@dataclass(frozen=True, slots=True)
class StandIn:
    """A stage of the Dockerfile here, and the image it stands for."""

    target: str
    image: str

    @property
    def version(self) -> str:
        """As the image's name tells it: `24.11.1` of `node:24.11.1-bookworm-slim`."""
        return self.image.rpartition(":")[2].partition("-")[0]


def stand_ins() -> list[StandIn]:
    """Those there are, by the names that the files of this folder give."""
    composed = compose.read()["services"]
    return [
        StandIn("python", argument("PYTHON_IMAGE")),
        StandIn("node", argument("NODE_IMAGE")),
        *(StandIn(name, composed[name]["image"]) for name in ("postgres", "rabbitmq", "prometheus")),
    ]


def make(engine: Engine, *, authority: Path | None, say: Callable[[str], None]) -> None:
    """Make what the engine does not have; `authority` is a certificate they are to trust beside Debian's."""
    missing = [one for one in stand_ins() if not engine.has(one.image)]
    for suite in SUITES if missing else ():
        root = f"hawker-boys/debian:{suite}"
        if not engine.has(root):
            say(f"{root}, by mmdebstrap")
            _import(engine, suite, root, authority)
    for one in missing:
        say(f"{one.image}, by a stand-in")
        engine.build(one.image, DOCKERFILE, one.target, {"VERSION": one.version} if one.target == "node" else {})


def _import(engine: Engine, suite: str, image: str, authority: Path | None) -> None:
    with subprocess.Popen(bootstrap(suite, authority), stdout=subprocess.PIPE) as made:
        taken = subprocess.run([engine.program, "import", "-", image], stdin=made.stdout, check=False)
    if made.returncode or taken.returncode:
        raise EngineFailed(f"no image came of Debian's {suite}")


def bootstrap(suite: str, authority: Path | None) -> list[str]:
    """The command that writes Debian's smallest root as an archive to its standard output."""
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates"]
    command += [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in LEFT_OUT]
    command += [f'--aptopt=Dir::Cache::{cache} ""' for cache in CACHED]
    return [*command, *_trusting(authority), suite, "-"]


def _trusting(authority: Path | None) -> Iterator[str]:
    if authority is not None:
        yield f'--customize-hook=upload "{authority.absolute()}" {AUTHORITY}'
        yield '--customize-hook=chroot "$1" update-ca-certificates'
