"""The gate as a law: whatever order events come in, however often and over however many lives, one state results."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from libs.contracts.envelope import seal
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.exclusion import Exclusion
from libs.outbox.hearing import Heard, understand
from libs.outbox.inbox import Inbox
from libs.outbox.patience import Patience
from libs.outbox.probation import FAILURES_IN_A_ROW, Probation
from libs.outbox.retry import Lane, RetryWorkers
from libs.outbox.wakeup import Wakeup
from libs.sources import SystemClock, TimeOrderedIds
from libs.testing.sample.events import SampleTicked
from libs.testing.sample.service import handlers

pytestmark = [pytest.mark.fault, pytest.mark.timeout(120)]
IDS, CLOCK = TimeOrderedIds(), SystemClock()
MOST_EVENTS, MOST_BATCH = 6, 4


class Scene(NamedTuple):
    """One inbox on a real database, with workers that are asked by hand."""

    inbox: Inbox
    workers: RetryWorkers
    units: UnitsOfWork
    exclusion: Exclusion
    probation: Probation

    async def drain(self) -> None:
        """Run what is due until nothing is."""
        while await self.workers.run_one(Lane.HEARD):
            pass

    async def column(self, sql: str, aggid: UUID) -> list[object]:
        async with self.units.reading() as uow:
            return [row[0] for row in await uow.session.execute(text(sql), {"aggid": aggid})]


@pytest.fixture
async def scene(sample_url: str) -> AsyncIterator[Scene]:
    engine = create_engine(sample_url, application_name="gate")
    units, chance = UnitsOfWork(engine, clock=CLOCK, ids=IDS), random.Random(1)
    inbox = Inbox(
        consumer="sample",
        schema="sample",
        units=units,
        handlers=handlers,
        chance=chance,
        ceilings=[timedelta(0)],
        gap_wait=timedelta(seconds=30),
    )
    exclusion, probation = Exclusion(), Probation("sample")
    workers = RetryWorkers(
        inbox=inbox,
        engine=engine,
        patience=Patience(engine, chance),
        exclusion=exclusion,
        probation=probation,
        bell=Wakeup(),
        ids=IDS,
        lease=timedelta(seconds=60),
    )
    yield Scene(inbox, workers, units, exclusion, probation)
    await engine.dispose()


def story(aggid: UUID, length: int, behave: str = "ok") -> list[Heard]:
    """Events 1 to `length` of one aggregate, as they come from the wire."""
    sealed = [
        seal(
            SampleTicked(sample_id=aggid, number=number, behave=behave),
            service="sample",
            event_id=IDS.new(),
            sequence=number,
            at=CLOCK.now(),
            correlation_id=IDS.new(),
            causation_id=None,
            actor_id="synthetic",
            actor_role="service",
        )
        for number in range(1, length + 1)
    ]
    return [understand(handlers, envelope.to_bytes()) for envelope in sealed]


Order = tuple[int, Sequence[int], Sequence[int]]


@st.composite
def disorders(draw: st.DrawFn) -> Order:
    """How many events, in what order they come with repetitions and holes, and how they fall into batches."""
    length = draw(st.integers(1, MOST_EVENTS))
    come = draw(st.lists(st.integers(0, length - 1), max_size=2 * length))
    return length, come, draw(st.lists(st.integers(1, MOST_BATCH), min_size=1, max_size=4))


def batches(come: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    cut, start, turn = [], 0, 0
    while start < len(come):
        size = sizes[turn % len(sizes)]
        cut.append(list(come[start : start + size]))
        start, turn = start + size, turn + 1
    return cut


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(disorder=disorders())
@example(disorder=(4, [3, 2, 1, 0], [1]))
@example(disorder=(4, [3, 3, 1, 1, 0], [2]))
@example(disorder=(3, [2, 1], [2]))
async def test_any_order_with_repetitions_and_holes_comes_to_the_same_state(scene: Scene, disorder: Order) -> None:
    """Given events that came in any order, when the missing ones are brought, then each is applied once, in order."""
    length, come, sizes = disorder
    aggid = uuid4()
    events = story(aggid, length)
    for batch in batches(come, sizes):
        await scene.inbox.take_in([events[place] for place in batch])
        await scene.drain()

    applied = await scene.column("select number from sample.effect where sample_id = :aggid order by id", aggid)
    without_hole = next((place for place in range(length) if place not in come), length)
    assert applied == list(range(1, without_hole + 1))

    for place in sorted(set(range(length)) - set(come), reverse=True):
        await scene.inbox.park(events[place])  # as gap repair and sweep bring them
    await scene.drain()
    applied = await scene.column("select number from sample.effect where sample_id = :aggid order by id", aggid)
    assert applied == list(range(1, length + 1))
    assert await scene.column("select last_seq from sample.stream_cursor where aggid = :aggid", aggid) == [length]
    states = await scene.column("select state from sample.inbox where aggid = :aggid", aggid)
    assert states == ["done"] * length


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=st.lists(st.permutations(range(MOST_EVENTS)), min_size=2, max_size=3))
async def test_consumers_side_by_side_come_to_the_same_state(scene: Scene, orders: list[list[int]]) -> None:
    """Given several processes that hear the same events at once, each in its own order, then each is applied once."""
    aggid = uuid4()
    events = story(aggid, MOST_EVENTS)

    async def hear(order: Sequence[int]) -> None:
        for place in order:
            await scene.inbox.take_in([events[place]])
            await scene.drain()

    await asyncio.gather(*(hear(order) for order in orders))
    await scene.drain()
    applied = await scene.column("select number from sample.effect where sample_id = :aggid order by id", aggid)
    assert applied == list(range(1, MOST_EVENTS + 1))


async def test_a_message_is_not_claimed_while_it_waits_for_its_turn(scene: Scene) -> None:
    """Given a suspect that runs alone, when a due message waits behind it, then its lease has not begun: no crash."""
    [heard] = story(uuid4(), 1)
    await scene.inbox.park(heard)
    async with scene.exclusion.alone():
        waiting = asyncio.create_task(scene.workers.run_one(Lane.HEARD))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await asyncio.shield(waiting)
        assert await scene.column("select state from sample.inbox where aggid = :aggid", heard.envelope.aggid) == [
            "retry"
        ]
    assert await waiting
    assert await scene.column("select state from sample.inbox where aggid = :aggid", heard.envelope.aggid) == ["done"]


async def test_on_probation_a_worker_with_nothing_due_takes_nobody_s_turn(scene: Scene) -> None:
    """Given that everything fails, when nothing is due, then the worker says so at once instead of using up a turn."""
    for _ in range(FAILURES_IN_A_ROW):
        scene.probation.failed(uuid4())
    assert scene.probation.on
    async with asyncio.timeout(5):  # a turn would take ten
        assert not await scene.workers.run_one(Lane.HEARD)


async def make_replayed(scene: Scene, events: Sequence[Heard]) -> None:
    """Dead once, replayed, and due by now."""
    for heard in events:
        await scene.inbox.park(heard)
    async with scene.units.begin() as uow:
        await uow.session.execute(text("update sample.inbox set series = 2, next_at = now() - interval '1 hour'"))


async def test_what_was_just_heard_does_not_queue_behind_a_replay(scene: Scene) -> None:
    """Given a thousand replayed messages due before, when one more is due, then it is the next one all the same."""
    await make_replayed(scene, [heard for _ in range(250) for heard in story(uuid4(), 4)])
    [fresh] = story(uuid4(), 1)
    await scene.inbox.park(fresh)
    assert await scene.workers.run_one(Lane.HEARD)
    assert await scene.column("select state from sample.inbox where aggid = :aggid", fresh.envelope.aggid) == ["done"]
    assert not await scene.workers.run_one(Lane.HEARD)
    assert await scene.workers.run_one(Lane.REPLAYED)


async def test_a_replay_that_fails_again_puts_nobody_on_probation(scene: Scene) -> None:
    events = [heard for _ in range(FAILURES_IN_A_ROW + 2) for heard in story(uuid4(), 1, behave="raise")]
    await make_replayed(scene, events)
    while await scene.workers.run_one(Lane.REPLAYED):
        pass
    assert not scene.probation.on
    states = await scene.column("select distinct state || attempts from sample.inbox where :aggid <> aggid", uuid4())
    assert states == ["dead2"], "each failure counted for its own message"
