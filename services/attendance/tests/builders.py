"""Synthetic runs, seats and facts. No name or number here belongs to anybody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.contracts.course import (
    CourseCreated,
    CourseFact,
    RunFact,
    RunPublished,
    RunStatus,
    SessionFact,
    SessionStatus,
    TrainerLink,
)
from libs.contracts.enrolment import EnrolmentConfirmed, EnrolmentFact, EnrolmentStatus, FeeStatus, Sponsorship
from libs.contracts.tpg_sync import RecordType, SyncEvent, SyncState
from libs.sources import TimeOrderedIds

IDS = TimeOrderedIds()
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine in the morning in Singapore on a Monday
HOUR = timedelta(hours=1)
SEATED = START - timedelta(days=10)


def session(sequence: int = 1, *, start: datetime | None = None, hours: int = 4, **given: Any) -> SessionFact:
    """One session; the first at START, each further one a day later."""
    start = start or START + timedelta(days=sequence - 1)
    words: dict[str, Any] = {
        "session_id": IDS.new(),
        "sequence": sequence,
        "start_at": start,
        "end_at": start + hours * HOUR,
        "mode_of_training": "1",
        "status": SessionStatus.PLANNED,
    }
    return SessionFact(**{**words, **given})


def held(each: SessionFact, **given: Any) -> SessionFact:
    return each.model_copy(update={"status": SessionStatus.HELD, **given})


def run_event(
    run_id: UUID,
    *sessions: SessionFact,
    course_id: UUID,
    status: RunStatus = RunStatus.IN_PROGRESS,
    trainers: tuple[UUID, ...] = (),
    assessors: tuple[UUID, ...] = (),
    **given: Any,
) -> RunPublished:
    """Course's word about a run, its whole state in it; the kind of event is never looked at."""
    links = [TrainerLink(trainer_id=IDS.new(), user_id=user, roles=(1,)) for user in trainers]
    links += [TrainerLink(trainer_id=IDS.new(), user_id=user, roles=(2,)) for user in assessors]
    words: dict[str, Any] = {
        "course_id": course_id,
        "course_reference": "TGS-2026000123",
        "status": status,
        "revision": 1,
        "registration_opens_on": date(2026, 2, 1),
        "registration_closes_on": date(2026, 2, 20),
        "start_on": date(2026, 3, 2),
        "end_on": date(2026, 3, 5),
        "intake_size": 40,
        "threshold": 0,
        "min_pax": 0,
        "mode_of_training": "1",
        "vacancy": "A",
        "policy_version": 1,
        "sessions": sessions,
        "trainers": tuple(links),
    }
    return RunPublished(run_id=run_id, run=RunFact(**{**words, **given}))


def course_event(course_id: UUID, *, pct: int = 75, funded: bool = True) -> CourseCreated:
    fact = CourseFact(reference="TGS-2026000123", funded=funded, min_attendance_pct=pct, active=True, revision=1)
    return CourseCreated(course_id=course_id, course=fact)


def seat_event(
    run_id: UUID,
    enrolment_id: UUID | None = None,
    trainee_id: UUID | None = None,
    status: EnrolmentStatus = EnrolmentStatus.CONFIRMED,
    **given: Any,
) -> EnrolmentConfirmed:
    """Enrolment's word about a place, its whole state in it."""
    words: dict[str, Any] = {
        "run_id": run_id,
        "trainee_id": trainee_id or IDS.new(),
        "status": status,
        "sponsorship": Sponsorship.INDIVIDUAL,
        "enrolled_on": date(2026, 2, 10),
        "revision": 1,
        "fee_status": FeeStatus.PENDING,
        "fee_revision": 1,
        "submitted": True,
        "seated_from": SEATED,
        "policy_version": 1,
    }
    return EnrolmentConfirmed(enrolment_id=enrolment_id or IDS.new(), enrolment=EnrolmentFact(**{**words, **given}))


def about(line: dict[str, Any], kind: type[SyncEvent], state: SyncState, revision: int = 1, **words: Any) -> SyncEvent:
    return kind(
        record_id=UUID(line["id"]),
        record_type=words.pop("record_type", RecordType.ATTENDANCE),
        job_id=IDS.new(),
        kind="create",
        record_revision=revision,
        state=state,
        **words,
    )
