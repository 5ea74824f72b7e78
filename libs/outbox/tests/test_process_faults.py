"""Processes killed at every step: relay, handler, between commit and acknowledgement, again and again."""

from uuid import UUID

import pytest

from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.tests.conftest import StartSample
from libs.testing.sample.process import SampleDatabase, SampleProcess, at_rest, tick, tick_series, until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]


async def gone(process: SampleProcess) -> bool:
    return not process.alive


@pytest.mark.parametrize(
    "failpoint",
    ["relay.claimed", "relay.confirmed", "consumer.received", "handler.mid", "consumer.committed", "retry.claimed"],
)
async def test_a_process_killed_at_any_step_loses_and_repeats_nothing(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID], failpoint: str
) -> None:
    """Given a process that dies at one step, when another takes over, then each event has one effect, in order."""
    doomed = start_sample(TMS_FAILPOINTS=f"{failpoint}=exit@2")
    behave = "once" if failpoint == "retry.claimed" else "ok"
    for sample_id in aggregates[:4]:
        await tick(units, sample_id, 1, behave=behave)
    await tick_series(units, aggregates[4:], 1, 5)
    await until(lambda: gone(doomed), what=f"death at {failpoint}")
    start_sample()
    await at_rest(database, within_s=60)
    assert await database.value("select count(*) from sample.inbox where state = 'dead'") == 0


async def test_a_message_that_kills_its_process_is_buried_alone(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    """Given one poisonous event among many, when its process dies each time, then only it is dead, and told so."""
    sick, well = aggregates[0], aggregates[1:]
    await tick(units, sick, 1, behave="exit")
    await tick_series(units, [sick], 2, 3)
    await tick_series(units, well, 1, 4)
    process = start_sample()

    async def buried() -> bool:
        nonlocal process
        if not process.alive:
            process = start_sample()
        rows = await database.fetch("select state, reason from sample.inbox where state <> 'done' order by aggseq")
        return [row["state"] for row in rows] == ["dead", "waiting", "waiting"] and rows[0]["reason"] == "crash"

    async def served() -> bool:
        effects = await database.value("select count(*) from sample.effect where sample_id <> $1", sick)
        return bool(effects == len(well) * 4)

    await until(buried, within_s=120, what="one dead, two waiting")
    await until(served, what="the others served")
    assert await database.value("select count(*) from sample.dlq_message where state = 'open'") == 0


async def test_two_relays_that_both_believe_they_lead_cause_only_duplicates(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    start_sample(TMS_FAILPOINTS="relay.slow_after_lease=sleep:20")
    start_sample()
    await tick_series(units, aggregates, 1, 5)
    await at_rest(database, within_s=90)
