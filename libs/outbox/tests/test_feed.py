"""The log as pages: cursors of another life of the log, and a sweep that outlives a restore."""

import base64
import json
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.epoch import begin_epoch, restored_at
from libs.outbox.feed import CursorUnusable, Feed, LogReplaced, Position
from libs.outbox.inbox import Inbox
from libs.outbox.repair import Repair
from libs.outbox.wakeup import Wakeup
from libs.sources import SystemClock, TimeOrderedIds
from libs.telemetry.context import Context, entered
from libs.testing.sample.events import SampleTicked
from libs.testing.sample.process import SampleDatabase, tick_series
from libs.testing.sample.service import handlers

EPOCH = 7


def cursor_of(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.fixture
async def engine(sample_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(sample_url, application_name="feed")
    yield made
    await made.dispose()


def test_a_cursor_is_read_as_it_was_given() -> None:
    assert Position.read(Position(7, 9).cursor(EPOCH), EPOCH) == Position(7, 9)
    assert Position.read(None, EPOCH) == Position()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%%%",
        *(cursor_of(*parts) for parts in [(EPOCH,), (EPOCH, "a", "b"), ({"a": 1},), (EPOCH, 1, 2**70), (EPOCH, -1, 0)]),
    ],
)
def test_what_is_no_cursor_is_the_caller_s_mistake(cursor: str) -> None:
    with pytest.raises(CursorUnusable):
        Position.read(cursor, EPOCH)


@pytest.mark.parametrize("other", [EPOCH - 1, EPOCH + 1])
def test_a_cursor_of_another_epoch_is_gone(other: int) -> None:
    with pytest.raises(LogReplaced):
        Position.read(cursor_of(other, 7, 9), EPOCH)


async def restore(units: UnitsOfWork) -> int:
    """Begin another epoch, as the one who restores a backup does."""
    async with units.begin() as uow:
        return await begin_epoch(uow, service="sample", schema="sample")


async def test_a_restore_begins_an_epoch_in_which_no_cursor_given_before_is_taken(
    units: UnitsOfWork, engine: AsyncEngine, database: SampleDatabase
) -> None:
    """
    Given cursors of a log, when its database is restored twice, then none of them is taken in any later epoch,
    whoever begins without one reads everything once, and the log itself tells of the restores.
    """
    await tick_series(units, [uuid4()], 1, 3)
    feed, given = Feed("sample"), []
    async with engine.connect() as connection:
        assert await restored_at(connection, "sample") is None
    for _ in range(2):
        async with engine.connect() as connection:
            given += [(await feed.head(connection)).next_cursor, (await feed.page(connection, after=None)).next_cursor]
        await restore(units)
        async with engine.connect() as connection:
            for cursor in given:
                with pytest.raises(LogReplaced):
                    await feed.page(connection, after=cursor)
    async with engine.connect() as connection:
        page = await feed.page(connection, after=None)
        assert await restored_at(connection, "sample") is not None
    told = [json.loads(body)["type"] for body in page.bodies]
    assert told == ["sg.tms.sample.ticked.v1"] * 3 + ["sg.tms.operation.log_restored.v1"] * 2


async def test_a_log_from_a_cluster_that_was_further_is_shown_at_once_and_in_its_order(
    units: UnitsOfWork, engine: AsyncEngine, database: SampleDatabase
) -> None:
    """
    Given events that were committed in a cluster which had counted more transactions than this one,
    when an epoch begins, then the feed shows them, in the order of each record, and what follows after them.
    """
    records = [uuid4(), uuid4()]
    await tick_series(units, records, 1, 4)
    await database.fetch(
        "update sample.event set tx = (tx::text::bigint + 1000000000)::text::xid8 where aggseq between 3 and 4"
    )
    feed = Feed("sample")
    async with engine.connect() as connection:
        held_back = await feed.page(connection, after=None)
    assert (len(held_back.bodies), held_back.head_lag_s > 0) == (4, True)

    assert await restore(units) == 4
    await tick_series(units, records, 5, 5)

    async with engine.connect() as connection:
        page = await feed.page(connection, after=None)
    told = [(envelope["aggid"], envelope["aggseq"]) for envelope in map(json.loads, page.bodies)]
    for record in records:
        assert [number for aggid, number in told if aggid == str(record)] == [1, 2, 3, 4, 5]
    assert await restore(units) == 0, "what was dated anew is of this cluster now"


async def test_who_reads_some_kinds_goes_on_behind_all_that_was_said(
    units: UnitsOfWork, engine: AsyncEngine, database: SampleDatabase
) -> None:
    """Given a log of another kind, when it has been read for one kind, then it is not passed over a second time."""
    await tick_series(units, [uuid4()], 1, 5)
    feed = Feed("sample")
    async with engine.connect() as connection:
        head = await feed.head(connection)
        none = await feed.page(connection, after=None, aggregate_types=["never"])
        full = await feed.page(connection, after=None, aggregate_types=["sample"], limit=3)
        rest = await feed.page(connection, after=full.next_cursor, aggregate_types=["sample"], limit=3)
        behind = await feed.page(connection, after=None, aggregate_types=["never"], behind=timedelta(minutes=1))
    assert (none.bodies, none.caught_up, none.next_cursor) == ([], True, head.next_cursor)
    assert (len(full.bodies), full.caught_up) == (3, False)
    assert (len(rest.bodies), rest.caught_up, rest.next_cursor) == (2, True, head.next_cursor)
    epoch = await database.value("select epoch from sample.feed_epoch")
    assert behind.next_cursor == Position().cursor(epoch)


async def test_who_reads_some_kinds_never_goes_past_a_transaction_that_is_still_open(
    units: UnitsOfWork, engine: AsyncEngine
) -> None:
    """Given an event of a transaction still open, and younger ones committed, then it is read once it commits."""
    feed, late = Feed("sample"), uuid4()
    with entered(Context(correlation_id=units.ids.new())):
        async with engine.connect() as connection, units.begin() as slow:
            slow.emit(SampleTicked(sample_id=late, number=1))
            await slow.session.execute(text("select pg_current_xact_id()"))
            await tick_series(units, [uuid4()], 1, 5)
            held = await feed.page(connection, after=None, aggregate_types=["never"])
            await connection.rollback()
    assert (held.bodies, held.caught_up, held.head_lag_s > 0) == ([], True, True)
    async with engine.connect() as connection:
        page = await feed.page(connection, after=held.next_cursor, aggregate_types=["sample"])
    assert str(late) in {json.loads(body)["aggid"] for body in page.bodies}


async def test_a_sweep_reads_a_restored_log_from_its_beginning(
    units: UnitsOfWork, engine: AsyncEngine, database: SampleDatabase
) -> None:
    """Given a position from before a restore, and a source that is away, the sweep still brings what was not heard."""
    await tick_series(units, [uuid4()], 1, 3)
    feed = Feed("sample")

    async def answer(request: httpx.Request) -> httpx.Response:
        after = request.url.params.get("after")
        try:
            async with engine.connect() as connection:
                page = await feed.page(connection, after=after)
        except LogReplaced:
            return httpx.Response(410)
        return httpx.Response(200, json=page.document())

    inbox = Inbox(
        consumer="sample",
        schema="sample",
        units=UnitsOfWork(engine, clock=SystemClock(), ids=TimeOrderedIds()),
        handlers=handlers,
        chance=random.Random(1),
        ceilings=[timedelta(0)],
        gap_wait=timedelta(seconds=30),
    )

    async def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(away), base_url="http://away") as gone,
        httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://source") as source,
    ):
        repair = Repair(
            inbox=inbox,
            engine=engine,
            peers={"away": gone, "sample": source},
            bell=Wakeup(),
            sweep_every=timedelta(hours=1),
            sweep_behind=timedelta(0),
        )
        async with engine.connect() as connection:
            before = (await feed.head(connection)).next_cursor
        await database.fetch("insert into sample.consumer_state values ('sample', 'sample', $1)", before)
        assert await repair.sweep() == 0
        await restore(units)

        assert await repair.sweep() == 3 + len(["the log's own word of its restore"])
        assert await repair.sweep() == 0
