"""The events that tell a synthetic year: each service's words, one ordered stream for each aggregate."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.contracts import assessment, attendance, course, enrolment, tpg_sync
from services.tpg_sync.tests.calendar_story import HOUR, Lesson, Mark, Place, Story, Told, as_date, day_of


def run_fact(story: Story, at: datetime, status: str) -> course.RunFact:
    story = story.as_known(at)
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
        (story.moved_at, course.RunRescheduled, {}),
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
    found += [_locking(story, lesson) for lesson in story.lessons if lesson.locked_at is not None]
    for place in story.places:
        found += streams_of_place(story, place)
    return found


def _locking(story: Story, lesson: Lesson) -> list[Told]:
    if lesson.locked_at is None or story.cancelled_at is not None:
        return []
    ids = {"session_id": lesson.session_id, "run_id": story.run_id}
    return [(lesson.locked_at, attendance.SheetLocked(**ids, revision=1, unmarked=lesson.unmarked))]


def enrolment_fact(story: Story, place: Place, at: datetime, status: str) -> enrolment.EnrolmentFact:
    left = place.withdrawn_at if place.withdrawn_at is not None and place.withdrawn_at <= at else None
    return enrolment.EnrolmentFact(
        run_id=story.run_id,
        trainee_id=UUID(int=9),
        status=enrolment.EnrolmentStatus("withdrawn" if left and status == "confirmed" else status),
        sponsorship=enrolment.Sponsorship.INDIVIDUAL,
        enrolled_on=as_date(day_of(place.confirmed_at)),
        revision=1,
        fee_status=enrolment.FeeStatus.PENDING,
        fee_revision=2 if place.paid_at is not None and place.paid_at <= at else 1,
        submitted=True,
        seated_until=left,
        policy_version=1,
    )


def streams_of_place(story: Story, place: Place) -> list[list[Told]]:
    gone = min((at for at in (place.cancelled_at, story.cancelled_at) if at is not None), default=None)

    def still(at: datetime | None) -> datetime | None:
        return None if at is None or (gone is not None and at > gone) else at

    own: list[Told] = []
    for at, kind, status in (
        (place.confirmed_at, enrolment.EnrolmentConfirmed, "confirmed"),
        (place.paid_at, enrolment.EnrolmentFeeChanged, "confirmed"),
        (place.withdrawn_at, enrolment.EnrolmentWithdrawn, "confirmed"),
        (gone, enrolment.EnrolmentCancelled, "cancelled"),
    ):
        if at is not None and still(at) and (own or status == "confirmed"):
            own.append((at, kind(enrolment_id=place.enrolment_id, enrolment=enrolment_fact(story, place, at, status))))
    own.sort(key=lambda one: one[0])
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
        found += _streams_of_mark(story, place, mark)
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


def _streams_of_mark(story: Story, place: Place, mark: Mark) -> list[list[Told]]:
    if mark.at is None:
        return []

    def fact(submission_revision: int) -> attendance.AttendanceFact:
        return attendance.AttendanceFact(
            session_id=mark.lesson.session_id,
            run_id=story.run_id,
            enrolment_id=place.enrolment_id,
            state=attendance.MarkState.PRESENT if mark.present else attendance.MarkState.ABSENT,
            revision=submission_revision + 1,
            submission_revision=submission_revision,
        )

    first = attendance.AttendanceMarked(attendance_id=mark.attendance_id, attendance=fact(1 if mark.present else 0))
    own: list[Told] = [(mark.at, first)]
    if mark.corrected_at is not None:
        again = attendance.AttendanceCorrected(attendance_id=mark.attendance_id, attendance=fact(2))
        own.append((mark.corrected_at, again))
    replies = [
        *synced(mark.acked_at, "attendance.upload", "attendance", mark.attendance_id),
        *synced(mark.acked_again_at, "attendance.upload", "attendance", mark.attendance_id, 2),
    ]
    return [own, replies]


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
