"""A database restored from a backup: what was said after the backup has not happened, whatever a queue still holds."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import asyncpg
import pytest

from libs.broker.channel import BrokerRefused
from libs.broker.emptying import empty_queues, queues_of
from libs.broker.subscribers import open_queue, subscriber_queue
from libs.broker.topology import queue_name
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.tests.conftest import StartSample
from libs.servers.postgres import PostgresServer
from libs.testing.sample.process import SampleDatabase, SampleProcess, at_rest, tick_series, until

pytestmark = pytest.mark.timeout(120)

Copy = Callable[[str, str], Awaitable[None]]


@pytest.fixture
async def copy(postgres_server: PostgresServer) -> AsyncIterator[Copy]:
    """Makes one database what another is; nobody may be in either. What it made goes when the test ends."""
    made: set[str] = set()

    async def administer(*statements: str) -> None:
        connection = await asyncpg.connect(postgres_server.url("postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def copy(source: str, target: str) -> None:
        made.add(target)
        await administer(
            f'drop database if exists "{target}" with (force)', f'create database "{target}" template "{source}"'
        )

    yield copy
    await administer(*(f'drop database if exists "{name}" with (force)' for name in made))


async def test_what_a_queue_holds_from_after_the_backup_has_no_effect(
    units: UnitsOfWork,
    database: SampleDatabase,
    sample_url: str,
    start_sample: StartSample,
    copy: Copy,
) -> None:
    """
    Given a backup, and events said after it that wait in the queue,
    when the backup is restored and an epoch begins, and the same numbers are given out again for other events,
    then each of those has its one effect, and none that was undone has any.
    """
    name, record = sample_url.rpartition("/")[2], uuid4()
    worker = start_sample()
    await tick_series(units, [record], 1, 3)
    await at_rest(database)
    worker.stop()
    await units.engine.dispose()
    await copy(name, f"{name}_backup")

    relay = start_sample(TMS_HEARS="false")
    await tick_series(units, [record], 4, 6)
    await until(lambda: all_published(database), what="the relay's work")
    relay.stop()
    await units.engine.dispose()

    await copy(f"{name}_backup", name)
    begun = worker.play("new-epoch")
    assert begun.returncode == 0, begun.stdout + begun.stderr
    assert '"messages_dropped":3' in begun.stdout

    start_sample()
    await tick_series(units, [record], 4, 5)
    await at_rest(database)
    assert await database.value("select count(*) from sample.effect") == 5


async def all_published(database: SampleDatabase) -> bool:
    return bool(await database.value("select count(*) = 0 from sample.outbox"))


async def test_an_epoch_is_begun_of_a_schema_at_head_alone(start_sample: StartSample, database: SampleDatabase) -> None:
    """Given a schema this build has not migrated, then nothing is begun, and the role to play first is named."""
    process = start_sample()
    process.stop()
    await database.fetch("update sample.alembic_version set version_num = '0000'")
    refused = process.play("new-epoch")
    assert refused.returncode != 0
    assert "play the role `migrate` first" in refused.stdout + refused.stderr
    assert await database.value("select restored_at from sample.feed_epoch") is None


async def test_a_queue_that_is_read_is_not_emptied_unless_that_is_meant(
    start_sample: StartSample, amqp_url: str
) -> None:
    """Given a service still at work, then its queue is not called empty: what it holds would come back."""
    process: SampleProcess = start_sample()
    await until(lambda: is_read(amqp_url), what="its consumer")
    with pytest.raises(BrokerRefused, match="stop whoever reads it"):
        await empty_queues(amqp_url, queues_of("sample"))
    assert await empty_queues(amqp_url, queues_of("sample"), though_read=True) == 0
    process.stop()
    assert await empty_queues(amqp_url, [*queues_of("sample"), "tms.never.events"]) == 0


async def is_read(amqp_url: str) -> bool:
    try:
        await empty_queues(amqp_url, [queue_name("sample")])
    except BrokerRefused:
        return True
    return False


async def test_a_broker_that_is_away_is_no_empty_queue(amqp_url: str) -> None:
    await open_queue(amqp_url, "crm", {})
    with pytest.raises(BrokerRefused):
        await empty_queues("amqp://nobody:wrong@127.0.0.1:1/", [subscriber_queue("crm")])
    nobody = "amqp://nobody:wrong@127.0.0.1:1/"
    assert await empty_queues(f"{nobody},{amqp_url}", [subscriber_queue("crm")]) == 0
