"""Synthetic runs, places and facts. No id here belongs to anybody."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from libs.contracts.attendance import RateChanged
from libs.contracts.course import CourseChanged, CourseFact, RunEnded, RunFact, RunStatus, TrainerLink
from libs.contracts.enrolment import EnrolmentChanged, EnrolmentFact, EnrolmentStatus, FeeStatus, Sponsorship
from libs.contracts.tpg_sync import RecordType, SyncEvent, SyncState
from libs.sources import TimeOrderedIds

IDS = TimeOrderedIds()
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Singapore on a Monday
TODAY = date(2026, 3, 2)
RUN_STARTS = date(2026, 2, 26)
RUN_ENDS = date(2026, 2, 27)
REFERENCE = "TGS-2026000123"
TITLE = "Synthetic Wok Skills"


def course_event(course_id: UUID, **given: Any) -> CourseChanged:
    words: dict[str, Any] = {
        "reference": REFERENCE,
        "title": TITLE,
        "funded": True,
        "min_attendance_pct": 75,
        "active": True,
        "revision": 1,
        "skill_codes": ("SKILL-1",),
        "pass_mark": 50,
    }
    return CourseChanged(course_id=course_id, course=CourseFact(**{**words, **given}))


def run_event(run_id: UUID, *, course_id: UUID, people: dict[UUID, tuple[int, ...]], **given: Any) -> RunEnded:
    """Course's word about a run, its whole state in it; the kind of event is never looked at."""
    words: dict[str, Any] = {
        "course_id": course_id,
        "course_reference": REFERENCE,
        "status": RunStatus.ENDED,
        "revision": 1,
        "registration_opens_on": date(2026, 1, 1),
        "registration_closes_on": date(2026, 2, 1),
        "start_on": RUN_STARTS,
        "end_on": RUN_ENDS,
        "intake_size": 20,
        "threshold": 0,
        "min_pax": 0,
        "mode_of_training": "1",
        "vacancy": "A",
        "policy_version": 1,
        "trainers": tuple(
            TrainerLink(trainer_id=IDS.new(), user_id=user, roles=roles) for user, roles in people.items()
        ),
    }
    return RunEnded(run_id=run_id, run=RunFact(**{**words, **given}))


def enrolment_event(
    enrolment_id: UUID,
    run_id: UUID,
    status: EnrolmentStatus = EnrolmentStatus.CONFIRMED,
    replaces: UUID | None = None,
) -> EnrolmentChanged:
    fact = EnrolmentFact(
        run_id=run_id,
        trainee_id=IDS.new(),
        status=status,
        sponsorship=Sponsorship.INDIVIDUAL,
        enrolled_on=date(2026, 1, 15),
        revision=1,
        fee_status=FeeStatus.FULL,
        fee_revision=1,
        submitted=True,
        policy_version=1,
        replaces=replaces,
    )
    return EnrolmentChanged(enrolment_id=enrolment_id, enrolment=fact)


def rate(enrolment_id: UUID, run_id: UUID, *, credited: int = 480, held: int = 480) -> RateChanged:
    return RateChanged(
        enrolment_id=enrolment_id,
        run_id=run_id,
        credited_minutes=credited,
        held_minutes=held,
        scheduled_minutes=480,
        required_pct=75,
        met=100 * credited >= 75 * held,
        reachable=True,
        complete=held == 480,
    )


def about(
    assessment: dict[str, Any], kind: type[SyncEvent], state: SyncState, revision: int = 1, **words: Any
) -> SyncEvent:
    return kind(
        record_id=UUID(assessment["id"]),
        record_type=words.pop("record_type", RecordType.ASSESSMENT),
        job_id=IDS.new(),
        kind="create",
        record_revision=revision,
        state=state,
        **words,
    )
