"""Runs Prometheus' own checker."""

import os
import shutil
import subprocess
from pathlib import Path

from infra.telemetry.catalogue import ROOT


def find() -> str | None:
    """Where it is: beside our own Python, or wherever the machine has it."""
    beside = ROOT / ".venv" / "bin" / "promtool"
    return str(beside) if os.access(beside, os.X_OK) else shutil.which("promtool")


def run(*arguments: str | Path) -> str | None:
    """What it complains of; None when it does not."""
    program = find()
    if program is None:
        raise FileNotFoundError("promtool; infra/local/bootstrap.sh promtool fetches it")
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stdout + done.stderr
