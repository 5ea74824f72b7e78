"""Where a server's files stand, and that they are found again and deleted whole."""

import os
from pathlib import Path

import pytest

from libs.servers.account import Account, remove_folder, unprivileged, usable_folder

STRANGER = Account("stranger", 65_533, 65_533)
"""An account that owns nothing on this machine."""


@pytest.fixture
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "stand-ins"
    monkeypatch.setattr("libs.servers.account.STAND_INS", folder)
    return folder


def me() -> Account:
    return Account("me", os.geteuid(), os.getegid())


def test_a_path_with_a_space_gets_a_plain_way_in_and_keeps_its_data(tmp_path: Path) -> None:
    """
    Given a folder with a space in its path, used by a program that cannot take one,
    when the way in is lost, as at a restart of the machine,
    then a new one leads to the same data; and removing the folder removes both.
    """
    wanted = tmp_path / "with a space" / "rabbitmq"
    way = usable_folder(wanted, me(), plain=True)
    (way / "kept").touch()
    assert " " not in str(way)
    way.unlink()

    assert usable_folder(wanted, me(), plain=True) == way
    assert (wanted / "kept").exists()
    assert (way / "kept").exists()

    remove_folder(wanted)
    assert not wanted.exists()
    assert not way.is_symlink()


def test_where_the_account_may_not_walk_a_stand_in_holds_the_files(tmp_path: Path, stand_ins: Path) -> None:
    """Given a private folder of someone else's, then the files stand elsewhere, are found and removed with it."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    wanted = private / "postgres"

    folder = usable_folder(wanted, STRANGER)
    (folder / "kept").touch()

    assert folder.parent == stand_ins
    assert (wanted / "kept").exists()
    assert usable_folder(wanted, STRANGER) == folder
    remove_folder(wanted)
    assert list(stand_ins.iterdir()) == []
    assert not wanted.is_symlink()


def test_files_move_along_when_their_folder_becomes_private(tmp_path: Path, stand_ins: Path) -> None:
    private = tmp_path / "private"
    wanted = private / "postgres"
    wanted.mkdir(parents=True)
    (wanted / "kept").touch()
    private.chmod(0o700)

    folder = usable_folder(wanted, STRANGER)

    assert folder.parent == stand_ins
    assert (folder / "kept").exists()
    assert (wanted / "kept").exists()


def test_a_way_in_made_by_someone_else_is_not_followed(tmp_path: Path) -> None:
    """Given a link in the temporary folder that leads elsewhere, then it is replaced by our own."""
    wanted = tmp_path / "with a space"
    way = usable_folder(wanted, me(), plain=True)
    way.unlink()
    way.symlink_to(tmp_path)

    assert usable_folder(wanted, me(), plain=True).resolve() == wanted.resolve()
    remove_folder(wanted)


def test_root_hands_over_to_the_first_account_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert unprivileged(("no-such-account", "daemon")).name == "daemon"
    assert unprivileged(("no-such-account",)).name == "nobody"
