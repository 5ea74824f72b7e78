"""Every guard of `make check` seen to fail: on a copy of the code with one thing wrong, and for that reason."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.contracts.documents import broken, stale

ROOT = Path(__file__).parents[3]
COPIED = ("services", "libs", "gateway", "infra")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code as it stands, to be spoiled."""
    leave_out = shutil.ignore_patterns("__pycache__", "node_modules", ".run*", "dist")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=leave_out)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def walls(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.contracts", "check"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def a_stray_file(folder: Path) -> str:
    (folder / "services/course/utils.py").write_text('"""A bucket."""\n')
    return "services.course.utils"


def a_missing_room(folder: Path) -> str:
    (folder / "services/audit/errors.py").unlink()
    return "services.audit.errors"


def a_look_upwards(folder: Path) -> str:
    _append(folder / "services/audit/models/__init__.py", "from services.audit import api as _up  # noqa")
    return "services.audit.models -> services.audit.api"


def another_service(folder: Path) -> str:
    _append(folder / "services/audit/queries/__init__.py", "import services.course.errors  # noqa")
    return "services.audit.queries -> services.course.errors"


def amqp_outside_its_room(folder: Path) -> str:
    _append(folder / "services/audit/commands/__init__.py", "import aio_pika  # noqa")
    return "services.audit.commands -> aio_pika"


def a_driver_outside_its_room(folder: Path) -> str:
    _append(folder / "libs/web/etag.py", "import asyncpg  # noqa")
    return "libs.web.etag -> asyncpg"


def a_second_http_client(folder: Path) -> str:
    _append(folder / "services/course/queries/runs.py", "import aiohttp  # noqa")
    return "services.course.queries.runs -> aiohttp"


def tokens_outside_their_room(folder: Path) -> str:
    _append(folder / "services/course/errors.py", "import jwt  # noqa")
    return "services.course.errors -> jwt"


def a_step_up_the_ladder(folder: Path) -> str:
    _append(folder / "libs/errors.py", "import libs.sources as _up  # noqa")
    return "libs.errors -> libs.sources"


def a_room_off_the_ladder(folder: Path) -> str:
    (folder / "libs/helpers.py").write_text('"""A bucket."""\n')
    return "libs.helpers"


def a_simulator_that_peeks(folder: Path) -> str:
    _append(folder / "infra/tpg_simulator/cipher.py", "import libs.tpgateway.encryption as _peek  # noqa")
    return "infra.tpg_simulator.cipher -> libs.tpgateway.encryption"


def _append(path: Path, line: str) -> None:
    path.write_text(f"{path.read_text()}\n{line}\n")


def test_the_code_as_it_stands_keeps_every_wall(copy: Path) -> None:
    result = walls(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "spoil",
    [
        a_stray_file,
        a_missing_room,
        a_look_upwards,
        another_service,
        amqp_outside_its_room,
        a_driver_outside_its_room,
        a_second_http_client,
        tokens_outside_their_room,
        a_step_up_the_ladder,
        a_room_off_the_ladder,
        a_simulator_that_peeks,
    ],
)
def test_a_breach_of_a_wall_is_refused_by_name(copy: Path, spoil: Callable[[Path], str]) -> None:
    culprit = spoil(copy)
    result = walls(copy)
    assert result.returncode != 0
    assert culprit in " ".join(result.stdout.split())


def test_the_generated_documents_are_up_to_date() -> None:
    assert (broken(), stale()) == ([], [])


def test_a_change_that_breaks_readers_is_refused_without_a_new_version(copy: Path) -> None:
    events = copy / "libs/contracts/course.py"
    events.write_text(events.read_text().replace("    intake_size: int\n", "    seats: int\n", 1))
    result = contracts(copy)
    assert result.returncode == 1
    assert "intake_size is gone" in result.stderr
    assert "Declare a new version" in result.stderr


def test_an_addition_is_refused_until_the_frozen_schema_shows_it(copy: Path) -> None:
    events = copy / "libs/contracts/course.py"
    events.write_text(events.read_text().replace("    min_pax: int\n", "    min_pax: int\n    colour: str = ''\n", 1))
    result = contracts(copy)
    assert result.returncode == 1
    assert "make contracts" in result.stderr


def test_a_released_event_whose_class_is_gone_is_refused(copy: Path) -> None:
    frozen = copy / "libs/contracts/frozen/run.forgotten.v1.json"
    frozen.write_text(json.dumps({"type": "object"}))
    result = contracts(copy)
    assert result.returncode == 1
    assert "its class is gone" in result.stderr
