"""The images hold all that their programs import: laid out here as the Dockerfile copies it, and started from there."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.containers import dockerfile
from infra.containers.tests.image import Elsewhere, lay_out
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


@pytest.fixture
def copying(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Given a Dockerfile that copies one file to a place, it is laid out in the folder `image`."""

    def copy(place: str) -> None:
        file = tmp_path / "Dockerfile"
        file.write_text(f"FROM scratch AS one\nWORKDIR /app\nCOPY LICENSE {place}\n")
        monkeypatch.setattr(dockerfile, "FILE", file)
        lay_out("one", tmp_path / "image")

    return copy


@pytest.mark.parametrize("place", ["/app", "/app/", "./", "/app/inner/.."])
def test_what_is_copied_to_the_programs_lies_in_the_folder(
    place: str, copying: Callable[[str], None], tmp_path: Path
) -> None:
    copying(place)
    assert [path.name for path in (tmp_path / "image").iterdir()] == ["LICENSE"]


@pytest.mark.parametrize("place", ["{}/elsewhere/", "../elsewhere/", "/app/../elsewhere/", "/app-elsewhere/"])
def test_nothing_is_laid_out_beside_the_folder(place: str, copying: Callable[[str], None], tmp_path: Path) -> None:
    with pytest.raises(Elsewhere, match="elsewhere"):
        copying(place.format(tmp_path))
    assert not list(tmp_path.rglob("LICENSE"))
