"""Puts a backup in the place of what a system holds now. Until the restored database is proven, nothing is changed."""

from datetime import UTC, datetime
from pathlib import Path

from infra.backup.database import count_rows, load, major_version, make_empty, of_name, put_in_place
from infra.backup.keys import apart_from, fingerprints
from infra.backup.manifest import DUMP, BackupUnusable, Manifest
from infra.local import environment
from infra.local.layout import Layout
from infra.local.provision import service_of
from infra.local.running import LocalSystem, step
from infra.local.secrets import read_or_make
from infra.local.servers import DATABASE, VHOST, rabbitmq
from infra.subscribers.handover import Handovers
from libs.broker.emptying import empty_queues
from libs.broker.subscribers import subscriber_queue
from libs.chassis.restored import begin_new_epoch
from libs.database.migrations import known_revisions
from libs.database.provisioning import administering
from libs.sources import clock_of

FRESH = f"{DATABASE}_restoring"


def check(layout: Layout, folder: Path) -> Manifest:
    """The backup's own word, once all that can be known beforehand is right; raises BackupUnusable."""
    manifest = Manifest.read(folder)
    _refuse_newer(layout, manifest)
    _refuse_other_keys(layout, manifest, folder)
    return manifest


def _refuse_newer(layout: Layout, manifest: Manifest) -> None:
    for name, revision in manifest.revisions.items():
        known = known_revisions(service_of(name).migrations) if name in layout.services() else set()
        if revision not in known:
            raise BackupUnusable(
                f"The backup is of a newer build ({manifest.version}): its schema of {name} is at {revision}, which "
                "this one does not know. Restore with that build, or a later one."
            )


def _refuse_other_keys(layout: Layout, manifest: Manifest, folder: Path) -> None:
    """A system without the keys of then could open nothing of what it would be given."""
    ours = fingerprints(read_or_make(layout.secrets, layout.services())) if layout.secrets.exists() else {}
    if other := sorted(name for name, fingerprint in manifest.keys.items() if ours.get(name) != fingerprint):
        kept = apart_from(folder) / layout.secrets.name
        raise BackupUnusable(
            f"The keys of this system ({layout.secrets}) are not those of the backup, for {', '.join(other)}: nothing "
            f"sealed would open.\n    Put back what was kept apart, and restore again:\n    "
            f"install -D -m 600 {kept} {layout.secrets}"
        )


async def refuse_older_postgres(maintenance_url: str, manifest: Manifest) -> None:
    """Raises BackupUnusable where Postgres is older than the one that was dumped."""
    async with administering(maintenance_url) as connection:
        here = await major_version(connection)
    if here < manifest.postgres:
        raise BackupUnusable(
            f"The backup is of Postgres {manifest.postgres}, and {here} runs here: use that or a newer."
        )


async def restore_beside(system: LocalSystem, manifest: Manifest, folder: Path) -> None:
    """Restore into a database of another name; raises BackupUnusable when it does not hold what was backed up."""
    maintenance = environment.maintenance_url(system.layout, system.secrets)
    fresh = of_name(environment.admin_database_url(system.layout, system.secrets), FRESH)
    await refuse_older_postgres(maintenance, manifest)
    with step("restored beside what is there"):
        await make_empty(maintenance, FRESH, manifest.owners)
        await load(fresh, folder / DUMP)
    with step("holds what was backed up"):
        async with administering(fresh) as connection:
            differing = manifest.differing(await count_rows(connection, list(manifest.revisions)))
    if differing:
        raise BackupUnusable("What was restored is not what was backed up:\n    " + "\n    ".join(differing[:10]))


async def take_its_place(system: LocalSystem) -> str | None:
    """From here on it is the system's database; answers under which name the one before is kept."""
    maintenance = environment.maintenance_url(system.layout, system.secrets)
    aside = f"{DATABASE}_until_{datetime.now(UTC):%Y%m%dT%H%M%SZ}".lower()
    with step("in the place of what was there"):
        stood = await put_in_place(maintenance, DATABASE, FRESH, aside)
    return aside if stood else None


async def begin_epochs(system: LocalSystem) -> None:
    """Queues emptied and a new epoch of every log; other systems' queues too, of which no service knows.

    Raises BrokerRefused, and nothing is half begun: all of it may be repeated.
    """
    layout, secrets = system.layout, system.secrets
    with step("a new epoch of every log"):
        for name in layout.services():
            await begin_new_epoch(
                service_of(name),
                database_url=environment.database_url(layout, secrets, name),
                amqp_url=environment.amqp_url(layout, secrets, name),
                clock=clock_of(layout.clock),
            )
        if not secrets.amqp_url:
            queues = [subscriber_queue(handover.system) for handover in Handovers(layout.run / "subscribers").all()]
            await empty_queues(rabbitmq(layout, secrets).url(vhost=VHOST), queues, though_read=True)
