"""Every metric that alarms hang on is told by a process that runs."""

import asyncio
import json
import re
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from libs.broker.connection import FREE_AFTER_S
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox import metrics
from libs.outbox.purge import Purge
from libs.outbox.tests.conftest import StartSample
from libs.outbox.tests.test_operators import stranger
from libs.servers.rabbitmq import RabbitServer
from libs.sources import SystemClock
from libs.telemetry.context import Context, entered
from libs.testing.sample.process import SampleDatabase, SampleProcess, at_rest, metrics_of, tick, tick_series, until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]

SERIES = re.compile(r"^(?P<name>[a-z_]+)(?:\{(?P<labels>[^}]*)\})? (?P<value>\S+)$", re.MULTILINE)
PROMISED = {
    'tms_outbox_pending{service="sample",shard="0"}',
    'tms_outbox_oldest_seconds{service="sample"}',
    'tms_outbox_refused{service="sample"}',
    'tms_relay_publish_total{result="sent",service="sample"}',
    'tms_relay_publish_total{result="refused",service="sample"}',
    'tms_relay_batch_seconds_count{service="sample"}',
    'tms_relay_lease_held{service="sample",shard="0"}',
    'tms_amqp_connected{role="relay",service="sample"}',
    'tms_amqp_connected{role="consumer",service="sample"}',
    'tms_amqp_connected{role="dead letters",service="sample"}',
    'tms_amqp_blocked{role="relay",service="sample"}',
    'tms_inbox_rows{consumer="sample",state="dead"}',
    'tms_inbox_oldest_seconds{consumer="sample",state="waiting"}',
    'tms_inbox_result_total{consumer="sample",result="seq_conflict"}',
    'tms_inbox_result_total{consumer="sample",result="unreadable"}',
    'tms_delivery_seconds_count{consumer="sample"}',
    'tms_handler_seconds_count{consumer="sample",result="done",type="sample.ticked.v1"}',
    'tms_handler_seconds_count{consumer="sample",result="failed",type="sample.ticked.v1"}',
    'tms_lane_depth{consumer="sample",lane="0"}',
    'tms_probe_mode{consumer="sample"}',
    'tms_gap_repairs_total{consumer="sample"}',
    'tms_gaps_open{consumer="sample"}',
    'tms_sweep_repaired_total{consumer="sample"}',
    'tms_feed_head_lag_seconds{service="sample"}',
    'tms_dead_letters_open{service="sample",source="broker"}',
    'tms_dead_letters_open{service="sample",source="inbox"}',
    'tms_dlq_bridge_lag{service="sample"}',
    'tms_database_up{service="sample"}',
    'tms_duty_failures_total{duty="forget_answers",service="sample"}',
}
"""By name and labels, as the reference of messaging promises them; a label more would be a name nobody knows."""


async def told(process: SampleProcess) -> dict[str, float]:
    found = SERIES.finditer(await metrics_of(process))
    return {f"{one['name']}{{{one['labels']}}}" if one["labels"] else one["name"]: float(one["value"]) for one in found}


async def test_a_worker_tells_everything_that_is_promised(
    units: UnitsOfWork, database: SampleDatabase, start_sample: StartSample, aggregates: list[UUID], amqp_url: str
) -> None:
    """Given events of which one dies and bytes that are no event, then every promised series is there and is right."""
    process = start_sample()
    await tick_series(units, aggregates[:3], 1, 2)
    await at_rest(database, what="six effects")
    await tick(units, aggregates[5], 1, behave="raise")
    await stranger(amqp_url, b"no event")

    async def seen() -> dict[str, float] | None:
        now = await told(process)
        dead = [
            now.get(f'tms_dead_letters_open{{service="sample",source="{source}"}}') for source in ("broker", "inbox")
        ]
        return now if dead == [1, 1] else None

    now = await until(seen, what="both dead letters counted")
    assert PROMISED - now.keys() == set()
    assert now['tms_database_up{service="sample"}'] == 1
    assert now['tms_relay_publish_total{result="sent",service="sample"}'] == 7
    assert now['tms_delivery_seconds_count{consumer="sample"}'] == 6
    assert now['tms_inbox_result_total{consumer="sample",result="unreadable"}'] == 1
    assert now['tms_inbox_rows{consumer="sample",state="dead"}'] == 1
    lanes = [value for name, value in now.items() if name.startswith("tms_lane_depth")]
    assert (len(lanes), sum(lanes)) == (8, 0)
    assert sum(value for name, value in now.items() if name.startswith("tms_outbox_pending")) == 0
    assert now['tms_dlq_bridge_lag{service="sample"}'] == 0

    async def logged() -> list[dict[str, object]] | None:
        lines = [json.loads(line) for line in process.log.read_text().splitlines() if "event handled" in line]
        return lines if len(lines) == 6 else None

    lines = await until(logged, what="a line for each effect")
    assert {(line["consumer"], line["type"], line["result"]) for line in lines} == {
        ("sample", "sample.ticked.v1", "done")
    }
    lineage = {"event_id", "aggid", "aggseq", "attempt", "correlation_id", "actor_id", "trace_id", "ms"}
    assert all(lineage <= line.keys() for line in lines)


async def test_a_transaction_that_stays_open_is_seen_as_the_feed_s_lag(
    units: UnitsOfWork, start_sample: StartSample
) -> None:
    """Given an event that is committed while an older transaction is open, when it is counted, then the feed trails."""
    process = start_sample()

    async def trails() -> bool:
        return (await told(process)).get('tms_feed_head_lag_seconds{service="sample"}', 0) > 0

    with entered(Context(correlation_id=uuid4())):
        async with units.begin() as held:
            connection = await held.session.connection()
            await connection.exec_driver_sql("select pg_current_xact_id()")
            await tick(units, uuid4(), 1)
            await until(trails, what="the feed's lag")


async def test_an_alarm_of_the_broker_is_seen_while_it_lasts(
    units: UnitsOfWork, start_sample: StartSample, fault_rabbit: RabbitServer
) -> None:
    """Given a broker whose memory alarm is on, when something is to be published, then the relay is told as blocked,
    however often it connects anew, and no more once the alarm is over."""
    process = start_sample(amqp=fault_rabbit.url(vhost="case-1"))
    await tick(units, uuid4(), 1)
    name = 'tms_amqp_blocked{role="relay",service="sample"}'

    async def is_blocked() -> bool:
        return (await told(process))[name] == 1

    async def is_not() -> bool:
        return not await is_blocked()

    async def rebuilt() -> bool:
        return any(series.startswith("tms_amqp_rebuilds_total") and "relay" in series for series in await told(process))

    await asyncio.to_thread(fault_rabbit.ctl, "set_vm_memory_high_watermark", "absolute", "1MB")
    try:
        await tick(units, uuid4(), 1)
        await until(is_blocked, within_s=30, what="the block noticed")
        await until(rebuilt, within_s=60, what="a connection given up over it")
        assert await is_blocked()
    finally:
        await asyncio.to_thread(fault_rabbit.ctl, "set_vm_memory_high_watermark", "absolute", "1GB")
    await until(is_not, within_s=FREE_AFTER_S + 45, what="free again")


async def test_a_database_that_is_away_is_told() -> None:
    """Given a look at the database that fails, then it is told as away, and the failure goes on."""
    engine = create_async_engine("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    purge = Purge(service="nowhere", schema="sample", engine=engine, clock=SystemClock())
    with pytest.raises(OSError, match=r"refused|Connect"):
        await purge.measure()
    assert metrics.database_up.labels("nowhere")._value.get() == 0
    await engine.dispose()
