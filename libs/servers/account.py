"""Under which operating-system account a server runs, and where its files may lie."""

import hashlib
import os
import pwd
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STAND_INS = Path("/var/lib/hawker-boys-tms")
"""Where root keeps a server's files when the server's account cannot walk to the folder that was asked for."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who a server runs as. Neither server agrees to run as root, so root hands over to an unprivileged account."""

    name: str
    uid: int
    gid: int

    def owns(self, folder: Path) -> None:
        """Make the folder, and all in it, this account's alone."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if os.geteuid() != self.uid:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def popen_options(self) -> dict[str, Any]:
        """What `subprocess` needs to start a program as this account."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def unprivileged(preferred: Sequence[str] = ()) -> Account:
    """The current account, or for root the first of the preferred ones that exists, else `nobody`."""
    if os.geteuid() != 0:
        entry = pwd.getpwuid(os.geteuid())
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in (*preferred, "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    message = "no unprivileged account to run servers under"
    raise RuntimeError(message)


def usable_folder(wanted: Path, account: Account, *, plain: bool = False) -> Path:
    """A path to `wanted` that the account can use. What lies in it stays there when the machine restarts.

    Where the account may not walk (root's home, say) the files stand under `STAND_INS` and `wanted` links there. With
    `plain`, for programs that cannot take a space in a path, a link in the temporary folder is the way in; it holds no
    data and is made again whenever it is missing.
    """
    wanted = wanted.absolute()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if wanted.is_symlink() or not _walkable(wanted.parent, account):
        folder = _stand_in(wanted)
    else:
        folder = wanted
        folder.mkdir(parents=True, exist_ok=True)
    return _plain_way(folder) if plain and not _plain(folder) else folder


def remove_folder(folder: Path) -> None:
    """Delete a server's files wherever they stand, and the links to them."""
    folder = folder.absolute()
    real = folder.resolve()
    shutil.rmtree(real, ignore_errors=True)
    for link in (_way_to(real), folder):
        if link.is_symlink():
            link.unlink()


def _stand_in(wanted: Path) -> Path:
    if wanted.is_symlink():
        real = wanted.resolve()
        real.mkdir(mode=0o700, parents=True, exist_ok=True)
        return real
    real = STAND_INS / _digest(wanted)
    real.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if wanted.exists():
        shutil.move(wanted, real)
    real.mkdir(mode=0o700, exist_ok=True)
    _link(wanted, real)
    return real


def _plain_way(folder: Path) -> Path:
    way = _way_to(folder)
    if not (way.is_symlink() and way.lstat().st_uid == os.geteuid() and way.readlink() == folder):
        _link(way, folder)
    return way


def _way_to(folder: Path) -> Path:
    return Path("/tmp") / f"tms-way-{os.geteuid()}-{_digest(folder)}"  # noqa: S108 - a link's owner and target are checked


def _link(link: Path, target: Path) -> None:
    """Make or correct a link in one step: several processes may do so at once."""
    fresh = link.with_name(f"{link.name}.{os.getpid()}")
    fresh.symlink_to(target)
    fresh.replace(link)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _plain(path: Path) -> bool:
    return all(character.isalnum() or character in "/._-" for character in str(path))


def _walkable(folder: Path, account: Account) -> bool:
    if os.geteuid() == account.uid:
        return True
    steps = [step for step in (folder, *folder.parents) if step.exists()]
    return all(
        (info.st_mode & stat.S_IXOTH) or (info.st_uid == account.uid and info.st_mode & stat.S_IXUSR)
        for info in (step.stat() for step in steps)
    )
