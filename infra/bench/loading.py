"""Many rows into a table at once: its indexes stand aside meanwhile, and a checkpoint comes before any question."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

Connection = asyncpg.Connection
INDEXES: Final = """
select x.indexrelid::regclass::text as name, pg_get_indexdef(x.indexrelid) as definition, c.conname as key
from pg_index x left join pg_constraint c on c.conindid = x.indexrelid and c.contype = 'p' and c.conrelid = x.indrelid
where x.indrelid = $1::regclass and not exists (
    select 1 from pg_constraint f where f.confrelid = x.indrelid and f.conindid = x.indexrelid)
"""


async def no_ceremony(connection: Connection) -> None:
    """Nothing of a bench outlives it: no wait for the disk, no check of what is right by construction."""
    await connection.execute(
        "set synchronous_commit = off; set maintenance_work_mem = '512MB'; set session_replication_role = replica"
    )


@asynccontextmanager
async def indexes_aside(connection: Connection, table: str) -> AsyncIterator[None]:
    """Those that no foreign key needs are dropped, and built again at the end."""
    found = await connection.fetch(INDEXES, table)
    for index in found:
        drop = f"alter table {table} drop constraint {index['key']}" if index["key"] else f"drop index {index['name']}"
        await connection.execute(drop)
    yield
    for index in found:
        await connection.execute(index["definition"])
        if index["key"]:
            await connection.execute(f"alter table {table} add primary key using index {index['key']}")


async def settle(connection: Connection) -> None:
    """Statistics, visibility, and everything written: as it stands after a quiet night."""
    await connection.execute("vacuum analyze")
    await connection.execute("checkpoint")


def id_of(first: int, number: str = "n") -> str:
    """A number as an id, in the order of the numbers."""
    return f"lpad(to_hex({first}::bigint + {number}), 32, '0')::uuid"
