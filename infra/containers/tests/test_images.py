"""The images hold all that their programs import: laid out here as the Dockerfile copies it, and started from there."""

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from infra.containers.__main__ import DOCKERFILE
from infra.local.layout import ROOT

STAGE = re.compile(r"^FROM (?P<base>\S+) AS (?P<name>\S+)$", re.MULTILINE)
COPY = re.compile(r"^COPY (?!--from)(?P<words>.+)$", re.MULTILINE)
PROGRAMS = {
    "service": [f"import services.{path.parent.name}.main" for path in ROOT.glob("services/*/main.py")],
    "gateway": ["import gateway.main"],
    "simulator": ["import infra.tpg_simulator.__main__"],
}


def stages() -> dict[str, tuple[str, str]]:
    """What each stage stands on, and its text."""
    text = DOCKERFILE.read_text()
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


def lay_out(target: str, into: Path) -> None:
    """Copy what the stage and those below it copy."""
    base, text = stages()[target]
    if base in stages():
        lay_out(base, into)
    for found in COPY.finditer(text):
        *sources, place = found["words"].split()
        for source in (path for pattern in sources for path in ROOT.glob(pattern)):
            for path in [source, *source.rglob("*")]:
                if path.is_file() and not ignored(path.relative_to(ROOT)):
                    goal = (
                        into
                        / place.removeprefix("/app/")
                        / (path.relative_to(source) if source.is_dir() else path.name)
                    )
                    goal.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, goal)


@pytest.mark.parametrize("target", PROGRAMS)
def test_an_image_holds_what_its_programs_import(target: str, tmp_path: Path) -> None:
    lay_out(target, tmp_path)
    script = "; ".join(PROGRAMS[target])
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert not list(tmp_path.rglob("tests"))


def test_what_is_missing_is_found(tmp_path: Path) -> None:
    lay_out("simulator", tmp_path)
    run = subprocess.run(
        [sys.executable, "-c", "import gateway.main"], cwd=tmp_path, env={}, check=False, capture_output=True
    )
    assert run.returncode != 0


def test_the_bases_are_pinned() -> None:
    bases = re.findall(r"^ARG \w+_IMAGE=(\S+)$", DOCKERFILE.read_text(), re.MULTILINE)
    assert bases
    assert all(re.fullmatch(r"\S+:\d+\.\d+\.\d+-\S+", base) for base in bases), bases
