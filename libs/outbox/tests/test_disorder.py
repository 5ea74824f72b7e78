"""Duplicates, disorder, poison and strangers on the wire."""

import json
import random
from collections.abc import Mapping
from uuid import UUID, uuid4

import aio_pika
import pytest

from libs.broker.publisher import Outgoing, Publisher
from libs.contracts.envelope import CONTENT_TYPE, Envelope
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.outbox.dead_letters import DeadLetters
from libs.outbox.tests.conftest import StartSample
from libs.sources import TimeOrderedIds
from libs.telemetry.context import Context, entered
from libs.testing.sample.events import SampleTickedV2
from libs.testing.sample.process import SampleDatabase, at_rest, metrics_of, tick, tick_series, until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(120)]
LETTERS = DeadLetters("sample", "sample")
TICKED = "sample.ticked.v1"


async def publish(amqp_url: str, bodies: list[bytes], headers: Mapping[str, str] | None = None) -> None:
    """Put bodies on the wire past the relay."""
    async with await aio_pika.connect(amqp_url) as connection:
        publisher = await Publisher.open(connection, "stranger")
        for body in bodies:
            message = Outgoing(str(uuid4()), TICKED, body, CONTENT_TYPE, f"sg.tms.{TICKED}", headers=headers or {})
            assert await publisher.publish([message]) == [None]


async def test_each_message_three_times_in_any_order_has_one_effect(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID], amqp_url: str
) -> None:
    start_sample()
    await tick_series(units, aggregates, 1, 4)
    await at_rest(database)
    bodies = [row[0].encode() for row in await database.fetch("select body from sample.event")] * 3
    random.Random(7).shuffle(bodies)
    await publish(amqp_url, bodies)
    await tick_series(units, aggregates, 5, 6)
    await at_rest(database, what="everything settled again")
    assert await database.value("select count(*) from sample.effect") == len(aggregates) * 6


def spoilt(body: str, **fields: object) -> bytes:
    return json.dumps({**json.loads(body), "id": str(uuid4()), **fields}).encode()


async def test_what_no_inbox_can_keep_is_shown_with_a_reason_and_harms_nobody(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID], amqp_url: str
) -> None:
    """Given bytes that are no event, or an event no database can hold, then people see why, and the rest goes on."""
    process = start_sample()
    await tick_series(units, [uuid4()], 1, 1)
    await at_rest(database, what="a queue that is bound")
    good = await database.value("select body from sample.event limit 1")
    poison = {
        random.Random(1).randbytes(64): "the body is not JSON",
        b'{"specversion": "1.0", "id": ': "the body is not JSON",
        spoilt(good).decode().encode("utf-16"): "the body is not JSON",
        spoilt(good, aggtype="nul\0"): "not a CloudEvent of ours: aggtype",
        spoilt(good, aggseq=10**30): "not a CloudEvent of ours: aggseq",
        spoilt(good, subject="s" * 5_000): "not a CloudEvent of ours: subject",
    }
    await publish(amqp_url, list(poison), headers={"nul": "\0"})
    await tick_series(units, aggregates, 1, 2)
    await at_rest(database, what="the neighbours")

    async def shown() -> bool:
        open_letters = await database.value("select count(*) from sample.dlq_message where state = 'open'")
        return bool(open_letters == len(poison))

    await until(shown, what="every dead letter")
    async with units.reading() as uow:
        letters = await LETTERS.list(uow)
    assert sorted((letter.source, letter.error) for letter in letters) == sorted(
        ("broker", reason) for reason in poison.values()
    )
    assert process.alive


async def test_what_always_fails_is_dead_and_drains_in_order_after_the_repair(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    sick = aggregates[0]
    start_sample()
    await tick(units, sick, 1, behave="raise")
    await tick_series(units, [sick], 2, 4)
    await tick_series(units, aggregates[1:], 1, 2)
    await until(lambda: is_dead(database, sick), within_s=30, what="the first dead")
    assert await database.value("select count(*) from sample.inbox where aggid = $1 and state = 'waiting'", sick) == 3
    async with units.reading() as uow:
        [letter] = await LETTERS.list(uow)
        [group] = await LETTERS.groups(uow)
    assert (letter.waiting_behind, group.count) == (3, 1)
    assert "Broken" in (letter.error or "")

    await database.fetch("insert into sample.fault_off values ('raise')")
    with entered(Context(correlation_id=TimeOrderedIds().new())):
        async with units.begin() as uow:
            assert await replay(uow, dry_run=True) == 1
            assert await replay(uow, dry_run=False) == 1
    await at_rest(database, what="all drained")
    rows = await database.fetch("select number from sample.effect where sample_id = $1 order by id", sick)
    assert [row[0] for row in rows] == [1, 2, 3, 4]


async def replay(uow: UnitOfWork, *, dry_run: bool) -> int:
    dead = [UUID(letter.letter_id) for letter in await LETTERS.list(uow)]
    return await LETTERS.replay(uow, event_ids=dead, rate_per_s=100, reason="repaired", dry_run=dry_run)


async def is_dead(database: SampleDatabase, aggid: UUID) -> bool:
    return bool(await database.value("select count(*) from sample.inbox where state = 'dead' and aggid = $1", aggid))


async def test_a_version_not_known_yet_waits_for_a_build_that_knows_it(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    old_build = start_sample()
    with entered(Context(correlation_id=TimeOrderedIds().new())):
        async with units.begin() as uow:
            uow.emit(SampleTickedV2(sample_id=aggregates[0], number=1, colour="red"))
    await until(lambda: is_dead(database, aggregates[0]), what="dead for now")
    assert await database.value("select reason from sample.inbox where state = 'dead'") == "unsupported_version"
    old_build.stop()
    start_sample(TMS_KNOWS_V2="true")
    await at_rest(database, what="done by itself")


async def test_a_version_met_by_an_old_build_that_still_runs_beside_a_new_one_is_taken_up_by_that(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    """Given a new build that has started, when the old one beside it takes what it does not know, then it is done."""
    old_build = start_sample()
    start_sample(TMS_KNOWS_V2="true", TMS_SWEEP_EVERY="PT1S")
    for aggregate in aggregates:
        with entered(Context(correlation_id=TimeOrderedIds().new())):
            async with units.begin() as uow:
                uow.emit(SampleTickedV2(sample_id=aggregate, number=1, colour="red"))
    await at_rest(database, within_s=90, what="done by itself")
    counted = [line for line in (await metrics_of(old_build)).splitlines() if 'result="dead"' in line]
    assert counted, "the old build took none: nothing was proven"


async def test_an_event_missing_on_the_wire_is_fetched_from_its_producer(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID]
) -> None:
    """Given a second event that never reaches the broker, when later ones arrive, then they wait and it is fetched."""
    one = aggregates[0]
    await tick_series(units, [one], 1, 5)
    await database.fetch(
        "delete from sample.outbox where pos = (select pos from sample.event where aggid = $1 and aggseq = 2)", one
    )
    process = start_sample()
    await at_rest(database, within_s=30, what="the gap filled")
    metrics = await metrics_of(process)
    assert 'tms_gap_repairs_total{consumer="sample"} 1.0' in metrics


async def test_two_different_events_with_one_number_are_an_alarm(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID], amqp_url: str
) -> None:
    start_sample()
    await tick(units, aggregates[0], 1)
    await at_rest(database, what="the first")
    body = await database.value("select body from sample.event")
    twin = Envelope.from_bytes(body.encode()).model_copy(update={"id": uuid4()})
    await publish(amqp_url, [twin.to_bytes()])
    await until(lambda: is_dead(database, aggregates[0]), what="the twin dead")
    assert await database.value("select reason from sample.inbox where state = 'dead'") == "seq_conflict"
    assert await database.value("select count(*) from sample.effect") == 1
