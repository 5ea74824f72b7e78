"""Whoever gets round the guards is found out: by any byte of any column, by what is missing, by a past written anew."""

import random
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from libs.access.permissions import Role
from libs.database.engine import plain_url
from libs.testing.stage import Stage
from services.audit.commands.keys import rotate_key
from services.audit.errors import LogBroken
from services.audit.handlers import seal_once, verify_when_due
from services.audit.models import Checkpoint, Part
from services.audit.tests.conftest import GUARDED, HearMany, SealNow, round_the_guards, run_sql, verdict

HEARD, SEED = 40, 20260302
SHORTENED = "delete from audit.entry where seq > 36"


@pytest.fixture
async def sealed(staged: Stage, hear_many: HearMany, seal_now: SealNow) -> Stage:
    """Forty entries under two checkpoints by two keys, and four more that wait."""
    await hear_many(24)
    await seal_now()
    async with staged.units.begin() as unit:
        await rotate_key(unit, staged.runtime.vault, "synthetic")
    await hear_many(HEARD - 24)
    await seal_now()
    await hear_many(4)
    return staged


async def tamper(staged: Stage, *statements: str) -> None:
    await run_sql(staged, *round_the_guards(), *statements)


async def test_untouched_evidence_holds_from_anywhere_and_in_any_batches(sealed: Stage) -> None:
    whole = await verdict(sealed, batch=7)
    assert (whole.intact, whole.checkpoint, whole.checkpoints, whole.nodes) == (True, HEARD, 2, 3)
    for from_seq in (1, 2, 16, 17, 24, 25, 30, 40, 41, 44):
        assert (await verdict(sealed, from_seq)).intact
        assert (await verdict(sealed, 1, from_seq)).intact


async def _columns(connection: Any) -> list[tuple[str, str, str]]:
    rows = await connection.fetch(
        "select table_name, column_name, data_type from information_schema.columns "
        "where table_schema = 'audit' and table_name = any($1)",
        list(GUARDED),
    )
    return [(row["table_name"], row["column_name"], row["data_type"]) for row in rows]


def _changed(column: str, kind: str, chance: random.Random) -> str:
    """The column with one bit, digit, letter or moment of it another."""
    bit = chance.randrange(32 * 8)
    return {
        "bytea": f"set_bit({column}, {bit}, 1 - get_bit({column}, {bit}))",
        "bigint": f"{column} + 1000",
        "integer": f"{column} + 1",
        "smallint": f"{column} + 2",
        "uuid": f"translate(coalesce({column}, gen_random_uuid())::text, '0123456789abcdef', '123456789abcdef0')::uuid",
        "timestamp with time zone": f"{column} + interval '1 microsecond'",
        "jsonb": """'[{"field": "state"}]'::jsonb""",
    }.get(kind, f"overlay(coalesce({column}, 'x')::text placing '~' from {chance.randint(1, 3)})")


async def test_any_change_of_any_column_of_any_table_is_found_and_named(sealed: Stage) -> None:
    """Given each column in turn changed in one row and put back, when verifying, then the row's entry is named."""
    chance = random.Random(SEED)
    await run_sql(sealed, *round_the_guards(), "alter table audit.checkpoint drop constraint checkpoint_grows_check")
    connection = await asyncpg.connect(plain_url(sealed.runtime.settings.database_url.get_secret_value()))
    missed = []
    try:
        for table, column, kind in await _columns(connection):
            key, row, named = {
                "entry": ("seq", 31, 31),
                "node": ("last_seq * 100 + level", 3204, 17),
                "checkpoint": ("tree_size", HEARD, 25),
                "checkpoint_key": ("number", 2, 1),
            }[table]
            flipped = _changed(column, kind, chance)
            change = f"update audit.{table} set {column} = {flipped} where {key} = {row}"  # noqa: S608 - our own names
            await connection.execute(f"create temp table kept as table audit.{table}; {change}")
            found = await verdict(sealed)
            if found.first_broken_seq != named:
                missed.append((table, column, found))
            back = f"delete from audit.{table}; insert into audit.{table} table kept"  # noqa: S608 - our own names
            await connection.execute(f"{back}; drop table kept")
        assert missed == []
        assert (await verdict(sealed)).intact
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("statements", "seq", "part"),
    [
        ((SHORTENED,), 37, Part.ENTRY),  # under a checkpoint
        ((SHORTENED, "delete from audit.checkpoint where tree_size > 24"), 17, Part.NODE),  # nodes still tell
        (("delete from audit.checkpoint where tree_size = 24",), 1, Part.CHECKPOINT),
        (("delete from audit.node where last_seq = 32 and level = 5",), 1, Part.NODE),
        (("insert into audit.node values (48, 4, '\\x00')",), 41, Part.NODE),
        (("delete from audit.checkpoint_key where number = 2",), 25, Part.CHECKPOINT),
        (("delete from audit.checkpoint_key where number = 1",), 1, Part.CHECKPOINT),
        (("delete from audit.entry where seq = 20",), 20, Part.ENTRY),
        (("delete from audit.entry",), 1, Part.ENTRY),
    ],
)
async def test_what_is_missing_or_too_much_is_found(
    sealed: Stage, statements: tuple[str, ...], seq: int, part: Part
) -> None:
    await tamper(sealed, *statements)
    found = await verdict(sealed)
    assert found.fault is not None
    assert (found.fault.seq, found.fault.part) == (seq, part)


REWRITE = """
do $$
declare e record; before bytea; told text; hashed bytea;
begin
    select hash into before from audit.entry where seq = 19;
    for e in select * from audit.entry where seq >= 20 order by seq loop
        told := case when e.seq = 20 then replace(e.body, 'publish', 'publisj') else e.body end;
        hashed := sha256(before || int8send(e.seq)
            || int8send((extract(epoch from e.recorded_at) * 1000000)::bigint) || sha256(convert_to(told, 'UTF8')));
        update audit.entry set body = told, prev_hash = before, hash = hashed where seq = e.seq;
        before := hashed;
    end loop;
end $$
"""


async def test_a_past_written_anew_with_fitting_links_fits_no_signature(sealed: Stage) -> None:
    """Given someone who recomputes the whole chain from entry 20 on, then the stretch from its node on is named."""
    await tamper(sealed, REWRITE)
    found = await verdict(sealed)
    assert found.fault is not None
    assert found.fault.part is Part.CHECKPOINT
    assert 1 <= found.fault.seq <= 20
    assert "are not those that checkpoint" in found.fault.why


async def test_a_whole_consistent_evidence_that_was_shortened_is_found_by_a_root_kept_outside(
    sealed: Stage, hear_many: HearMany, seal_now: SealNow
) -> None:
    await hear_many(4)
    kept: Checkpoint = await seal_now()
    await tamper(
        sealed,
        "delete from audit.entry where seq > 40",
        "delete from audit.checkpoint where tree_size > 40",
        "delete from audit.node where last_seq > 40",
    )
    assert (await verdict(sealed)).intact, "nothing inside tells"
    auditor = await sealed.client(Role.AUDITOR)
    known = {"tree_size": kept.tree_size, "root_hash": kept.root_hash.hex()}
    told = (await auditor.post("/api/v1/audit/verify", json={"known": known})).json()
    assert (told["intact"], told["first_broken_seq"], told["part"]) == (False, 41, "checkpoint")
    known = {"tree_size": 40, "root_hash": "00" * 32}
    assert not (await auditor.post("/api/v1/audit/verify", json={"known": known})).json()["intact"]


async def test_nothing_wrong_is_ever_signed(sealed: Stage, hear_many: HearMany) -> None:
    await tamper(sealed, "update audit.entry set reason = 'other' where seq = 43")
    await hear_many(1)
    sealed.clock.advance(timedelta(hours=1))
    with pytest.raises(LogBroken, match="from entry 43 on"):
        await seal_once(sealed.runtime)


async def test_the_clock_verifies_tells_what_it_found_and_does_not_do_it_twice(
    sealed: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed.runtime.settings.verify_every = timedelta(hours=12)
    assert (await verify_when_due(sealed.runtime)) is not None
    await tamper(sealed, SHORTENED)
    found = await verify_when_due(sealed.runtime)

    assert found is not None
    assert found.first_broken_seq == 37
    told = [one for one in await sealed.told() if one.event_type == "audit.chain_verified"]
    assert [(one.data["intact"], one.data.get("first_broken_seq"), one.data.get("fault_part")) for one in told] == [
        (True, None, None),
        (False, 37, "entry"),
    ]
    assert told[0].data["checkpoint_size"] == HEARD
    assert "the audit log does not hold" in capsys.readouterr().out


async def test_of_several_replicas_one_verifies_and_the_log_itself_tells_the_others(
    staged: Stage, hear_many: HearMany, seal_now: SealNow
) -> None:
    from services.audit.commands.entries import append_entry

    staged.runtime.settings.verify_every = timedelta(hours=12)
    await hear_many(3)
    await seal_now()
    assert await verify_when_due(staged.runtime) is not None
    echo = (await staged.told())[-1]
    async with staged.units.begin() as unit:
        await append_entry(unit, echo, echo.to_bytes())

    assert await verify_when_due(staged.runtime) is None
    staged.clock.advance(timedelta(hours=12))
    assert await verify_when_due(staged.runtime) is not None
