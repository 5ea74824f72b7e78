"""The database away or crashed: deliveries are held, no attempt is used, nothing is dead, nothing happens twice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from libs.database.engine import create_engine
from libs.database.migrations import upgrade
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.outbox.tests.conftest import QUICK
from libs.servers.postgres import PostgresServer
from libs.sources import SystemClock, TimeOrderedIds
from libs.testing.sample.process import SampleDatabase, SampleProcess, at_rest, tick, tick_series, until
from libs.testing.sample.service import sample

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]


@pytest.fixture
async def sample_url(fault_postgres: PostgresServer, request: pytest.FixtureRequest) -> str:
    """A database of this test's own on a cluster that may be crashed."""
    name = f"db_{abs(hash(request.node.name)):x}"
    fault_postgres.execute(f'create database "{name}"')
    url = fault_postgres.url(name)
    await upgrade(url, folder=sample.migrations, schema=sample.schema)
    return url


@pytest.fixture
async def units(sample_url: str) -> AsyncIterator[UnitsOfWork]:
    engine = create_engine(sample_url, application_name="writer", pool_size=8)
    yield UnitsOfWork(engine, clock=SystemClock(), ids=TimeOrderedIds(), append=outbox_append("sample", "sample"))
    await engine.dispose()


@pytest.fixture
async def process(sample_url: str, amqp_url: str, tmp_path: Path) -> AsyncIterator[SampleProcess]:
    made = SampleProcess(database_url=sample_url, amqp_url=amqp_url, log=tmp_path / "sample.log", environment=QUICK)
    yield made
    made.kill()


async def test_a_database_away_for_a_while_costs_no_attempt(
    units: UnitsOfWork,
    database: SampleDatabase,
    process: SampleProcess,
    aggregates: list[UUID],
    fault_postgres: PostgresServer,
) -> None:
    process.start()
    await tick_series(units, aggregates, 1, 15)
    fault_postgres.stop_immediately()
    assert process.alive
    await until(lambda: held(process), within_s=30, what="the worker holding on")
    await asyncio.to_thread(fault_postgres.start)
    await at_rest(database, within_s=90)
    assert await database.value("select count(*) from sample.inbox where attempts > 0 or state = 'dead'") == 0


async def held(process: SampleProcess) -> bool:
    return "database away" in process.log.read_text()


async def test_a_crash_between_commit_and_acknowledgement_repeats_nothing(
    units: UnitsOfWork,
    database: SampleDatabase,
    process: SampleProcess,
    aggregates: list[UUID],
    fault_postgres: PostgresServer,
) -> None:
    process.start(TMS_FAILPOINTS="consumer.committed=sleep:2")
    await tick_series(units, aggregates[:4], 1, 3)
    await until(lambda: some(database), what="a first commit")
    fault_postgres.stop_immediately()
    await asyncio.to_thread(fault_postgres.start)
    await at_rest(database, within_s=90)


async def some(database: SampleDatabase) -> bool:
    return bool(await database.value("select count(*) > 0 from sample.effect"))


async def test_effects_lost_with_a_failed_over_database_are_fetched_again(
    units: UnitsOfWork, database: SampleDatabase, process: SampleProcess, aggregates: list[UUID]
) -> None:
    """Given a replica that took over without the last commit, when the next event comes, then the gap is filled."""
    one = aggregates[0]
    process.start()
    await tick_series(units, [one], 1, 3)
    await at_rest(database, what="three applied")
    await database.fetch("delete from sample.inbox where aggid = $1 and aggseq = 3", one)
    await database.fetch("delete from sample.effect where sample_id = $1 and number = 3", one)
    await database.fetch("update sample.stream_cursor set last_seq = 2, last_id = null where aggid = $1", one)
    await tick(units, one, 4)
    await at_rest(database, within_s=60, what="the third and fourth applied")
    assert [row[0] for row in await database.fetch("select number from sample.effect order by id")] == [1, 2, 3, 4]
