"""A synthetic year: whatever the order in which services are heard, the stored levels are those of the oracle."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from libs.contracts.event import Event
from libs.testing.clock import TestClock
from libs.testing.stage import MakeStage, Stage
from services.tpg_sync.engine.calendar import turn
from services.tpg_sync.handlers import obligations
from services.tpg_sync.main import tpg_sync
from services.tpg_sync.models import Obligation, ObligationKey
from services.tpg_sync.tests.calendar_oracle import Expected, cases_of_place, cases_of_run, expected
from services.tpg_sync.tests.calendar_story import Author, Story, Told, midnight, streams
from services.tpg_sync.tests.samples import UEN

RUNS, BATCH = 12, 60
BEGIN = datetime(2025, 11, 1, tzinfo=UTC)


@pytest.fixture
async def calendar(stage: MakeStage) -> Stage:
    return await stage(tpg_sync, clock=TestClock(BEGIN), tpg_uen=UEN)


async def hear(stage: Stage, told: Sequence[tuple[datetime, Event]]) -> None:
    """As the inbox would: several in one transaction, each with the instant it happened."""
    for start in range(0, len(told), BATCH):
        async with stage.units.begin() as uow:
            for at, event in told[start : start + BATCH]:
                uow.told_at = at
                _, handle = obligations.handlers.by_routing_key[event.routing_key()]
                await handle(event, uow)


async def stored(stage: Stage) -> Expected:
    async with stage.units.reading() as uow:
        rows = (await uow.session.execute(select(Obligation).where(text("state <> 'dropped'")))).scalars().all()
    return {
        (row.key.value, row.subject_id, row.occasion): (row.state.value, row.level.value, row.breached) for row in rows
    }


def mixed(pending: list[list[Told]], until: datetime, chance: random.Random) -> list[Told]:
    """What has happened by then, each stream in order, the streams in any."""
    waiting = [stream for stream in pending if stream and stream[0][0] <= until]
    order: list[Told] = []
    while waiting:
        stream = chance.choice(waiting)
        order.append(stream.pop(0))
        waiting = [one for one in waiting if one and one[0][0] <= until]
    return order


def edges_of(story: Story) -> list[datetime]:
    """When a duty that is not met by then turns amber, red or missed; short windows and long ones alike."""
    over = story.ended_at + timedelta(hours=2)
    cases = [*cases_of_run(story, over)]
    for place in story.places:
        if place.cancelled_at is None:
            cases += cases_of_place(story, place, over)
    seen = [(case.met, edge) for case in cases if case.kind == "deadline" for edge in (case.amber, case.red, case.due)]
    return [edge for met, edge in seen if met is None or met > edge]


def instants(chance: random.Random, stories: Sequence[Story]) -> list[datetime]:
    """Some hours, the last and first microseconds of Singapore days, the middle of some runs, and edges of duties."""
    first = (BEGIN - datetime(1970, 1, 1, tzinfo=UTC)).days
    found = [one.first + timedelta(hours=5) for one in stories if len(one.lessons) > 1]
    for _ in range(6):
        day = midnight(first + chance.randrange(20, 480))
        found += (
            [day - timedelta(microseconds=1), day]
            if chance.random() < 0.5
            else [day + timedelta(minutes=chance.randrange(1_440))]
        )
    edges = [edge for one in stories if one.cancelled_at is None for edge in edges_of(one)]
    for edge in chance.sample(edges, 12):
        found += [edge - timedelta(microseconds=1), edge]
    return sorted(one for one in found if one > BEGIN)


@pytest.mark.parametrize("seed", [20260101])
async def test_the_stored_levels_are_the_oracles(calendar: Stage, seed: int) -> None:
    # given a year of a provider, and instants to look at it
    author = Author(seed)
    chance = author.chance
    stories = [author.run() for _ in range(RUNS)]
    pending = [stream for story in stories for stream in streams(story)]
    looked: set[Any] = set()
    for now in instants(chance, stories):
        # when what has happened by then is heard in any order, and time has moved the levels on
        calendar.clock.set(now)
        await hear(calendar, mixed(pending, now, chance))
        await turn(calendar.units)
        # then
        wanted, found = expected(stories, now), await stored(calendar)
        assert found == wanted, f"seed {seed} at {now.isoformat()}"
        looked |= {(key, stands) for (key, _, _), stands in found.items()}
    assert {key for key, _ in looked} >= set(ObligationKey), "the year has every duty it can have"
    assert {stands for _, stands in looked} >= {("open", "red", True), ("late", "red", True), ("open", "amber", False)}


async def test_hearing_everything_again_in_another_order_changes_nothing(calendar: Stage) -> None:
    # given a few runs, heard stream by stream in one order
    author = Author(7)
    stories = [author.run() for _ in range(3)]
    calendar.clock.set(datetime(2026, 9, 1, 3, tzinfo=UTC))
    now = calendar.clock.now()
    forth = [[one for one in stream if one[0] <= now] for story in stories for stream in streams(story)]
    await hear(calendar, [one for stream in forth for one in stream])
    before, told = await stored(calendar), len(await calendar.told())
    assert before == expected(stories, now)
    # when the last words of every aggregate are heard once more, in the opposite order
    await hear(calendar, [stream[-1] for stream in reversed(forth) if stream])
    await turn(calendar.units)
    # then
    assert await stored(calendar) == before
    assert len(await calendar.told()) == told, "nothing is said twice"
