"""A synthetic year of a training provider: what happens when, told in plain arithmetic on seconds.

Nothing here uses the service's rules or its calendar of days: they are written down again, so that a slip in either
shows. The events that tell it stand in `calendar_told`, how each duty must stand in `calendar_oracle`.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from libs.contracts.event import Event

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND, MICRO = timedelta(seconds=1), timedelta(microseconds=1)
JUST_BESIDE = (timedelta(0), -MICRO, -SECOND, SECOND, -60 * SECOND, 60 * SECOND)
"""How far from an edge things happen, and are looked at."""
Told = tuple[datetime, Event]
Stands = tuple[str, str, bool]
"""State, level, breached."""
HOLIDAYS_2026 = "0101 0217 0218 0321 0403 0501 0527 0531 0601 0809 0810 1108 1109 1225"


# -- Singapore's days, by arithmetic ---------------------------------------------------------------------------------
def day_of(at: datetime) -> int:
    return (int(at.timestamp()) + 8 * 3600) // 86_400


def midnight(day: int) -> datetime:
    return datetime.fromtimestamp(day * 86_400 - 8 * 3600, UTC)


def after(day: int) -> datetime:
    return midnight(day + 1)


def as_date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


FREE = {(date(2026, int(one[:2]), int(one[2:])) - date(1970, 1, 1)).days for one in HOLIDAYS_2026.split()}


def works(day: int) -> bool:
    return (day + 3) % 7 < 5 and day not in FREE


def back(day: int) -> int:
    while not works(day):
        day -= 1
    return day


def working_days_before(day: int, count: int) -> int:
    while count:
        day -= 1
        count -= works(day)
    return day


# -- what happens ----------------------------------------------------------------------------------------------------
@dataclass
class Lesson:
    session_id: UUID
    start: datetime
    end: datetime
    mode: str
    locked_at: datetime | None = None
    """When its sheet was locked, if it was, and how many it left unmarked."""
    unmarked: int = 0

    @property
    def held_at(self) -> datetime:
        return self.end + timedelta(minutes=1)


@dataclass
class Mark:
    attendance_id: UUID
    lesson: Lesson
    at: datetime | None
    present: bool
    acked_at: datetime | None
    corrected_at: datetime | None = None
    """A second word about a presence that TPGateway held already, and when it held that, too."""
    acked_again_at: datetime | None = None


@dataclass
class Place:
    enrolment_id: UUID
    confirmed_at: datetime
    acked_at: datetime | None
    cancelled_at: datetime | None
    paid_at: datetime | None
    paid_acked_at: datetime | None
    risk_at: datetime | None
    short: bool
    mended_at: datetime | None
    final_at: datetime | None
    passed: bool
    result_acked_at: datetime | None
    certified_at: datetime | None
    withdrawn_at: datetime | None = None
    marks: list[Mark] = field(default_factory=list)

    def sits_in(self, lesson: Lesson) -> bool:
        left = self.withdrawn_at is not None and self.withdrawn_at <= lesson.start
        return self.confirmed_at <= lesson.start and not left


@dataclass
class Story:
    """One run with its places, from plan to end."""

    run_id: UUID
    created_at: datetime
    published_at: datetime
    confirmed_at: datetime | None
    acked_at: datetime | None
    trained_at: datetime | None
    cancelled_at: datetime | None
    closed_at: datetime | None
    lessons: list[Lesson]
    places: list[Place] = field(default_factory=list)
    drift: tuple[datetime, datetime | None] | None = None
    moved_at: datetime | None = None
    """When it was rescheduled to the dates it has, and by how many days; before that it stood on others."""
    moved_by: int = 0

    @property
    def first(self) -> datetime:
        return min(one.start for one in self.lessons)

    @property
    def last(self) -> datetime:
        return max(one.end for one in self.lessons)

    @property
    def ended_at(self) -> datetime:
        return self.last + timedelta(minutes=1, seconds=1)

    def as_known(self, now: datetime) -> "Story":
        """Itself, on the dates it had at that instant."""
        if self.moved_at is None or now >= self.moved_at:
            return self
        by = timedelta(days=-self.moved_by)
        return replace(self, lessons=[replace(one, start=one.start + by, end=one.end + by) for one in self.lessons])


class Author:
    """Makes stories by chance; the same seed makes the same year."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.number = 0

    def id(self) -> UUID:
        self.number += 1
        return UUID(int=self.number)

    def perhaps(self, share: float, at: datetime) -> datetime | None:
        return at if self.chance.random() < share else None

    def later(self, at: datetime, days: float) -> datetime:
        """Some time within so many days, at any second of them; one in five beside a Singapore midnight, or on it."""
        by_chance = at + timedelta(seconds=self.chance.randrange(1, int(days * 86_400)))
        if self.chance.random() < 0.2:
            beside = midnight(day_of(by_chance)) + self.chance.choice(JUST_BESIDE)
            return beside if at < beside else by_chance
        return by_chance

    def run(self, places: int | None = None) -> Story:
        """A run with so many places; some, where that is left open."""
        chance = self.chance
        lessons = self._lessons(day_of(datetime(2026, 1, 20, tzinfo=UTC)) + chance.randrange(300))
        created = self.later(midnight(day_of(lessons[0].start) - 60), 30)
        published = self.later(created, 10)
        story = Story(
            run_id=self.id(),
            created_at=created,
            published_at=published,
            confirmed_at=self.perhaps(0.8, self.later(published, 15)),
            acked_at=self.perhaps(0.8, self.later(published, 20)),
            trained_at=self.perhaps(0.8, self.later(published, 20)),
            cancelled_at=None,
            closed_at=None,
            lessons=lessons,
        )
        if chance.random() < 0.15:
            story.cancelled_at = self.later(published, 10)
        elif chance.random() < 0.6:
            story.closed_at = self.later(story.ended_at, 80)
        if story.cancelled_at is None and chance.random() < 0.4:
            since = self.later(story.first, 20)
            story.drift = since, self.perhaps(0.7, self.later(since, 20))
        if chance.random() < 0.25:
            self._move(story)
        count = chance.randint(1, 3) if places is None else places
        story.places = [self.place(story) for _ in range(count)]
        return story

    def _lessons(self, first_day: int) -> list[Lesson]:
        """One a day; early ones begin on UTC's day before, late ones end on Singapore's day after."""
        chance, lessons = self.chance, []
        for number in range(chance.randint(1, 3)):
            start = midnight(first_day + number) + chance.choice([7, 9, 14, 19, 22.5]) * HOUR
            lesson = Lesson(self.id(), start, start + 3 * HOUR, "1")
            if chance.random() < 0.4:
                lesson.locked_at, lesson.unmarked = self.later(lesson.held_at, 2), chance.choice([0, 0, 1])
            lessons.append(lesson)
        if len(lessons) > 1 and chance.random() < 0.5:
            lessons[-1].mode = "8"
        return lessons

    def _move(self, story: Story) -> None:
        """It was planned for other days, and stands on these since some time before either."""
        by = self.chance.choice([-9, -2, -1, 1, 3, 8])
        at = self.later(story.published_at, 12)
        if at < min(story.first, story.first - by * DAY):
            story.moved_at, story.moved_by = at, by

    def place(self, story: Story) -> Place:
        chance, ended = self.chance, story.ended_at
        confirmed = self.later(story.published_at, 8)
        final_at = self.perhaps(0.85, self.later(ended, 12))
        passed = chance.random() < 0.7
        result_acked = self.perhaps(0.8, self.later(final_at, 14)) if final_at else None
        paid_at = self.perhaps(0.6, self.later(confirmed, 20))
        short = chance.random() < 0.3
        place = Place(
            enrolment_id=self.id(),
            confirmed_at=confirmed,
            acked_at=self.perhaps(0.85, self.later(confirmed, 40)),
            cancelled_at=self.perhaps(0.15, self.later(confirmed, 5)),
            paid_at=paid_at,
            paid_acked_at=self.perhaps(0.8, self.later(paid_at, 6)) if paid_at else None,
            risk_at=self.perhaps(0.3, story.first + 4 * HOUR),
            short=short,
            mended_at=self.perhaps(0.5, self.later(ended + HOUR, 70)) if short else None,
            final_at=final_at,
            passed=passed,
            result_acked_at=result_acked,
            certified_at=self.perhaps(0.7, self.later(result_acked, 20)) if result_acked and passed else None,
        )
        if place.cancelled_at is None and chance.random() < 0.1:
            place.withdrawn_at = self.later(story.first, 3)
        place.marks = [self._mark(lesson) for lesson in story.lessons if place.sits_in(lesson)]
        return place

    def _mark(self, lesson: Lesson) -> Mark:
        chance = self.chance
        at = self.perhaps(0.9, self.later(lesson.end, 1.5))
        present = chance.random() < 0.8
        acked = self.perhaps(0.85, self.later(at, 18)) if at and present else None
        mark = Mark(self.id(), lesson, at, present, acked)
        if acked is not None and chance.random() < 0.1:
            mark.corrected_at = self.later(acked, 10)
            mark.acked_again_at = self.perhaps(0.8, self.later(mark.corrected_at, 6))
        return mark
