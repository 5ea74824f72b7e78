"""The images hold all that their programs import: laid out here as the Dockerfile copies it, and started from there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.containers import dockerfile
from infra.containers.tests.image import lay_out
from infra.local.layout import ROOT

PROGRAMS = {
    "service": [f"import services.{path.parent.name}.main" for path in ROOT.glob("services/*/main.py")],
    "gateway": ["import gateway.main"],
    "simulator": ["import infra.tpg_simulator.__main__"],
}


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
    bases = re.findall(r"^ARG \w+_IMAGE=(\S+)$", dockerfile.FILE.read_text(), re.MULTILINE)
    assert bases
    assert all(re.fullmatch(r"\S+:\d+\.\d+\.\d+-\S+", base) for base in bases), bases
