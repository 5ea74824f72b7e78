"""How each duty of a synthetic year must stand at an instant, reckoned from what happened, not from what was told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.tpg_sync.tests.calendar_story import (
    DAY,
    HOUR,
    Place,
    Stands,
    Story,
    after,
    back,
    day_of,
    midnight,
    working_days_before,
)

Expected = dict[tuple[str, UUID, int], Stands]


@dataclass
class Case:
    """A duty of the oracle's own: when it arose, is due, was aimed at, was met."""

    key: str
    subject: UUID
    arose: datetime
    due: datetime
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
            return self.due - 2 * DAY
        return self.due if window <= timedelta(0) else self.arose + window * 4 / 5

    @property
    def amber(self) -> datetime:
        window = self.due - self.arose
        own = self.due - 7 * DAY if window >= 10 * DAY else self.arose + window / 2
        own = self.due if window <= timedelta(0) else own
        if self.target is None:
            return own
        return min(own, max(min(self.target, self.due), min(self.arose, self.due)))


def last_of(instants: Sequence[datetime | None], floor: datetime) -> datetime | None:
    """The last, if all of them have come."""
    known = [one for one in instants if one is not None]
    return None if len(known) < len(instants) else max([*known, floor])


def cases_of_run(story: Story, now: datetime) -> Iterator[Case]:
    run, first, last = story.run_id, story.first, story.last
    acked = story.acked_at
    yield Case("run_publish", run, story.created_at, first, acked, target=after(back(day_of(first) - 14)))
    if now < story.published_at:
        return
    yield Case(
        "run_confirm",
        run,
        story.published_at,
        after(working_days_before(day_of(first), 3)),
        story.confirmed_at,
    )
    trained = None if story.trained_at is None else max(story.trained_at, story.published_at)
    yield Case("trainer_assigned", run, story.published_at, after(back(day_of(first) - 7)), trained)
    for lesson in story.lessons:
        yield Case("sessions_submit", lesson.session_id, story.published_at, lesson.start, acked)
        seated = [one for one in story.places if confirmed(one, now) and one.confirmed_at <= lesson.start]
        if seated and lesson.held_at <= now:
            marks = [mark.at for one in seated for mark in one.marks if mark.lesson is lesson]
            marked = last_of([at if at and at <= now else None for at in marks], lesson.end)
            yield Case("attendance_marked", lesson.session_id, lesson.end, lesson.end + 24 * HOUR, marked)
    if now >= story.ended_at:
        yield Case("run_close", run, last, after(back(day_of(last) + 60)), story.closed_at)
        yield Case("survey_notice", run, last, after(back(day_of(last))), story.closed_at, kind="reminder")
        yield Case("record_retention", run, last, midnight(day_of(last)) + 5 * 365 * DAY, kind="keep")
        if story.drift is not None and story.drift[0] <= now:
            since = max(last, story.drift[0])
            cleared = story.drift[1]
            until = None if cleared is None or cleared > now else max(since, cleared)
            yield Case("reconcile_run", run, since, after(back(day_of(last) + 14)), until)


def confirmed(place: Place, now: datetime) -> bool:
    return place.confirmed_at <= now and (place.cancelled_at is None or place.cancelled_at > now)


def cases_of_place(story: Story, place: Place, now: datetime) -> Iterator[Case]:
    who, began = place.enrolment_id, place.confirmed_at
    last, over = story.last, now >= story.ended_at
    start_due = after(day_of(story.first) + 14)
    yield Case("enrolment_submit", who, began, start_due, place.acked_at, target=after(back(day_of(began))))
    yield Case("enrolment_ack", who, began, began + DAY, place.acked_at)
    told = [at for at in (place.acked_at, place.paid_acked_at) if at is not None and at <= now]
    yield Case("fee_status_initial", who, began, start_due, min(told, default=None))
    if place.paid_at is not None and place.paid_at <= now:
        due = after(day_of(place.paid_at) + 3)
        yield Case("fee_status_update", who, place.paid_at, due, place.paid_acked_at, occasion=2)
    if place.risk_at is not None and place.risk_at <= now and not over:
        yield Case("attendance_threshold_risk", who, place.risk_at, story.last, kind="alarm")
    yield from _results(story, place, now)
    if not over:
        return
    attended = [mark for mark in place.marks if began <= mark.lesson.start]
    if attended:
        ends = [mark.acked_at if mark.present else mark.at for mark in attended]
        due = after(day_of(last) + 14)
        yield Case("attendance_submit", who, last, due, last_of(ends, last))
    yield from _makeup(story, place, now)


def _results(story: Story, place: Place, now: datetime) -> Iterator[Case]:
    who, last, over = place.enrolment_id, story.last, now >= story.ended_at
    assessing = [one for one in story.lessons if one.mode == "8"]
    if over or (assessing and all(one.held_at <= now for one in assessing)):
        since = max(one.end for one in assessing) if assessing else last
        yield Case("assessment_record", who, since, after(back(day_of(since) + 3)), place.final_at)
    if over:
        told = last_of([place.final_at, place.result_acked_at], last)
        yield Case("assessment_submit", who, last, after(day_of(last) + 14), told)
    acked = place.result_acked_at
    if place.passed and acked is not None and acked <= now:
        yield Case("certificate_issue", who, acked, after(back(day_of(acked) + 14)), place.certified_at)


def _makeup(story: Story, place: Place, now: datetime) -> Iterator[Case]:
    faults: list[tuple[datetime, datetime | None]] = []
    if place.short and story.ended_at + HOUR <= now:
        faults.append((story.ended_at + HOUR, place.mended_at))
    if place.final_at is not None and place.final_at <= now and not place.passed:
        faults.append((place.final_at, None))
    if faults:
        since = min(one for one, _ in faults)
        mended = last_of([at if at and at <= now else None for _, at in faults], since)
        yield Case("makeup_complete", place.enrolment_id, since, after(day_of(story.last) + 60), mended)


def expected(stories: Sequence[Story], now: datetime) -> Expected:
    """Every duty that stands or was met at the instant."""
    found: Expected = {}
    for story in stories:
        if story.created_at > now or (story.cancelled_at is not None and story.cancelled_at <= now):
            continue
        cases = [*cases_of_run(story, now)]
        for place in story.places:
            if confirmed(place, now):
                cases += cases_of_place(story, place, now)
        found |= {(one.key, one.subject, one.occasion): one.at(now) for one in cases}
    return found
