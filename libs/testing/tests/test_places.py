"""Where the tests' servers run is said once, and what is missing for it before the first test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("containers", ["no container engine answers at unix:///nowhere/engine.sock", "podman system service"]),
        ("boxes", ["TMS_TEST_SERVERS is private or containers, not 'boxes'"]),
    ],
)
def test_a_place_where_nothing_can_run_is_refused_before_the_first_test(place: str, said: list[str]) -> None:
    refused = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", "--collect-only", "-q", str(HERE)],
        cwd=HERE.parents[3],
        env={**os.environ, "TMS_TEST_SERVERS": place, "DOCKER_HOST": "unix:///nowhere/engine.sock"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == pytest.ExitCode.USAGE_ERROR
    assert [words for words in said if words not in refused.stderr] == [], refused.stderr
