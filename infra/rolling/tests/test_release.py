"""An earlier release's code, taken out of a history."""

import subprocess
from pathlib import Path

import pytest

from infra.rolling import release
from infra.rolling.release import NoSuchRelease, last_release, tree_of


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two commits in a repository of their own."""
    monkeypatch.setattr(release, "ROOT", tmp_path)
    git(tmp_path, "init", "--quiet")
    for words in ("first", "second"):
        (tmp_path / "file").write_text(words)
        git(tmp_path, "add", "file")
        git(tmp_path, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", words)
    return tmp_path


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True)


def test_the_commit_before_counts_until_there_is_a_tag(history: Path) -> None:
    with tree_of(last_release()) as code:
        assert (code / "file").read_text() == "first"
    assert not code.exists()
    git(history, "tag", "v0.1.0", "HEAD^")
    assert last_release() == "v0.1.0"


def test_a_revision_that_is_not_there_is_told(history: Path) -> None:
    with pytest.raises(NoSuchRelease, match="nowhere"), tree_of("nowhere"):
        pass
