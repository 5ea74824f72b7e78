"""The broker killed, frozen, unreachable, or robbed of a queue: commits go on, and everything arrives once."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.dead_letters import DeadLetters
from libs.outbox.tests.conftest import StartSample
from libs.servers.rabbitmq import RabbitServer
from libs.sources import TimeOrderedIds
from libs.telemetry.context import Context, entered
from libs.testing.proxy import Direction, FaultProxy, fault_proxy
from libs.testing.sample.process import SampleDatabase, SampleProcess, at_rest, metrics_of, tick_series, until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]


@pytest.fixture
async def proxy(rabbit_server: RabbitServer) -> AsyncIterator[FaultProxy]:
    async with fault_proxy(rabbit_server.port) as standing:
        yield standing


async def applied(database: SampleDatabase, count: int) -> bool:
    return bool(await database.value("select count(*) from sample.effect") >= count)


async def test_a_broker_killed_under_load_delays_and_loses_nothing(
    units: UnitsOfWork,
    database: SampleDatabase,
    start_sample: StartSample,
    aggregates: list[UUID],
    fault_rabbit: RabbitServer,
) -> None:
    start_sample(amqp=fault_rabbit.url(vhost="case-0"))
    await tick_series(units, aggregates, 1, 5)
    await until(lambda: applied(database, 100), what="first effects")
    await until(lambda: reported(fault_rabbit, "case-0"), what="the queue's statistics")

    writing = asyncio.create_task(tick_series(units, aggregates, 6, 30))
    fault_rabbit.kill()
    await writing  # commits do not need a broker
    assert await database.value("select count(*) from sample.event") == len(aggregates) * 30
    await asyncio.to_thread(fault_rabbit.start_broker)

    await at_rest(database, within_s=120)


async def reported(server: RabbitServer, vhost: str) -> bool:
    """A queue killed in its first seconds comes back leaderless; statistics of both say that they have settled."""
    listed = await asyncio.to_thread(server.ctl, "list_queues", "-p", vhost, "name", "leader", "messages")
    return "tms.sample.events\t" in listed and "tms.sample.events.dlq\t" in listed


async def test_a_frozen_broker_is_noticed_and_outlived(
    units: UnitsOfWork,
    database: SampleDatabase,
    start_sample: StartSample,
    aggregates: list[UUID],
    fault_rabbit: RabbitServer,
) -> None:
    start_sample(amqp=fault_rabbit.url(vhost="case-1"))
    await tick_series(units, aggregates, 1, 3)
    await until(lambda: applied(database, 60), what="first effects")
    fault_rabbit.freeze()
    await tick_series(units, aggregates, 4, 6)
    await until(lambda: rebuilt(database), within_s=45, what="a lease given up to no one: the relay noticed")
    fault_rabbit.thaw()
    await at_rest(database, within_s=90)


async def rebuilt(database: SampleDatabase) -> bool:
    """While nothing confirms, events wait in the outbox; after the confirm timeout they still do."""
    oldest = "select coalesce(extract(epoch from now() - min(recorded_at)), 0) > 12 from sample.outbox"
    return bool(await database.value(oldest))


async def test_lost_confirms_cause_only_duplicates(
    units: UnitsOfWork,
    database: SampleDatabase,
    start_sample: StartSample,
    aggregates: list[UUID],
    rabbit_server: RabbitServer,
    vhost: str,
    proxy: FaultProxy,
) -> None:
    """Given publishes whose confirms never arrive, when the connection is rebuilt, then each event has one effect."""
    start_sample(amqp=rabbit_server.url(vhost=vhost, port=proxy.port))
    await tick_series(units, aggregates, 1, 2)
    await until(lambda: applied(database, 40), what="first effects")
    proxy.blackhole(Direction.DOWN)
    await tick_series(units, aggregates, 3, 5)
    await until(lambda: rebuilt(database), within_s=40, what="confirms timed out")
    proxy.pass_all()
    proxy.reset()
    await at_rest(database, within_s=90)


async def test_a_half_open_connection_is_rebuilt(
    units: UnitsOfWork,
    database: SampleDatabase,
    start_sample: StartSample,
    aggregates: list[UUID],
    rabbit_server: RabbitServer,
    vhost: str,
    proxy: FaultProxy,
) -> None:
    start_sample(amqp=rabbit_server.url(vhost=vhost, port=proxy.port))
    await tick_series(units, aggregates, 1, 2)
    await until(lambda: applied(database, 40), what="first effects")
    proxy.stall()
    before = proxy.accepted
    await tick_series(units, aggregates, 3, 5)
    await until(lambda: reconnecting(proxy, before), within_s=45, what="a new connection attempt")
    proxy.pass_all()
    await at_rest(database, within_s=90)


async def reconnecting(proxy: FaultProxy, before: int) -> bool:
    return proxy.accepted > before


async def test_a_queue_deleted_with_fifty_messages_in_it_is_healed_by_the_sweep(
    units: UnitsOfWork,
    database: SampleDatabase,
    start_sample: StartSample,
    aggregates: list[UUID],
    rabbit_server: RabbitServer,
    vhost: str,
) -> None:
    process = start_sample(TMS_SWEEP_EVERY="PT12S", TMS_SWEEP_BEHIND="PT0S")
    await tick_series(units, aggregates[:10], 1, 1)
    await at_rest(database, what="the first ten")
    dead_letters = DeadLetters("sample", "sample")
    await paused(units, dead_letters, wanted=True)
    await until(lambda: logged(process, "consumer paused"), what="the pause noticed")
    await until(lambda: consumers(rabbit_server, vhost, 0), what="the consumer gone")

    await tick_series(units, aggregates[:10], 2, 6)
    await until(lambda: published(database), what="fifty messages in the queue")
    rabbit_server.ctl("delete_queue", "-p", vhost, "tms.sample.events")
    await paused(units, dead_letters, wanted=False)

    await at_rest(database, within_s=60, what="all fifty applied")
    assert await database.value("select count(*) from sample.effect") == 60
    counted = [line for line in (await metrics_of(process)).splitlines() if line.startswith("tms_sweep_repaired_total")]
    assert counted == ['tms_sweep_repaired_total{consumer="sample"} 50.0']


async def paused(units: UnitsOfWork, dead_letters: DeadLetters, *, wanted: bool) -> None:
    with entered(Context(correlation_id=TimeOrderedIds().new())):
        async with units.begin() as uow:
            await dead_letters.set_paused(uow, paused=wanted, reason="fault test")


async def consumers(server: RabbitServer, vhost: str, count: int) -> bool:
    listed = await asyncio.to_thread(server.ctl, "list_queues", "-p", vhost, "name", "consumers")
    return f"tms.sample.events\t{count}" in listed


async def logged(process: SampleProcess, words: str) -> bool:
    return words in process.log.read_text()


async def published(database: SampleDatabase) -> bool:
    return (await database.violations())["unpublished"] == 0


async def test_the_sample_is_told_of_its_pause(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    """Given a paused consumer, when events are committed, then they wait, and go on after it is resumed."""
    start_sample()
    dead_letters = DeadLetters("sample", "sample")
    await paused(units, dead_letters, wanted=True)
    await until(lambda: halted(units, dead_letters), what="the pause")
    await paused(units, dead_letters, wanted=False)
    await tick_series(units, aggregates, 1, 2)
    await at_rest(database)


async def halted(units: UnitsOfWork, dead_letters: DeadLetters) -> bool:
    async with units.reading() as uow:
        return await dead_letters.paused(uow)
