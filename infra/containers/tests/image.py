"""What an image holds, laid out without an engine: what its stage copies, less what .dockerignore keeps out."""

import posixpath
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from infra.containers import dockerfile
from infra.local.layout import ROOT

STAGE = re.compile(r"^FROM (?P<base>\S+) AS (?P<name>\S+)$", re.MULTILINE)
COPY = re.compile(r"^COPY (?!--from)(?P<words>.+)$", re.MULTILINE)
APP = PurePosixPath("/app")
"""The images' folder of programs; it alone is laid out."""


class Elsewhere(ValueError):
    """A COPY whose goal is not in the images' folder of programs."""


def stages() -> dict[str, tuple[str, str]]:
    """What each stage stands on, and its text."""
    text = dockerfile.FILE.read_text()
    found = list(STAGE.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)]
    return {one["name"]: (one["base"], text[one.end() : end]) for one, end in zip(found, ends, strict=True)}


def ignored(path: Path) -> bool:
    """Whether .dockerignore keeps this out."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    kept_out = True
    for line in lines[1:]:
        pattern = line.lstrip("!").removeprefix("**/")
        within = any(fnmatch(str(part), pattern) for part in (path, *path.parents)) or (
            line.startswith("**/") and any(fnmatch(part, pattern) for part in path.parts)
        )
        kept_out = kept_out if not within else not line.startswith("!")
    return kept_out


def goal(place: str, into: Path) -> Path:
    """Where a COPY's goal lies here; raises Elsewhere for one that would not be below `into`."""
    path = PurePosixPath(posixpath.normpath(APP / place))
    if not path.is_relative_to(APP):
        raise Elsewhere(f"{place} is not in {APP}")
    return into / path.relative_to(APP)


def lay_out(target: str, into: Path) -> None:
    """Copy what the stage and those below it copy; raises Elsewhere when that is not all in the folder of programs."""
    base, text = stages()[target]
    if base in stages():
        lay_out(base, into)
    for found in COPY.finditer(text):
        *sources, place = found["words"].split()
        here = goal(place, into)
        for source in (path for pattern in sources for path in ROOT.glob(pattern)):
            for path in [source, *source.rglob("*")]:
                if path.is_file() and not ignored(path.relative_to(ROOT)):
                    copy = here / (path.relative_to(source) if source.is_dir() else path.name)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, copy)
