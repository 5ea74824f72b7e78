"""A process beside the benchmark, ended with the block."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

FINISH_WITHIN_S = 300


@contextmanager
def run_beside(argv: Sequence[str], environment: Mapping[str, str], *, wait: bool = False) -> Iterator[None]:
    """Python with these arguments; `wait` for its success before the block begins."""
    process = subprocess.Popen([sys.executable, *argv], env={**os.environ, **environment})
    try:
        if wait and process.wait(FINISH_WITHIN_S) != 0:
            raise RuntimeError(f"{argv[1]} failed")
        yield
    finally:
        process.terminate()
        process.wait(60)
