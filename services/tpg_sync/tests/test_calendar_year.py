"""A synthetic year: whatever the order in which services are heard, the levels are those of the oracle."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from libs.contracts.event import Event
from libs.contracts.tpg_sync import ObligationLevel
from libs.testing.clock import TestClock
from libs.testing.stage import MakeStage, Stage
from services.tpg_sync.engine.calendar import know_provider, turn
from services.tpg_sync.handlers import obligations
from services.tpg_sync.main import tpg_sync
from services.tpg_sync.models import Obligation, ObligationKey, ObligationState, Style
from services.tpg_sync.policy import Policy, deadlines, policies
from services.tpg_sync.settings import ProviderType
from services.tpg_sync.tests.calendar_looking import BEGIN, Looks, looks, pieces
from services.tpg_sync.tests.calendar_memory import MemoryCalendar
from services.tpg_sync.tests.calendar_oracle import Expected, Numbers, Oracle
from services.tpg_sync.tests.calendar_story import Author, Story, Told, day_of
from services.tpg_sync.tests.calendar_told import streams
from services.tpg_sync.tests.samples import UEN

RUNS, ENROLMENTS, LOOKS = 130, 2_000, 1_000
FEW_RUNS, FEW_LOOKS, BATCH = 12, 40, 60
NEW_RULES_ON = date(2026, 7, 1)
DEADLINES = {key.value for key, rule in policies()[0].obligations.items() if rule.style is Style.DEADLINE}
IN_ALL = 100
"""Every so many looks the whole year is reckoned anew and compared, not only what may have changed."""


@pytest.fixture
async def calendar(stage: MakeStage) -> Stage:
    return await stage(tpg_sync, clock=TestClock(BEGIN), tpg_uen=UEN)


# ------------------------------------------------------------------------------------------------ what the year holds
def a_year(author: Author) -> list[Story]:
    """As many places as a small provider has, in runs of four to some forty."""
    sizes = [4] * RUNS
    for _ in range(ENROLMENTS - sum(sizes)):
        sizes[author.chance.randrange(RUNS)] += 1
    return [author.run(size) for size in sizes]


def mixed(pending: list[list[Told]], until: datetime, chance: random.Random) -> list[Told]:
    """What has happened by then, each stream in order, the streams in any."""
    waiting = [stream for stream in pending if stream and stream[-1][0] <= until]
    order: list[Told] = []
    while waiting:
        place = chance.randrange(len(waiting))
        order.append(waiting[place].pop())
        if not waiting[place] or waiting[place][-1][0] > until:
            waiting[place] = waiting[-1]
            waiting.pop()
    return order


def pending_of(stories: Iterable[Story]) -> list[list[Told]]:
    """The streams of all of them, the last word first."""
    return [stream[::-1] for story in stories for stream in streams(story)]


def with_newer_rules() -> tuple[Policy, ...]:
    """The rules there are, and from July on others: shorter limits that warn later."""
    first = policies()[0]
    days = {ObligationKey.ENROLMENT_SUBMIT: 21, ObligationKey.FEE_STATUS_INITIAL: 21}
    days |= dict.fromkeys((ObligationKey.ATTENDANCE_SUBMIT, ObligationKey.ASSESSMENT_SUBMIT), 11)
    days[ObligationKey.RECONCILE_RUN] = 11
    rules = {
        key: rule.model_copy(update={"due": rule.due.model_copy(update={"public": days[key]})}) if key in days else rule
        for key, rule in first.obligations.items()
    }
    levels = first.levels.model_copy(
        update={"amber_days": 5, "red_days": 1, "amber_percent": 40, "red_percent": 90},
    )
    newer = {"name": "2026-07", "effective_from": NEW_RULES_ON, "obligations": rules, "levels": levels}
    return first, first.model_copy(update=newer)


NEWER = Numbers(
    since_day=(NEW_RULES_ON - date(1970, 1, 1)).days,
    enrol=21,
    told=11,
    long_amber=5,
    long_red=1,
    short_amber=40,
    short_red=90,
)


# ------------------------------------------------------------------------------------------------- through the tables
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


@pytest.mark.parametrize(
    ("seed", "provider", "numbers"),
    [
        (20260101, ProviderType.PUBLIC, Numbers()),
        (20260102, ProviderType.IN_HOUSE, Numbers(enrol=28, told=28)),
    ],
)
async def test_the_stored_levels_are_the_oracles(
    calendar: Stage, seed: int, provider: ProviderType, numbers: Numbers
) -> None:
    # given a year of a provider, and instants to look at it
    await know_provider(calendar.units, provider)
    author, oracle = Author(seed), Oracle((numbers,))
    stories = [author.run() for _ in range(FEW_RUNS)]
    pending = pending_of(stories)
    looked: set[Any] = set()
    for now in looks(author.chance, oracle, stories, FEW_LOOKS).at:
        # when what has happened by then is heard in any order, and time has moved the levels on
        calendar.clock.set(now)
        await hear(calendar, mixed(pending, now, author.chance))
        await turn(calendar.units)
        # then
        wanted, found = oracle.expected(stories, now), await stored(calendar)
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
    await turn(calendar.units)
    before, told = await stored(calendar), len(await calendar.told())
    assert before == Oracle().expected(stories, now)
    # when the last words of every aggregate are heard once more, in the opposite order
    await hear(calendar, [stream[-1] for stream in reversed(forth) if stream])
    await turn(calendar.units)
    # then
    assert await stored(calendar) == before
    assert len(await calendar.told()) == told, "nothing is said twice"


# ----------------------------------------------------------------------------------------- the whole year, in memory
def kept(calendar: MemoryCalendar, subjects: Iterable[Any]) -> Expected:
    return {
        (row.key.value, row.subject_id, row.occasion): (row.state.value, row.level.value, row.breached)
        for subject in subjects
        for row in calendar.rows.get(subject, {}).values()
        if row.state is not ObligationState.DROPPED
    }


def edges_kept(calendar: MemoryCalendar) -> dict[Any, dict[str, datetime]]:
    """When each row changes by time alone, however far ahead."""
    return {
        (row.key.value, row.subject_id, row.occasion): {"due": row.due_at}
        if row.style in {Style.KEEP, Style.REMINDER}
        else {"amber": row.amber_at, "red": row.red_at, "due": row.due_at}
        for rows in calendar.rows.values()
        for row in rows.values()
        if row.state is not ObligationState.DROPPED and row.style is not Style.ALARM
    }


async def play(calendar: MemoryCalendar, oracle: Oracle, stories: Sequence[Story], seen: Looks, seed: int) -> set[Any]:
    """Look at the year at each instant; what was seen of it."""
    chance = random.Random(seed)
    pending, parts = pending_of(stories), pieces(oracle, stories)
    looked: set[Any] = set()
    for number, now in enumerate(seen.at):
        calendar.clock.set(now)
        for at, event in mixed(pending, now, chance):
            await calendar.hear(at, event)
        calendar.turn()
        touched, calendar.touched = calendar.touched, set()
        for part in parts:
            if part.may_differ(now) or not touched.isdisjoint(part.subjects):
                found = kept(calendar, part.subjects)
                assert found == part.expected(oracle, now), f"seed {seed} at {now.isoformat()}"
                looked |= {(key, stands) for (key, _, _), stands in found.items()}
        if number % IN_ALL == IN_ALL - 1:
            assert kept(calendar, list(calendar.rows)) == oracle.expected(stories, now), f"seed {seed} at {now}"
            edges = {(one.key, one.subject, one.occasion): one.edges for one in oracle.cases(stories, now) if one.edges}
            assert edges_kept(calendar) == edges, f"seed {seed} at {now}"
    return looked


async def test_a_year_of_130_runs_and_2000_enrolments_is_the_oracles_at_1000_instants(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a small provider's year, in the middle of which other rules take over
    seed = 20260103
    author, oracle = Author(seed), Oracle((Numbers(), NEWER))
    rules = with_newer_rules()
    monkeypatch.setattr(deadlines, "policies", lambda: rules)
    stories = a_year(author)
    assert (len(stories), sum(len(one.places) for one in stories)) == (RUNS, ENROLMENTS)
    # when it is looked at, around midnights and beside every kind of edge a duty has
    seen = looks(author.chance, oracle, stories, LOOKS)
    calendar = MemoryCalendar(TestClock(BEGIN), ProviderType.PUBLIC)
    calendar.take_the_place_of_tables(monkeypatch)
    looked = await play(calendar, oracle, stories, seen, seed)
    # then it never differed, and nothing was left out
    assert len(set(seen.at)) == LOOKS
    assert {key for key, _ in looked} == {one.value for one in ObligationKey}
    assert {key for key, _ in seen.edges} == {one.value for one in ObligationKey} - {"attendance_threshold_risk"}
    assert {key for key, edge in seen.edges if edge == "red"} == DEADLINES
    assert {row.policy for rows in calendar.rows.values() for row in rows.values()} == {"2026-01", "2026-07"}
    assert {one.level for one in calendar.unit.said if hasattr(one, "level")} == set(ObligationLevel)
    assert calendar.clock.now() > datetime(2031, 1, 1, tzinfo=UTC), "records are kept for five years"
    assert day_of(seen.at[0]) < day_of(BEGIN + timedelta(days=30))
