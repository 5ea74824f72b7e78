"""What must only ever grow is refused to every login, the owner's too, and the service's login owns none of it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from libs.database.migrations import is_at_head, upgrade
from libs.database.provisioning import administering, hand_over, lend, make_database, make_schema
from libs.servers.postgres import PostgresServer
from libs.testing.stage import Stage
from services.audit.main import audit
from services.audit.tests.conftest import GUARDED, HearMany, SealNow, run_sql, verdict

CHANGES = {
    "entry": "update audit.entry set reason = 'x'",
    "node": "update audit.node set hash = hash",
    "checkpoint": "update audit.checkpoint set made_at = now()",
    "checkpoint_key": "update audit.checkpoint_key set number = 2",
}
DATABASE, LOGIN, KEEPER = "guarded_audit", "guarded_audit_login", "guarded_audit_keeper"


def refused(table: str) -> list[str]:
    return [
        CHANGES[table],
        f"delete from audit.{table}",  # noqa: S608 - our own table names
        f"truncate audit.{table}",
        f"set session_replication_role = replica; delete from audit.{table}",  # noqa: S608 - our own table names
        f"set session_replication_role = replica; truncate audit.{table}",
    ]


@pytest.mark.parametrize("table", GUARDED)
async def test_no_login_not_even_the_owner_may_change_what_must_only_grow(
    staged: Stage, hear_many: HearMany, seal_now: SealNow, table: str
) -> None:
    await hear_many(16)
    await seal_now()
    for statement in refused(table):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match=r"append-only|permission denied"):
            await run_sql(staged, statement)
        # With every right on the table the triggers alone refuse.
        granted = f"grant update, delete, truncate on audit.{table} to current_user"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await run_sql(staged, granted, statement)
    assert (await verdict(staged)).intact


@pytest.fixture
async def provisioned(postgres_server: PostgresServer) -> AsyncIterator[str]:
    """A database as `make up` prepares it; answers the service login's address."""
    async with administering(postgres_server.url("postgres")) as connection:
        await make_database(connection, DATABASE)
    address = postgres_server.url(DATABASE, user=LOGIN, password="synthetic")
    async with administering(postgres_server.url(DATABASE)) as connection:
        await make_schema(connection, database=DATABASE, schema="audit", login=LOGIN, password="synthetic")
        await upgrade(address, folder=audit.migrations, schema="audit")
        assert await hand_over(connection, schema="audit", login=LOGIN, keeper=KEEPER) == sorted(GUARDED)
    yield address
    async with administering(postgres_server.url("postgres")) as connection:
        await connection.execute(f"drop database {DATABASE} with (force)")
        await connection.execute(f"drop role {LOGIN}")
        await connection.execute(f"drop role {KEEPER}")


async def test_the_running_login_can_add_and_read_and_get_round_no_guard(provisioned: str) -> None:
    connection = await asyncpg.connect(provisioned)
    try:
        await connection.execute("insert into audit.node values (16, 4, '\\x00')")
        assert await connection.fetchval("select count(*) from audit.node") == 1
        for table in GUARDED:
            await connection.execute(
                f"grant all on audit.{table} to current_user"
            )  # grants nothing, says so as a warning
            for statement in [
                *refused(table),
                f"alter table audit.{table} disable trigger all",
                f"alter table audit.{table} disable trigger refuse_update",
                f"drop trigger refuse_update on audit.{table}",
                f"drop table audit.{table}",
                f"create or replace rule r as on insert to audit.{table} do instead nothing",
                f"create trigger t before insert on audit.{table} execute function audit.refuse_change()",
                f"alter table audit.{table} owner to current_user",
            ]:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        for statement in [
            "create or replace function audit.refuse_change() returns trigger language sql as 'select 1'",
            "drop function audit.refuse_change() cascade",
            "drop schema audit cascade",
            "alter schema audit rename to past",
            f"set role {KEEPER}",
        ]:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_later_migration_may_change_what_was_handed_over_and_handing_over_again_is_harmless(
    provisioned: str, postgres_server: PostgresServer
) -> None:
    assert await is_at_head(provisioned, folder=audit.migrations, schema="audit")
    later = "alter table audit.entry add column later text"
    async with administering(postgres_server.url(DATABASE)) as connection:
        async with lend(connection, login=LOGIN, keeper=KEEPER), administering(provisioned) as migrating:
            await migrating.execute(later)
            await migrating.execute("create table audit.made_later ()")
        assert await hand_over(connection, schema="audit", login=LOGIN, keeper=KEEPER) == sorted(GUARDED)
    async with administering(provisioned) as running:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await running.execute(later.replace("later", "even_later"))
        await running.execute("drop table audit.made_later")
