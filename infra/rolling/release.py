"""The code of an earlier release, beside this one's, so that both can run at once."""

import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.layout import ROOT


class NoSuchRelease(RuntimeError):
    """The history has no such revision; the message is git's."""


def last_release() -> str:
    """The last release before this commit: its tag, or the commit before while nothing has been released."""
    tag = _git("describe", "--tags", "--abbrev=0", "HEAD^", may_fail=True)
    return tag or _git("rev-parse", "--short", "HEAD^")


@contextmanager
def tree_of(revision: str) -> Iterator[Path]:
    """A folder with that revision's files, gone at the end. Raises NoSuchRelease."""
    with tempfile.TemporaryDirectory(prefix="tms-release-") as folder:
        packed = Path(folder) / "release.tar"
        _git("archive", "--format=tar", f"--output={packed}", revision)
        code = Path(folder) / "code"
        with tarfile.open(packed) as files:
            files.extractall(code, filter="data")
        yield code


def _git(*words: str, may_fail: bool = False) -> str:
    run = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode != 0 and not may_fail:
        raise NoSuchRelease(run.stderr.strip())
    return run.stdout.strip() if run.returncode == 0 else ""
