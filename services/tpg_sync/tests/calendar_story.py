"""A synthetic year of a training provider: what happens when, the events that tell it, and, reckoned apart from the
service in plain arithmetic on seconds, how each duty must stand at any instant.

Nothing here uses the service's rules: the numbers are written down again, so that a slip in either shows.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.contracts import assessment, attendance, course, enrolment, tpg_sync
from libs.contracts.event import Event

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
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
    marks: list[Mark] = field(default_factory=list)


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

    @property
    def first(self) -> datetime:
        return min(one.start for one in self.lessons)

    @property
    def last(self) -> datetime:
        return max(one.end for one in self.lessons)

    @property
    def ended_at(self) -> datetime:
        return self.last + timedelta(minutes=1, seconds=1)


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
        """Some time within so many days, at any second of them."""
        return at + timedelta(seconds=self.chance.randrange(1, int(days * 86_400)))

    def run(self) -> Story:
        chance = self.chance
        first_day = day_of(datetime(2026, 1, 20, tzinfo=UTC)) + chance.randrange(300)
        lessons = []
        for number in range(chance.randint(1, 3)):
            start = midnight(first_day + number) + timedelta(hours=chance.choice([9, 14, 19]))
            lessons.append(Lesson(self.id(), start, start + 3 * HOUR, "1"))
        if len(lessons) > 1 and chance.random() < 0.5:
            lessons[-1].mode = "8"
        created = self.later(midnight(first_day - 60), 30)
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
        story.places = [self.place(story) for _ in range(chance.randint(1, 3))]
        return story

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
        for lesson in story.lessons:
            at = self.perhaps(0.9, self.later(lesson.end, 1.5))
            present = chance.random() < 0.8
            acked = self.perhaps(0.85, self.later(at, 18)) if at and present else None
            place.marks.append(Mark(self.id(), lesson, at, present, acked))
        return place


# -- the events that tell it -----------------------------------------------------------------------------------------
def run_fact(story: Story, at: datetime, status: str) -> course.RunFact:
    sessions = tuple(
        course.SessionFact(
            session_id=one.session_id,
            sequence=number,
            start_at=one.start,
            end_at=one.end,
            mode_of_training=one.mode,
            status=course.SessionStatus.HELD if one.held_at <= at else course.SessionStatus.PLANNED,
        )
        for number, one in enumerate(story.lessons, 1)
    )
    trained = story.trained_at is not None and story.trained_at <= at
    return course.RunFact(
        course_id=UUID(int=50),
        course_reference="TGS-2026000123",
        status=course.RunStatus(status),
        revision=1,
        registration_opens_on=as_date(day_of(story.created_at)),
        registration_closes_on=as_date(day_of(story.first)),
        start_on=as_date(day_of(story.first)),
        end_on=as_date(day_of(story.last)),
        intake_size=20,
        threshold=0,
        min_pax=1,
        mode_of_training="1",
        vacancy="A",
        policy_version=1,
        sessions=sessions,
        trainers=(course.TrainerLink(trainer_id=UUID(int=7), user_id=UUID(int=77), roles=(1,)),) if trained else (),
    )


def told_of_run(story: Story) -> list[Told]:
    """Course's own words, each with the state of its instant."""
    held = [(one.held_at, course.RunSessionHeld, {"session_id": one.session_id}) for one in story.lessons]
    steps: list[tuple[datetime | None, type[course.RunEvent], dict[str, Any]]] = [
        (story.created_at, course.RunCreated, {}),
        (story.published_at, course.RunPublished, {}),
        (story.confirmed_at, course.RunConfirmed, {}),
        (story.trained_at, course.RunChanged, {}),
        (story.cancelled_at, course.RunCancelled, {}),
        (story.first, course.RunStarted, {}),
        *held,
        (story.ended_at, course.RunEnded, {}),
        (story.closed_at, course.RunClosed, {}),
    ]
    told: list[Told] = []
    for at, kind, more in sorted(((at, kind, more) for at, kind, more in steps if at), key=lambda one: one[0]):
        if story.cancelled_at is not None and at > story.cancelled_at:
            continue
        told.append((at, kind(run_id=story.run_id, run=run_fact(story, at, _status(story, at)), **more)))
    return told


def _status(story: Story, at: datetime) -> str:
    steps = [
        (story.cancelled_at, "cancelled"),
        (story.closed_at, "closed"),
        (story.ended_at, "ended"),
        (story.first, "in_progress"),
        (story.confirmed_at, "confirmed"),
        (story.published_at, "open"),
        (story.created_at, "draft"),
    ]
    return next(name for since, name in steps if since is not None and since <= at)


def synced(
    at: datetime | None, kind: str, record_type: str, record_id: UUID, revision: int = 1, **more: Any
) -> Iterator[Told]:
    if at is not None:
        yield (
            at,
            tpg_sync.SyncSucceeded(
                record_id=record_id,
                record_type=tpg_sync.RecordType(record_type),
                job_id=UUID(int=1),
                kind=kind,
                record_revision=revision,
                state=tpg_sync.SyncState.SYNCED,
                **more,
            ),
        )


def streams(story: Story) -> list[list[Told]]:
    """Everything that is told, one ordered stream for each aggregate."""
    parts = {one.session_id: "remote" for one in story.lessons}
    acked = synced(
        story.acked_at, "run.publish", "run", story.run_id, remote=tpg_sync.RemoteIds(record="1", parts=parts)
    )
    drift: list[Told] = []
    if story.drift is not None:
        read_back = {"record_id": story.run_id, "record_type": "run", "record_revision": 1}
        since, until = story.drift
        drift.append((since, tpg_sync.SyncDrifted(**read_back, state="drifted", codes=("RUN-03",))))
        if until is not None:
            drift.append((until, tpg_sync.SyncReconciled(**read_back, state="synced")))
    found = [told_of_run(story), sorted([*acked, *drift], key=lambda one: one[0])]
    for place in story.places:
        found += streams_of_place(story, place)
    return found


def streams_of_place(story: Story, place: Place) -> list[list[Told]]:
    gone = min((at for at in (place.cancelled_at, story.cancelled_at) if at is not None), default=None)

    def still(at: datetime | None) -> datetime | None:
        return None if at is None or (gone is not None and at > gone) else at

    def fact(status: str, fee_revision: int) -> enrolment.EnrolmentFact:
        return enrolment.EnrolmentFact(
            run_id=story.run_id,
            trainee_id=UUID(int=9),
            status=enrolment.EnrolmentStatus(status),
            sponsorship=enrolment.Sponsorship.INDIVIDUAL,
            enrolled_on=as_date(day_of(place.confirmed_at)),
            revision=1,
            fee_status=enrolment.FeeStatus.PENDING,
            fee_revision=fee_revision,
            submitted=True,
            policy_version=1,
        )

    own: list[Told] = []
    if still(place.confirmed_at):
        own.append(
            (
                place.confirmed_at,
                enrolment.EnrolmentConfirmed(enrolment_id=place.enrolment_id, enrolment=fact("confirmed", 1)),
            )
        )
    if place.paid_at is not None and still(place.paid_at):
        paid = enrolment.EnrolmentFeeChanged(enrolment_id=place.enrolment_id, enrolment=fact("confirmed", 2))
        own.append((place.paid_at, paid))
    if gone is not None and own:
        ended = enrolment.EnrolmentCancelled(enrolment_id=place.enrolment_id, enrolment=fact("cancelled", 2))
        own.append((gone, ended))
    queued = tpg_sync.SyncQueued(
        record_id=place.enrolment_id,
        record_type=tpg_sync.RecordType.ENROLMENT,
        job_id=UUID(int=1),
        kind="enrolment.create",
        record_revision=1,
        state=tpg_sync.SyncState.PENDING,
    )
    replies = [
        *([(place.confirmed_at, queued)] if own else []),
        *synced(still(place.acked_at), "enrolment.create", "enrolment", place.enrolment_id),
        *synced(still(place.paid_acked_at), "fee.collect", "fee", place.enrolment_id, 2),
    ]
    found = [own, sorted(replies, key=lambda one: one[0])]
    if gone is None:
        found += _streams_of_attendance(story, place) + _streams_of_results(story, place)
    return found


def _streams_of_attendance(story: Story, place: Place) -> list[list[Told]]:
    found: list[list[Told]] = []
    for mark in place.marks:
        if mark.at is None:
            continue
        fact = attendance.AttendanceFact(
            session_id=mark.lesson.session_id,
            run_id=story.run_id,
            enrolment_id=place.enrolment_id,
            state=attendance.MarkState.PRESENT if mark.present else attendance.MarkState.ABSENT,
            revision=1,
            submission_revision=1 if mark.present else 0,
        )
        found.append([(mark.at, attendance.AttendanceMarked(attendance_id=mark.attendance_id, attendance=fact))])
        found.append([*synced(mark.acked_at, "attendance.upload", "attendance", mark.attendance_id)])
    rates: list[Told] = []
    who = {"enrolment_id": place.enrolment_id, "run_id": story.run_id}
    if place.risk_at is not None:
        rates.append((place.risk_at, attendance.BelowThreshold(**who, at_risk=True)))
    figures = {"scheduled_minutes": 100, "required_pct": 75, "reachable": True, "complete": True}
    for at, met in ((story.ended_at + HOUR, not place.short), (place.mended_at, True)):
        if at is not None:
            changed = attendance.RateChanged(
                **who, **figures, credited_minutes=80 if met else 50, held_minutes=100, met=met
            )
            rates.append((at, changed))
    return [*found, rates]


def _streams_of_results(story: Story, place: Place) -> list[list[Told]]:
    if place.final_at is None:
        return []
    result_id = UUID(int=place.enrolment_id.int + 10**9)
    who = {"enrolment_id": place.enrolment_id, "run_id": story.run_id}
    fact = assessment.AssessmentFact(
        **who,
        skill_code="TST",
        attempt=1,
        status=assessment.AssessmentStatus.FINAL,
        passed=place.passed,
        assessed_on=as_date(day_of(place.final_at)),
        revision=1,
        rule_version=1,
    )
    certified: list[Told] = []
    if place.certified_at is not None:
        certified.append((place.certified_at, assessment.CertificateIssued(certificate_id=result_id, **who)))
    return [
        [(place.final_at, assessment.AssessmentFinalised(assessment_id=result_id, assessment=fact))],
        [(place.final_at, assessment.OutcomeChanged(**who, decided=True, passed=place.passed))],
        [*synced(place.result_acked_at, "assessment.create", "assessment", result_id)],
        certified,
    ]
