"""What the writers asked for and were answered, so that it can be compared with what is there in the end."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from infra.chaos.tally import Tally


@dataclass(frozen=True, slots=True)
class Rank:
    """The precedence a device's operation was sent with."""

    care: int
    base: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A spreadsheet that was committed: how many of its rows are people who must be there now."""

    rows: int
    good: int


@dataclass(slots=True)
class Diary:
    """Only what was answered stands here: a client that insists has an answer for everything it asked."""

    done: Counter[str] = field(default_factory=Counter)
    """What was achieved, in words for people."""
    repeats: Counter[str] = field(default_factory=Counter)
    """Why requests had to be repeated."""
    surprises: Counter[str] = field(default_factory=Counter)
    """Answers nobody should get, however much is broken."""
    tally: Tally = field(default_factory=Tally)
    """How every single request ended."""
    struck: Counter[str] = field(default_factory=Counter)
    """Kills by victim."""
    hit: Counter[str] = field(default_factory=Counter)
    """Kills by the work they fell into."""
    _busy: Counter[str] = field(default_factory=Counter)

    runs: set[UUID] = field(default_factory=set)
    people: set[UUID] = field(default_factory=set)
    places: set[UUID] = field(default_factory=set)
    payments: Counter[UUID] = field(default_factory=Counter)
    files: dict[UUID, Sent] = field(default_factory=dict)
    revisions: dict[tuple[UUID, int], str] = field(default_factory=dict)
    """Marks: what a line became at which of its revisions."""
    operations: dict[tuple[UUID, UUID], tuple[str, Rank]] = field(default_factory=dict)
    """What became of a device's operation on a line."""
    results: dict[tuple[UUID, int], bool | None] = field(default_factory=dict)
    """Assessments by revision: passed, failed, or (None) void; a draft, which stands nowhere yet, at 0."""

    @contextmanager
    def during(self, work: str) -> Iterator[None]:
        """Say that somebody is at this work; kills meanwhile fall into it."""
        self._busy[work] += 1
        try:
            yield
        finally:
            self._busy[work] -= 1

    def strike(self, victim: str) -> None:
        self.struck[victim] += 1
        self.hit.update(work for work, hands in self._busy.items() if hands)
