"""Takes a backup of a running system: one consistent moment of all schemas, and the keys apart from it."""

import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from infra.backup.database import dump, one_moment
from infra.backup.keys import apart_from, fingerprints, keep_apart
from infra.backup.manifest import DUMP, File, Manifest
from infra.local.environment import admin_database_url
from infra.local.layout import ROOT, Layout
from infra.local.running import step
from infra.local.secrets import Secrets

UNFINISHED = ".unfinished"


class PlaceTaken(RuntimeError):
    """Something stands already where the backup is to go."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already. Name another place: make backup TO=<folder>")


def usual_place(layout: Layout) -> Path:
    return layout.backups / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


async def take(layout: Layout, secrets: Secrets, place: Path) -> tuple[Manifest, Path]:
    """Write a backup there; answers what it holds and where its keys are. People go on working meanwhile.

    It stands under its name once it is whole. Raises PlaceTaken, ToolFailed, and what a database that is away raises.
    """
    for path in (place, apart_from(place)):
        if path.exists():
            raise PlaceTaken(path)
    unfinished = place.with_name(place.name + UNFINISHED)
    shutil.rmtree(unfinished, ignore_errors=True)  # of an earlier try
    unfinished.mkdir(mode=0o700, parents=True)
    url = admin_database_url(layout, secrets)
    async with one_moment(url, layout.services()) as contents:
        with step("the database, as it is now"):
            await dump(url, unfinished / DUMP, snapshot=contents.snapshot)
    manifest = Manifest(
        version=_version(),
        made_at=contents.at,
        postgres=contents.postgres,
        revisions=contents.revisions,
        owners=contents.owners,
        rows=contents.rows,
        audit=contents.audit,
        keys=fingerprints(secrets),
        files={DUMP: File.of(unfinished / DUMP)},
    )
    manifest.write(unfinished)
    with step("its keys, apart"):
        apart = keep_apart(layout, place)
    unfinished.rename(place)
    return manifest, apart


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return str(project["version"])
