"""The chain: gapless, sealed, refused to everyone who would change it, and found out when someone could."""

import asyncio

import pytest

from libs.database.migrations import differences
from libs.testing.stage import Stage
from services.audit.models import Model, Verdict
from services.audit.tests.conftest import Hear, run_sql, verdict

HEARD = 12


@pytest.fixture
async def chain(staged: Stage, hear: Hear) -> Stage:
    for _ in range(HEARD):
        await hear()
    return staged


async def test_the_models_are_what_the_migrations_make(staged: Stage) -> None:
    url = staged.runtime.settings.database_url.get_secret_value()
    assert await differences(url, Model.metadata) == []


async def test_an_untouched_chain_is_intact_from_any_entry_on(chain: Stage) -> None:
    assert (await verdict(chain)).intact
    assert (await verdict(chain, from_seq=7)).intact
    assert (await verdict(chain, to_seq=4)) == Verdict(1, 4)


async def test_entries_heard_at_once_still_make_one_gapless_chain(staged: Stage, hear: Hear) -> None:
    await asyncio.gather(*(hear() for _ in range(HEARD)))
    assert await verdict(staged) == Verdict(1, HEARD)


@pytest.mark.parametrize(
    ("tampering", "seq", "fault"),
    [
        ("update audit.entry set body = replace(body, 'publish', 'publisj') where seq = 3", 3, "body, time or hash"),
        ("update audit.entry set actor_id = 'someone-else' where seq = 3", 3, "column actor_id"),
        ("update audit.entry set reason = null where seq = 3", 3, "column reason"),
        ("update audit.entry set recorded_at = recorded_at + interval '1 second' where seq = 3", 3, "time"),
        ("update audit.entry set hash = decode(repeat('00', 32), 'hex') where seq = 3", 3, "hash"),
        ("delete from audit.entry where seq = 3", 3, "entry 3 is missing"),
    ],
)
async def test_whoever_gets_round_the_guard_is_found_and_the_entry_is_named(
    chain: Stage, tampering: str, seq: int, fault: str
) -> None:
    """Given someone who could drop the triggers, when they change one entry, then verifying names it."""
    await run_sql(
        chain,
        "alter table audit.entry disable trigger all",
        "grant update, delete on audit.entry to current_user",
        tampering,
    )
    found = await verdict(chain)
    assert found.first_broken_seq == seq
    assert fault in (found.fault.why if found.fault else "")


async def test_an_entry_rewritten_with_a_fitting_hash_breaks_the_next_one(chain: Stage) -> None:
    await run_sql(
        chain,
        "alter table audit.entry disable trigger all",
        "grant update on audit.entry to current_user",
        "update audit.entry e set body = o.body, hash = o.hash, event_id = gen_random_uuid() "
        "from audit.entry o where e.seq = 3 and o.seq = 4",
    )
    assert (await verdict(chain)).first_broken_seq == 3
    assert (await verdict(chain, from_seq=4)).first_broken_seq == 4
