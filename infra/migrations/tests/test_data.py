"""What a release has stored stands as it was once the next one's migration is through."""

import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.layout import ROOT, SERVICES
from libs.database.migrations import is_at_head, steps_of, upgrade
from libs.database.provisioning import EXTENSIONS, administering, make_extension
from libs.servers.postgres import PostgresServer

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

TABLES = """
select c.oid::regclass::text as name, c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'alembic_version' order by 1
"""
COLUMNS = """
select a.attname as name, format_type(a.atttypid, null) as type, a.attnotnull as needed
from pg_attribute a where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
    and a.attidentity = '' and a.attgenerated = '' order by a.attnum
"""
CHOICES = r"""
select regexp_match(pg_get_constraintdef(oid), '\((\w+) = ANY \(ARRAY\[''([^'']+)') as choice
from pg_constraint where conrelid = $1 and contype = 'c'
"""
VALUES = {
    "uuid": "'00000000-0000-7000-8000-000000000001'",
    "bytea": r"'\x0101'",
    "jsonb": "'[]'",
    "boolean": "true",
    "date": "'2026-03-02'",
    "timestamp with time zone": "'2026-03-02T01:00Z'",
    "text[]": "'{a}'",
    "uuid[]": "'{}'",
    "integer[]": "'{1}'",
}
"""One of each kind; anything else takes a 1."""
SEALED = r"'\x0101'"
KEPT_TOGETHER: dict[str, dict[str, str]] = {
    "audit.checkpoint": {"previous_size": "0"},
    "auth.signing_key": {"private_sealed": SEALED},
    "course.course": {"funded": "false", "modes": "'{1}'"},
    "course.session": {"end_at": "'2026-03-02T02:00Z'"},
    "enrolment.trainee": {
        **dict.fromkeys(("id_number_sealed", "id_number_index", "full_name_sealed", "full_name_index"), SEALED),
        **dict.fromkeys(("born_on_sealed", "person_index"), SEALED),
        "id_number_last4": "'567D'",
    },
    "enrolment.run_seats": {"capacity": "2"},
    "attendance.attendance": {"minutes_credited": "0"},
    "assessment.assessment": {"effective": "false"},
    "assessment.proposal": {"values_sealed": SEALED},
    **{f"{service}.data_key": {"wrapped": SEALED} for service in SERVICES},
}
"""What a table's own checks ask for beside that."""


class Installation:
    """One service's schema as it is one step before its head, with a row in every table."""

    def __init__(self, url: str, schema: str, connection: "Connection") -> None:
        self.url = url
        self.schema = schema
        self._connection = connection
        self._columns: dict[str, str] = {}

    async def fill(self) -> None:
        await self._connection.execute(
            "set session_replication_role = replica"
        )  # rows stand alone: no keys, no triggers
        for table in await self._connection.fetch(TABLES, self.schema):
            columns = await self._connection.fetch(COLUMNS, table["oid"])
            self._columns[table["name"]] = ", ".join(f'"{column["name"]}"' for column in columns)
            if not await self._connection.fetchval(f"select exists (select 1 from {table['name']})"):
                await self._add_row(table["name"], table["oid"], columns)
        await self._connection.execute("reset session_replication_role")

    async def _add_row(self, table: str, oid: int, columns: "list[asyncpg.Record]") -> None:
        found = [row["choice"] for row in await self._connection.fetch(CHOICES, oid) if row["choice"]]
        values = {column["name"]: VALUES.get(column["type"], "'1'") for column in columns if column["needed"]}
        values |= {name: f"'{choice}'" for name, choice in found if name in values} | KEPT_TOGETHER.get(table, {})
        names = ", ".join(f'"{name}"' for name in values)
        await self._connection.execute(f"insert into {table} ({names}) values ({', '.join(values.values())})")

    async def rows(self) -> dict[str, list[dict[str, Any]]]:
        """All there is, by table, in the columns there were."""
        return {
            table: [dict(row) for row in await self._connection.fetch(f"select {columns} from {table} order by 1")]
            for table, columns in self._columns.items()
        }


@pytest.fixture(params=SERVICES)
async def installation(
    request: pytest.FixtureRequest, postgres_server: PostgresServer, tmp_path: Path
) -> AsyncIterator[Installation]:
    service, name = request.param, f"t_before_{secrets.token_hex(4)}"
    url, folder = postgres_server.url(name), tmp_path / "migrations"
    shutil.copytree(migrations_of(service), folder, ignore=shutil.ignore_patterns(newest_of(service)))
    async with administering(postgres_server.url("postgres")) as administrator:
        await administrator.execute(f"create database {name}")
        async with administering(url) as connection:
            for extension in EXTENSIONS:
                await make_extension(connection, extension)
            await upgrade(url, folder=folder, schema=service)
            yield Installation(url, service, connection)
        await administrator.execute(f"drop database {name} with (force)")


def migrations_of(service: str) -> Path:
    return ROOT / "services" / service / "migrations"


def newest_of(service: str) -> str:
    """The file of the last step; none where there is only the first."""
    steps = steps_of(migrations_of(service))
    return Path(steps[-1].path).name if len(steps) > 1 else ""


async def test_every_row_of_the_step_before_stands_as_it_was(installation: Installation) -> None:
    await installation.fill()
    before = await installation.rows()
    assert all(before.values()), "a table without a row proves nothing"
    folder = migrations_of(installation.schema)
    await upgrade(installation.url, folder=folder, schema=installation.schema)
    assert await is_at_head(installation.url, folder=folder, schema=installation.schema)
    assert await installation.rows() == before
