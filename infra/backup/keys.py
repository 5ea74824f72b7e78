"""The keys beside a backup: the dump holds sealed values, and is worth nothing without what opens them."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.local.layout import Layout
from infra.local.secrets import Secrets, write_privately

APART = ".keys"
"""How the folder with the keys is named, after the backup's own."""
FINGERPRINT_CHARACTERS = 16


def fingerprints(secrets: Secrets) -> Mapping[str, str]:
    """What tells one set of keys from another. The keys are 32 random bytes: nobody finds them from this."""
    return {
        name: hashlib.sha256(f"{own.encryption_key} {own.blind_index_key}".encode()).hexdigest()[
            :FINGERPRINT_CHARACTERS
        ]
        for name, own in secrets.services.items()
    }


def apart_from(folder: Path) -> Path:
    """Where the keys of a backup are, unless somebody has taken them to a safer place, as is meant."""
    return folder.with_name(folder.name + APART)


def keep_apart(layout: Layout, folder: Path) -> Path:
    """Copy what a system needs beside its database, for the owner alone, into a folder of its own."""
    apart = apart_from(folder)
    for path in _kept_beside(layout):
        _copy(path, apart / path.relative_to(layout.run))
    return apart


def put_back(layout: Layout, folder: Path) -> None:
    """What was kept apart and is missing here, as on a machine that has never run the system."""
    apart = apart_from(folder)
    for path in apart.rglob("*.json") if apart.is_dir() else ():
        if not (target := layout.run / path.relative_to(apart)).exists():
            _copy(path, target)


def _kept_beside(layout: Layout) -> Iterator[Path]:
    """Secrets and further settings, and what other systems were handed."""
    yield from (path for path in (layout.secrets, layout.settings) if path.exists())
    yield from (layout.run / "subscribers").glob("*.json")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_privately(target, source.read_text())
