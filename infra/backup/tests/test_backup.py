"""What a backup says of itself; one that is damaged, of a newer build or of other keys is refused beforehand."""

import json
import secrets as chance
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from infra.backup import restoring
from infra.backup.database import ToolFailed, count_rows, dump, load, make_empty, of_name, one_moment, put_in_place
from infra.backup.keys import fingerprints, keep_apart, put_back
from infra.backup.manifest import DUMP, NAME, BackupUnusable, File, KnownRoot, Manifest
from infra.backup.taking import PlaceTaken, take
from infra.local.layout import Layout
from infra.local.provision import service_of
from infra.local.secrets import Secrets, read_or_make
from libs.database.provisioning import administering
from libs.servers.postgres import PostgresServer
from libs.testing.databases import MakeDatabase
from services.audit.main import audit

AUDIT = ["audit"]


@pytest.fixture
def layout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Layout:
    """A run folder of nobody's, for the services that stand."""
    monkeypatch.setattr(Layout, "run", property(lambda _: tmp_path / "run"))
    return Layout(base=1_000)


@pytest.fixture
def secrets(layout: Layout) -> Secrets:
    return read_or_make(layout.secrets, layout.services())


@pytest.fixture
def backup(layout: Layout, secrets: Secrets, tmp_path: Path) -> Path:
    """A whole one of this build and these keys; nothing in its dump would be looked at before it is restored."""
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / DUMP).write_bytes(b"synthetic dump")
    Manifest(
        version="0.1.0",
        made_at=datetime(2026, 3, 2, tzinfo=UTC),
        postgres=15,
        revisions={"course": "0001"},
        owners=("tms_course",),
        rows={"course.run": 3, "course.venue": 1},
        audit=KnownRoot(tree_size=7, root_hash="ab" * 32),
        keys=fingerprints(secrets),
        files={DUMP: File.of(folder / DUMP)},
    ).write(folder)
    return folder


def rewrite(folder: Path, **changed: Any) -> None:
    document = json.loads((folder / NAME).read_text())
    (folder / NAME).write_text(json.dumps({**document, **changed}))


SPOILS: list[tuple[Callable[[Path], object], str]] = [
    (lambda folder: (folder / NAME).unlink(), "never finished"),
    (lambda folder: (folder / NAME).write_text("{"), "cannot be read"),
    (lambda folder: rewrite(folder, format=2), "written by another build"),
    (lambda folder: (folder / DUMP).unlink(), "is missing"),
    (lambda folder: (folder / DUMP).write_bytes(b"synthetic dumb"), "not what was written"),
    (lambda folder: rewrite(folder, revisions={"course": "9999"}), "of a newer build"),
    (lambda folder: rewrite(folder, revisions={"billing": "0001"}), "of a newer build"),
    (lambda folder: rewrite(folder, keys={"course": "another"}), "nothing sealed would open"),
]


def test_a_whole_backup_of_this_system_is_taken(layout: Layout, backup: Path) -> None:
    assert restoring.check(layout, backup).rows == {"course.run": 3, "course.venue": 1}


@pytest.mark.parametrize(("spoil", "told"), SPOILS, ids=[told for _, told in SPOILS])
def test_one_that_cannot_be_restored_here_is_refused_with_the_reason(
    layout: Layout, backup: Path, spoil: Callable[[Path], object], told: str
) -> None:
    spoil(backup)
    with pytest.raises(BackupUnusable) as refusal:
        restoring.check(layout, backup)
    assert told in " ".join(str(refusal.value).split())


def test_a_system_without_keys_is_told_how_to_get_them_and_makes_none(layout: Layout, backup: Path) -> None:
    """Given a machine that has lost its keys, then none are made, and the refusal names where they are."""
    keep_apart(layout, backup)
    layout.secrets.unlink()
    with pytest.raises(BackupUnusable, match=r"backup\.keys/secrets\.json"):
        restoring.check(layout, backup)
    assert not layout.secrets.exists()


def test_keys_are_kept_apart_for_their_owner_alone_and_come_back_where_they_are_missing(
    layout: Layout, secrets: Secrets, backup: Path
) -> None:
    handover = layout.run / "subscribers" / "crm.json"
    handover.parent.mkdir()
    handover.write_text("{}")
    apart = keep_apart(layout, backup)
    assert {path.name for path in backup.iterdir()} == {DUMP, NAME}
    assert {path.stat().st_mode & 0o077 for path in (apart, *apart.rglob("*"))} == {0}
    handover.unlink()
    layout.settings.write_text('{"TMS_LOG_LEVEL": "DEBUG"}')
    put_back(layout, backup)
    assert handover.read_text() == "{}"
    assert layout.settings.exists(), "what is here stays"
    assert read_or_make(layout.secrets, layout.services()) == secrets


def test_a_manifest_tells_where_a_database_holds_something_else(layout: Layout, backup: Path) -> None:
    manifest = restoring.check(layout, backup)
    assert manifest.differing({"course.run": 3, "course.venue": 1}) == []
    assert manifest.differing({"course.run": 2, "course.extra": 5}) == [
        "course.extra: 5 rows, 0 backed up",
        "course.run: 2 rows, 3 backed up",
        "course.venue: 0 rows, 1 backed up",
    ]


async def test_nothing_is_written_over(layout: Layout, secrets: Secrets, backup: Path) -> None:
    with pytest.raises(PlaceTaken, match="is there already"):
        await take(layout, secrets, backup)


@pytest.fixture
async def fresh(postgres_server: PostgresServer) -> AsyncIterator[str]:
    """A name for a database to restore into; it and what was put aside for it are dropped."""
    name = f"t_fresh_{chance.token_hex(4)}"
    yield name
    async with administering(postgres_server.url("postgres")) as connection:
        for made in await connection.fetch("select datname from pg_database where datname like $1", f"{name}%"):
            await connection.execute(f'drop database "{made["datname"]}" with (force)')


async def test_a_dump_is_of_the_moment_that_was_counted_whatever_is_written_meanwhile(
    postgres_server: PostgresServer, service_database: MakeDatabase, fresh: str, tmp_path: Path
) -> None:
    """
    Given a database that is written to between its counting and its dump,
    when the dump is restored beside another of that name and takes its place,
    then it holds what was counted, owned by whom it was, guarded as it was, and the other is kept.
    """
    url, maintenance = await service_database(audit), postgres_server.url("postgres")
    role = f"t_owner_{chance.token_hex(4)}"
    async with administering(url) as connection:
        await connection.execute(f'create role "{role}" nologin')
        await connection.execute(f'alter table audit.dlq_message owner to "{role}"')
    try:
        async with one_moment(url, AUDIT) as contents, administering(url) as writer:
            await writer.execute("insert into audit.consumer_state (consumer) values ('later')")
            await dump(url, tmp_path / DUMP, snapshot=contents.snapshot)
        assert (contents.revisions, contents.owners, contents.audit) == ({"audit": head_of("audit")}, (role,), None)

        restored, beside = postgres_server.url(fresh), f"{fresh}_restoring"
        await make_empty(maintenance, fresh, ())
        for _ in range(2):  # a second try finds what the first has left
            await make_empty(maintenance, beside, contents.owners)
            await load(of_name(restored, beside), tmp_path / DUMP)
        assert await put_in_place(maintenance, fresh, beside, f"{fresh}_until_now")

        async with administering(restored) as connection:
            assert await count_rows(connection, AUDIT) == contents.rows
            assert await connection.fetchval("select count(*) from audit.consumer_state") == 0
            owner = "select tableowner from pg_tables where schemaname = 'audit' and tablename = 'dlq_message'"
            assert await connection.fetchval(owner) == role
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                await connection.execute("truncate audit.entry cascade")
        async with administering(postgres_server.url(f"{fresh}_until_now")) as connection:
            assert await connection.fetchval("select to_regnamespace('audit')") is None
    finally:
        async with administering(maintenance) as connection:
            for name in (url.rpartition("/")[2], fresh):
                await connection.execute(f'drop database if exists "{name}" with (force)')
            await connection.execute(f'drop role "{role}"')


def head_of(service: str) -> str:
    return max(path.name[:4] for path in (service_of(service).migrations / "versions").glob("0*.py"))


async def test_a_tool_that_fails_says_so(postgres_server: PostgresServer, fresh: str, tmp_path: Path) -> None:
    await make_empty(postgres_server.url("postgres"), fresh, ())
    (tmp_path / DUMP).write_bytes(b"no dump")
    with pytest.raises(ToolFailed, match="pg_restore failed") as failure:
        await load(postgres_server.url(fresh), tmp_path / DUMP)
    assert postgres_server.password not in str(failure.value)


async def test_an_older_postgres_is_refused(postgres_server: PostgresServer, layout: Layout, backup: Path) -> None:
    rewrite(backup, postgres=99)
    with pytest.raises(BackupUnusable, match="use that or a newer"):
        await restoring.refuse_older_postgres(postgres_server.url("postgres"), restoring.check(layout, backup))
