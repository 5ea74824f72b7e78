"""Stand-ins for images of others. The engine is a script here: it answers, and writes down what it is told."""

import re
from pathlib import Path

import pytest

from infra.containers import stand_ins
from infra.containers.engine import Engine, EngineFailed, NoEngine
from infra.containers.stand_ins import make

PYTHON, NODE, *SERVERS = stand_ins.stand_ins()
ROOTS = [f"hawker-boys/debian:{suite}" for suite in stand_ins.SUITES]


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Given an engine that has what stands in `has`, and a mmdebstrap that writes two words."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "has").write_text("\n")
    inspect = f'[ "$1 $2" = "image inspect" ] && {{ grep -qxF "$3" "{tmp_path}/has"; exit; }}'
    program(
        tmp_path, "docker", f'{inspect}\n[ "$1" = import ] && cat >> "{tmp_path}/taken"\necho "$*" >> "{tmp_path}/told"'
    )
    program(tmp_path, "mmdebstrap", f'echo "$*" >> "{tmp_path}/bootstrapped"; echo a root')
    return tmp_path


def told(folder: Path) -> list[str]:
    path = folder / "told"
    return [line for line in path.read_text().splitlines() if line != "compose version"] if path.exists() else []


def test_each_stage_of_their_file_stands_in_for_one_image() -> None:
    stages = re.findall(r"^FROM \S+ AS (\w+)$", stand_ins.DOCKERFILE.read_text(), re.MULTILINE)
    assert sorted(one.target for one in stand_ins.stand_ins()) == sorted(stages)
    assert re.fullmatch(r"\d+\.\d+\.\d+", NODE.version)


def test_on_a_machine_with_none_all_are_made_of_debian(programs: Path) -> None:
    make(Engine.of_this_machine(), authority=None, say=lambda _: None)
    imports, builds = told(programs)[:2], told(programs)[2:]
    assert imports == [f"import - {root}" for root in ROOTS]
    assert (programs / "taken").read_text() == "a root\n" * 2
    assert [re.search(r"--tag (\S+)", line)[1] for line in builds] == [one.image for one in (PYTHON, NODE, *SERVERS)]  # type: ignore[index]  # each has a tag
    assert f"VERSION={NODE.version}" in builds[1]


def test_what_is_there_is_left_alone(programs: Path) -> None:
    (programs / "has").write_text("\n".join([*ROOTS, PYTHON.image, NODE.image, *(one.image for one in SERVERS[1:])]))
    make(Engine.of_this_machine(), authority=None, say=lambda _: None)
    assert len(told(programs)) == 1
    assert f"--target postgres --tag {SERVERS[0].image}" in told(programs)[0]


def test_a_certificate_is_put_in_and_trusted(programs: Path) -> None:
    make(Engine.of_this_machine(), authority=Path("proxy.crt"), say=lambda _: None)
    assert (programs / "bootstrapped").read_text().count("update-ca-certificates") == 2
    assert str(Path("proxy.crt").absolute()) in (programs / "bootstrapped").read_text()


def test_a_root_that_does_not_come_is_no_image(programs: Path) -> None:
    program(programs, "mmdebstrap", "exit 1")
    with pytest.raises(EngineFailed, match="bookworm"):
        make(Engine.of_this_machine(), authority=None, say=lambda _: None)


def test_without_an_engine_that_is_told(programs: Path) -> None:
    program(programs, "docker", "exit 1")
    with pytest.raises(NoEngine):
        Engine.of_this_machine()
