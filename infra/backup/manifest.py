"""What a backup says of itself, so that a restore can tell whether it is whole, ours, and not of a newer build."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

NAME = "manifest.json"
DUMP = "database.dump"
_PIECE = 1 << 20


class BackupUnusable(RuntimeError):
    """The folder is no backup that can be restored here; the message says why, and what to do."""


class KnownRoot(BaseModel):
    """The newest signed checkpoint of the audit log at that moment."""

    tree_size: int
    root_hash: str


class File(BaseModel):
    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "File":
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        return cls(size=path.stat().st_size, sha256=digest.hexdigest())


class Manifest(BaseModel):
    """One moment of the whole database. It holds no secret, and nothing of anybody."""

    format: Literal[1] = 1
    version: str
    """The build's."""
    made_at: datetime
    postgres: int
    """The server's major version."""
    revisions: Mapping[str, str]
    """How far each schema was migrated."""
    owners: tuple[str, ...]
    """Roles that own something in it, and must be there before it can be restored."""
    rows: Mapping[str, int]
    """How many each table held, by schema and name."""
    audit: KnownRoot | None
    keys: Mapping[str, str]
    """Fingerprints of the keys that open what each service has sealed; the keys themselves are kept apart."""
    files: Mapping[str, File]

    def write(self, folder: Path) -> None:
        """The last of a backup's files: a folder without it is none."""
        (folder / NAME).write_text(self.model_dump_json(indent=1))

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Raises BackupUnusable, also for files that are missing or are not what was written."""
        path = folder / NAME
        if not path.is_file():
            raise BackupUnusable(f"{folder} holds no {NAME}: it is no backup, or one that was never finished.")
        try:
            found = cls.model_validate_json(path.read_text())
        except (ValidationError, ValueError, OSError):
            raise BackupUnusable(f"{path} cannot be read: it is damaged, or written by another build.") from None
        for name, told in found.files.items():
            if not (folder / name).is_file():
                raise BackupUnusable(f"{folder / name} is missing. Restore another backup.")
            if File.of(folder / name) != told:
                raise BackupUnusable(f"{folder / name} is not what was written then. Restore another backup.")
        return found

    def differing(self, rows: Mapping[str, int]) -> list[str]:
        """Where a restored database holds something else than was backed up, in words."""
        names = sorted({*self.rows, *rows})
        return [
            f"{name}: {rows.get(name, 0)} rows, {self.rows.get(name, 0)} backed up"
            for name in names
            if rows.get(name) != self.rows.get(name)
        ]
