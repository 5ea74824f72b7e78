"""From a commit to an effect in another process, over real servers."""

from uuid import UUID

import pytest

from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.tests.conftest import StartSample
from libs.testing.sample.events import SampleTicked
from libs.testing.sample.process import SampleDatabase, at_rest, tick, tick_series, until

PER_AGGREGATE = 10


async def test_every_committed_event_has_exactly_one_effect_in_order(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    start_sample()
    await tick_series(units, aggregates, 1, PER_AGGREGATE)
    await at_rest(database)
    assert await database.value("select count(*) from sample.effect") == len(aggregates) * PER_AGGREGATE


async def test_a_rolled_back_transaction_says_nothing(
    units: UnitsOfWork, database: SampleDatabase, aggregates: list[UUID]
) -> None:
    async def break_off() -> None:
        async with units.begin() as uow:
            uow.emit(SampleTicked(sample_id=aggregates[0], number=1))
            raise RuntimeError("the business says no after all")

    with pytest.raises(RuntimeError, match="after all"):
        await break_off()
    assert await database.value("select count(*) from sample.event") == 0


async def test_a_clean_stop_loses_and_repeats_nothing(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    first = start_sample()
    await tick_series(units, aggregates, 1, 3)
    assert first.stop() == 0
    await tick_series(units, aggregates, 4, 6)
    start_sample()
    await at_rest(database)


async def test_a_message_that_always_fails_stops_only_its_own_aggregate(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    sick, well = aggregates[0], aggregates[1]
    start_sample()
    await tick(units, sick, 1, behave="refuse")
    await tick(units, sick, 2)
    await tick_series(units, [well], 1, 5)
    states = "select state from sample.inbox where aggid = $1 and state <> 'done' order by aggseq"

    async def stuck() -> bool:
        return [row[0] for row in await database.fetch(states, sick)] == ["dead", "waiting"]

    async def unhindered() -> bool:
        return bool(await database.value("select count(*) = 5 from sample.effect where sample_id = $1", well))

    await until(stuck, what="the sick one dead, the next waiting")
    await until(unhindered, what="all five effects of the well one")
    assert await stuck(), "what was well has changed what was sick"
    assert await database.value("select reason from sample.inbox where state = 'dead'") == "conflict"
