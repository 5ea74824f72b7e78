"""When to look at a synthetic year, and what may have changed since the last look."""

import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.tpg_sync.tests.calendar_oracle import Case, Expected, Oracle
from services.tpg_sync.tests.calendar_story import HOUR, JUST_BESIDE, MICRO, Place, Story, day_of, midnight

BEGIN = datetime(2025, 11, 1, tzinfo=UTC)
END = datetime(2027, 3, 1, tzinfo=UTC)
Edge = tuple[str, str]
"""A key, and which of its edges."""


@dataclass(frozen=True)
class Looks:
    """Instants to look at, in order, and which edges some of them lie on or beside."""

    at: Sequence[datetime]
    edges: frozenset[Edge]


def cases_ever(oracle: Oracle, story: Story, place: Place | None = None) -> Iterator[Case]:
    """Every duty that stands at some time, as it stands at the end, before it, or before the run was moved or ended."""
    late = story.ended_at + timedelta(days=200)
    times = {late, story.ended_at, story.ended_at - MICRO, *(at - MICRO for at in _gone(story, place))}
    times |= {story.moved_at - MICRO} if story.moved_at is not None else set()
    for now in sorted(times):
        yield from oracle.of_run(story, now) if place is None else oracle.of_place(story, place, now)


def _gone(story: Story, place: Place | None) -> list[datetime]:
    ends = [story.cancelled_at, *([place.cancelled_at, place.withdrawn_at] if place is not None else [])]
    return [at for at in ends if at is not None]


def edges_of(oracle: Oracle, stories: Sequence[Story]) -> Mapping[Edge, list[datetime]]:
    """When a duty that is not met by then turns amber, red or missed, by key and edge."""
    found: dict[Edge, list[datetime]] = defaultdict(list)
    for story in stories:
        for place in (None, *story.places):
            for case in cases_ever(oracle, story, place):
                for name, at in case.edges.items():
                    if at > BEGIN and (case.met is None or case.met > at):
                        found[case.key, name].append(at)
    return found


def looks(chance: random.Random, oracle: Oracle, stories: Sequence[Story], count: int) -> Looks:
    """Three in ten at any time, three around Singapore midnights, four beside an edge, every kind of edge in turn."""
    days = range(day_of(BEGIN) + 1, day_of(END))
    span = (END - BEGIN) // MICRO
    edges = edges_of(oracle, stories)
    found = {BEGIN + MICRO * chance.randrange(1, span) for _ in range(count * 3 // 10)}
    while len(found) < count * 6 // 10:
        day = midnight(chance.choice(days))
        found.add(day + (chance.choice(JUST_BESIDE) if chance.random() < 0.7 else chance.random() * 8 * HOUR))
    looked: set[Edge] = set()
    kinds = sorted(edges)
    while len(found) < count:
        kind = kinds[chance.randrange(len(kinds))] if len(looked) == len(kinds) else kinds[len(looked)]
        found.add(chance.choice(edges[kind]) + chance.choice(JUST_BESIDE))
        looked.add(kind)
    return Looks(sorted(found), frozenset(looked))


@dataclass
class Piece:
    """A run with its sessions, or one place: what is reckoned together, and when that may come out otherwise."""

    story: Story
    place: Place | None
    turns: Sequence[datetime]
    subjects: tuple[UUID, ...]
    looked_at: datetime = BEGIN

    @classmethod
    def of(cls, oracle: Oracle, story: Story, place: Place | None) -> "Piece":
        happened = [*_times(story), *(at for one in story.lessons for at in (one.start, one.held_at))]
        for one in story.places if place is None else [place]:
            happened += _times(one)
            happened += [at for mark in one.marks for at in _times(mark)]
        happened += [at for one in story.lessons for at in _times(one)]
        happened += [at for drift in [story.drift] if drift is not None for at in drift if at is not None]
        happened += [story.ended_at, story.ended_at + HOUR]
        edges = [at for case in cases_ever(oracle, story, place) for at in case.edges.values()]
        own = (story.run_id, *(one.session_id for one in story.lessons))
        return cls(story, place, sorted({*happened, *edges}), own if place is None else (place.enrolment_id,))

    def may_differ(self, now: datetime) -> bool:
        """Whether anything happened, or an edge was passed, since it was asked last."""
        since, self.looked_at = self.looked_at, now
        return bisect_right(self.turns, now) > bisect_right(self.turns, since)

    def expected(self, oracle: Oracle, now: datetime) -> Expected:
        cases = oracle.of_run(self.story, now) if self.place is None else oracle.of_place(self.story, self.place, now)
        return {(one.key, one.subject, one.occasion): one.at(now) for one in cases}


def _times(one: object) -> list[datetime]:
    return [value for value in vars(one).values() if isinstance(value, datetime)]


def pieces(oracle: Oracle, stories: Sequence[Story]) -> list[Piece]:
    return [Piece.of(oracle, story, place) for story in stories for place in (None, *story.places)]
