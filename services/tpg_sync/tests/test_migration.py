"""An installation that knew only runs goes on with its runs: nothing it had learnt is lost."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from libs.database.migrations import differences, upgrade
from libs.servers.postgres import PostgresServer
from services.tpg_sync.main import tpg_sync
from services.tpg_sync.models import Model

NAME = "t_tpg_sync_before_records"
HELD, REMOVED = UUID(int=1), UUID(int=2)
JOB = """
insert into tpg_sync.sync_job (id, version, record_type, record_id, record_revision, ordinal, kind, endpoint_group,
    idempotency_key, state, attempt, tries, reads, series, not_before, depends_on, repeatable, remote_ref, hints,
    correlation_id, created_at, updated_at)
values ($1, 3, 'run', $2, 1, $3, $4, 'course_runs', $5, $6, 1, 1, 0, 1, now(), $7, true, $8, '[]', $1, now(), now())
"""
RECORD = """
insert into tpg_sync.sync_record (record_id, record_type, remote_id, parts, acked_revision, acked_hash, last_ordinal)
values ($1, 'run', $2, $3, 1, 'digest', 4)
"""
HEARD = """
insert into tpg_sync.inbox (consumer, event_id, state, aggtype, aggid, aggseq, type, source)
values ('tpg-sync', $1, $2, $3, $4, 1, $5, '/tms/course')
"""
RECORDS = """
select record_id, remote_id, parts::text, acked_revision, ended, former_ids::text
from tpg_sync.sync_record order by record_id
"""


async def administer(server: PostgresServer, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def later_steps(_folder: str, names: list[str]) -> set[str]:
    """What of a folder of migrations the first step did not come with."""
    return {name for name in names if not name.startswith(("0001_", "__init__", "env", "versions"))}


@pytest.fixture
async def before(postgres_server: PostgresServer, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database as the first step made it."""
    folder = tmp_path / "migrations"
    shutil.copytree(tpg_sync.migrations, folder, ignore=later_steps)
    await administer(postgres_server, f"create database {NAME}")
    url = postgres_server.url(NAME)
    await upgrade(url, folder=folder, schema=tpg_sync.schema)
    yield url
    await administer(postgres_server, f"drop database {NAME} with (force)")


async def rows(connection: "asyncpg.Connection[asyncpg.Record]", query: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await connection.fetch(query)]


async def test_runs_and_their_jobs_live_on(before: str) -> None:
    # given a run TPGateway holds, one that was taken back, and a job that waited for another
    connection = await asyncpg.connect(before)
    await connection.execute(RECORD, HELD, "849900", f'{{"{UUID(int=101)}": "TGS-849900-S1"}}')
    await connection.execute(RECORD, REMOVED, None, "{}")
    jobs: tuple[tuple[UUID, UUID, int, str, str, list[UUID], str | None], ...] = (
        (UUID(int=11), HELD, 2, "run.publish", "succeeded", [], "849900"),
        (UUID(int=12), HELD, 4, "run.edit", "blocked", [UUID(int=11)], None),
        (UUID(int=13), REMOVED, 2, "run.publish", "succeeded", [], "849901"),
        (UUID(int=14), REMOVED, 4, "run.delete", "succeeded", [], "849901"),
    )
    for job_id, record_id, ordinal, kind, state, depends_on, remote_ref in jobs:
        await connection.execute(JOB, job_id, record_id, ordinal, kind, str(job_id), state, depends_on, remote_ref)
    for number, (state, kind) in enumerate((("done", "run"), ("waiting", "run"), ("done", "venue"))):
        await connection.execute(HEARD, UUID(int=90 + number), state, kind, HELD, f"{kind}.changed.v1")
    # when
    await upgrade(before, folder=tpg_sync.migrations, schema=tpg_sync.schema)
    # then the names and what is held are as they were, and history is written down
    records = (
        "select record_id, remote_id, parts::text, acked_revision, ended, former_ids::text from tpg_sync.sync_record"
    )
    assert await rows(connection, f"{records} order by record_id") == [
        {
            "record_id": HELD,
            "remote_id": "849900",
            "parts": f'{{"{UUID(int=101)}": "TGS-849900-S1"}}',
            "acked_revision": 1,
            "ended": False,
            "former_ids": "[]",
        },
        {
            "record_id": REMOVED,
            "remote_id": None,
            "parts": "{}",
            "acked_revision": 1,
            "ended": True,
            "former_ids": '["849901"]',
        },
    ]
    # and what was heard and done is on the run's timeline
    heard = await rows(connection, "select event_id, aggid, type, actor_role from tpg_sync.heard_event")
    assert heard == [{"event_id": UUID(int=90), "aggid": HELD, "type": "run.changed", "actor_role": None}]
    moved = await rows(connection, "select kind, state, remote_type from tpg_sync.sync_job order by id")
    assert [(job["kind"], job["state"]) for job in moved] == [
        ("run.publish", "succeeded"),
        ("run.edit", "queued"),
        ("run.publish", "succeeded"),
        ("run.delete", "succeeded"),
    ]
    assert {job["remote_type"] for job in moved} == {"run"}
    # and an enrolment and its fee may share an id now, yet never be out at once
    for record_type in ("enrolment", "fee"):
        await connection.execute(
            "insert into tpg_sync.sync_record (record_type, record_id, parts, former_ids, ended, last_ordinal) "
            "values ($1, $2, '{}', '[]', false, 0)",
            record_type,
            HELD,
        )
    flying = JOB.replace("depends_on, ", "remote_type, ").replace("'run', $2", "$9, $2").replace("$7,", "'enrolment',")
    flying = flying.replace("$8", "$7").replace("$9", "$8")
    await connection.execute(flying, UUID(int=21), HELD, 2, "enrolment.create", "a", "in_flight", None, "enrolment")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(flying, UUID(int=22), HELD, 2, "fee.collect", "b", "in_flight", None, "fee")
    await connection.close()
    assert await differences(before, Model.metadata) == []
