"""How each duty of a synthetic year must stand at an instant, reckoned from what happened, not from what was told.

Brute force: every duty of the year is worked out again from the story, for that instant alone. The numbers of the rules
are written down once more here; nothing of the service is used.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.tpg_sync.tests.calendar_story import (
    DAY,
    HOUR,
    Lesson,
    Mark,
    Place,
    Stands,
    Story,
    after,
    as_date,
    back,
    day_of,
    working_days_before,
)

Expected = dict[tuple[str, UUID, int], Stands]


@dataclass(frozen=True)
class Numbers:
    """The numbers of one set of rules."""

    since_day: int = 0
    enrol: int = 14
    told: int = 14
    """Days after the run for attendance, results and what differs."""
    long_amber: int = 7
    long_red: int = 2
    short_amber: int = 50
    short_red: int = 80


@dataclass
class Case:
    """A duty of the oracle's own: when it arose, is due, was aimed at, was met."""

    key: str
    subject: UUID
    arose: datetime
    due: datetime
    numbers: Numbers
    met: datetime | None = None
    target: datetime | None = None
    occasion: int = 0
    kind: str = "deadline"

    def at(self, now: datetime) -> Stands:
        met = self.met if self.met is not None and self.met <= now else None
        if self.kind == "keep":
            return ("met" if now >= self.due else "open", "green", False)
        if self.kind == "reminder":
            return ("met", "green", False) if met else ("open", "amber" if now >= self.due else "green", False)
        if self.kind == "alarm":
            return ("met", "green", False) if met else ("open", "amber", False)
        late = (met or now) >= self.due
        if met:
            return ("late", "red", True) if late else ("met", "green", False)
        return ("open", "red" if now >= self.red else "amber" if now >= self.amber else "green", late)

    @property
    def red(self) -> datetime:
        window = self.due - self.arose
        if window >= 10 * DAY:
            return self.due - self.numbers.long_red * DAY
        return self.due if window <= timedelta(0) else self.arose + window * self.numbers.short_red // 100

    @property
    def amber(self) -> datetime:
        window = self.due - self.arose
        if window >= 10 * DAY:
            own = self.due - self.numbers.long_amber * DAY
        else:
            own = self.due if window <= timedelta(0) else self.arose + window * self.numbers.short_amber // 100
        if self.target is None:
            return own
        return min(own, max(min(self.target, self.due), min(self.arose, self.due)))

    @property
    def edges(self) -> dict[str, datetime]:
        """When time alone changes how it stands."""
        if self.kind == "alarm":
            return {}
        if self.kind != "deadline":
            return {"due": self.due}
        return {"amber": self.amber, "red": self.red, "due": self.due}


def last_of(instants: Sequence[datetime | None], floor: datetime) -> datetime | None:
    """The last, if all of them have come."""
    known = [one for one in instants if one is not None]
    return None if len(known) < len(instants) else max([*known, floor])


def by_then(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at <= now else None


def years_later(day: int, count: int) -> int:
    """The same day so many years on; no run of the year ends on a 29 February."""
    date = as_date(day)
    return day + (date.replace(year=date.year + count) - date).days


def confirmed(place: Place, now: datetime) -> bool:
    return place.confirmed_at <= now and (place.cancelled_at is None or place.cancelled_at > now)


@dataclass
class Oracle:
    """Reckons for one kind of provider, by sets of rules each from its first day on."""

    rules: Sequence[Numbers] = field(default_factory=lambda: (Numbers(),))

    def on(self, day: int) -> Numbers:
        """The numbers for what counts from that day."""
        return next((one for one in reversed(self.rules) if one.since_day <= day), self.rules[0])

    def by(self, at: datetime) -> Numbers:
        return self.on(day_of(at))

    def of_run(self, told: Story, now: datetime) -> Iterator[Case]:
        """The run's own duties, and its sessions'."""
        if told.created_at > now or by_then(told.cancelled_at, now):
            return
        story = told.as_known(now)
        run, first, last, numbers = story.run_id, story.first, story.last, self.by(story.first)
        acked, target = story.acked_at, after(back(day_of(first) - 14))
        yield Case("run_publish", run, story.created_at, first, numbers, acked, target)
        if now < story.published_at:
            return
        published = story.published_at
        confirm_by = after(working_days_before(day_of(first), 3))
        yield Case("run_confirm", run, published, confirm_by, numbers, story.confirmed_at)
        trained = None if story.trained_at is None else max(story.trained_at, published)
        yield Case("trainer_assigned", run, published, after(back(day_of(first) - 7)), numbers, trained)
        for lesson in story.lessons:
            yield from self._of_lesson(story, lesson, now)
        if now >= story.ended_at:
            numbers = self.by(last)
            yield Case("run_close", run, last, after(back(day_of(last) + 60)), numbers, story.closed_at)
            notice = after(back(day_of(last)))
            yield Case("survey_notice", run, last, notice, numbers, story.closed_at, kind="reminder")
            yield Case("record_retention", run, last, after(years_later(day_of(last), 5)), numbers, kind="keep")
            if story.drift is not None and story.drift[0] <= now:
                since, cleared = max(last, story.drift[0]), by_then(story.drift[1], now)
                until = None if cleared is None else max(since, cleared)
                yield Case("reconcile_run", run, since, after(back(day_of(last) + numbers.told)), numbers, until)

    def _of_lesson(self, story: Story, lesson: Lesson, now: datetime) -> Iterator[Case]:
        yield Case(
            *("sessions_submit", lesson.session_id, story.published_at, lesson.start),
            *(self.by(lesson.start), story.acked_at),
        )
        seated = [one for one in story.places if confirmed(one, now) and one.sits_in(lesson)]
        if not seated or lesson.held_at > now:
            return
        marks = [mark.at for one in seated for mark in one.marks if mark.lesson.session_id == lesson.session_id]
        judged = last_of([by_then(at, now) for at in marks], lesson.end)
        locked = by_then(lesson.locked_at, now) if lesson.unmarked == 0 else None
        met = min((at for at in (judged, locked) if at is not None), default=None)
        due = lesson.end + 24 * HOUR
        yield Case("attendance_marked", lesson.session_id, lesson.end, due, self.by(lesson.end), met)

    def of_place(self, told: Story, place: Place, now: datetime) -> Iterator[Case]:
        """What is owed for one enrolment."""
        if by_then(told.cancelled_at, now) or not confirmed(place, now):
            return
        story = told.as_known(now)
        who, began, numbers = place.enrolment_id, place.confirmed_at, self.by(story.first)
        start_due = after(day_of(story.first) + numbers.enrol)
        today = after(back(day_of(began)))
        yield Case("enrolment_submit", who, began, start_due, numbers, place.acked_at, today)
        yield Case("enrolment_ack", who, began, began + DAY, self.by(began), place.acked_at)
        told_at = [at for at in (place.acked_at, place.paid_acked_at) if by_then(at, now)]
        first_told = min((at for at in told_at if at is not None), default=None)
        yield Case("fee_status_initial", who, began, start_due, numbers, first_told)
        if place.paid_at is not None and place.paid_at <= now:
            due, paid = after(day_of(place.paid_at) + 3), place.paid_at
            yield Case("fee_status_update", who, paid, due, self.by(paid), place.paid_acked_at, occasion=2)
        withdrawn, over = by_then(place.withdrawn_at, now), now >= story.ended_at
        if place.risk_at is not None and place.risk_at <= now and not over and not withdrawn:
            risk = place.risk_at
            yield Case("attendance_threshold_risk", who, risk, story.last, self.by(story.last), kind="alarm")
        if not withdrawn:
            yield from self._results(story, place, now)
        if over:
            yield from self._attendance(story, place, now)

    def _attendance(self, story: Story, place: Place, now: datetime) -> Iterator[Case]:
        last, numbers = story.last, self.by(story.last)
        attended = [mark for mark in place.marks if place.sits_in(mark.lesson)]
        if attended:
            ends = [end for mark in attended for end in _ends(mark, now)]
            due = after(day_of(last) + numbers.told)
            yield Case("attendance_submit", place.enrolment_id, last, due, numbers, last_of(ends, last))

    def _results(self, story: Story, place: Place, now: datetime) -> Iterator[Case]:
        who, last, over = place.enrolment_id, story.last, now >= story.ended_at
        numbers = self.by(last)
        assessing = [one for one in story.lessons if one.mode == "8"]
        if over or (assessing and all(one.held_at <= now for one in assessing)):
            since = max(one.end for one in assessing) if assessing else last
            due = after(back(day_of(since) + 3))
            yield Case("assessment_record", who, since, due, self.by(since), place.final_at)
        if over:
            done = last_of([place.final_at, place.result_acked_at], last)
            due = after(day_of(last) + numbers.told)
            yield Case("assessment_submit", who, last, due, numbers, done)
            yield from self._makeup(story, place, now)
        acked = by_then(place.result_acked_at, now)
        if place.passed and acked is not None:
            due = after(back(day_of(acked) + 14))
            yield Case("certificate_issue", who, acked, due, self.by(acked), place.certified_at)

    def _makeup(self, story: Story, place: Place, now: datetime) -> Iterator[Case]:
        faults: list[tuple[datetime, datetime | None]] = []
        if place.short and story.ended_at + HOUR <= now:
            faults.append((story.ended_at + HOUR, place.mended_at))
        if place.final_at is not None and place.final_at <= now and not place.passed:
            faults.append((place.final_at, None))
        if faults:
            since = min(one for one, _ in faults)
            mended = last_of([by_then(at, now) for _, at in faults], since)
            due = after(day_of(story.last) + 60)
            yield Case("makeup_complete", place.enrolment_id, since, due, self.by(story.last), mended)

    def cases(self, stories: Sequence[Story], now: datetime) -> Iterator[Case]:
        for story in stories:
            yield from self.of_run(story, now)
            for place in story.places:
                yield from self.of_place(story, place, now)

    def expected(self, stories: Sequence[Story], now: datetime) -> Expected:
        """Every duty that stands or was met at the instant."""
        return {(one.key, one.subject, one.occasion): one.at(now) for one in self.cases(stories, now)}


def _ends(mark: Mark, now: datetime) -> tuple[datetime | None, ...]:
    """What must have come for one session: the judgement, and for a presence TPGateway's word on its newest state."""
    if not mark.present:
        return (mark.at,)
    if by_then(mark.corrected_at, now):
        return mark.at, by_then(mark.acked_again_at, now)
    return mark.at, mark.acked_at
