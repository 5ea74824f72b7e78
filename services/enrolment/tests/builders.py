"""Synthetic people, runs and facts. No name, number or address here belongs to anybody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.contracts.assessment import OutcomeChanged
from libs.contracts.attendance import RateChanged
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
from libs.contracts.tpg_sync import RecordType, SyncEvent, SyncState
from libs.sources import TimeOrderedIds

IDS = TimeOrderedIds()
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Singapore on a Monday
RUN_STARTS = date(2026, 4, 6)
STARTS_AT = datetime(2026, 4, 6, 1, 0, tzinfo=UTC)
ENDS_AT = datetime(2026, 4, 6, 9, 0, tzinfo=UTC)


def employer_wish(**given: Any) -> dict[str, Any]:
    body = {
        "uen": "197401143C",
        "name": "Demo Wok Works (synthetic)",
        "contact_name": "Synthetic Contact",
        "email": "contact@example.com",
        "phone": {"number": "61234567"},
    }
    return {**body, **given}


def course_event(course_id: UUID, *, funded: bool = True) -> CourseCreated:
    fact = CourseFact(reference="TGS-2026000123", funded=funded, min_attendance_pct=75, active=True, revision=1)
    return CourseCreated(course_id=course_id, course=fact)


def run_event(
    run_id: UUID,
    *,
    course_id: UUID,
    status: RunStatus = RunStatus.OPEN,
    users: tuple[UUID, ...] = (),
    starts_at: datetime = STARTS_AT,
    **given: Any,
) -> RunPublished:
    """Course's word about a run, its whole state in it; the kind of event is never looked at."""
    session = SessionFact(
        session_id=IDS.new(),
        sequence=1,
        start_at=starts_at,
        end_at=starts_at + timedelta(hours=8),
        mode_of_training="1",
        status=SessionStatus.PLANNED,
    )
    words: dict[str, Any] = {
        "course_id": course_id,
        "course_reference": "TGS-2026000123",
        "status": status,
        "revision": 1,
        "registration_opens_on": date(2026, 3, 1),
        "registration_closes_on": date(2026, 4, 1),
        "start_on": RUN_STARTS,
        "end_on": RUN_STARTS,
        "intake_size": 2,
        "threshold": 0,
        "min_pax": 0,
        "mode_of_training": "1",
        "vacancy": "A",
        "policy_version": 1,
        "sessions": (session,),
        "trainers": tuple(TrainerLink(trainer_id=IDS.new(), user_id=user, roles=(1,)) for user in users),
    }
    return RunPublished(run_id=run_id, run=RunFact(**{**words, **given}))


def rate(enrolment: dict[str, Any], *, met: bool = True, reachable: bool = True, **given: Any) -> RateChanged:
    words: dict[str, Any] = {
        "credited_minutes": 480 if met else 100,
        "held_minutes": 480,
        "scheduled_minutes": 480,
        "required_pct": 75,
        "complete": True,
    }
    return RateChanged(
        enrolment_id=UUID(enrolment["id"]),
        run_id=UUID(enrolment["run_id"]),
        met=met,
        reachable=reachable,
        **{**words, **given},
    )


def outcome(enrolment: dict[str, Any], *, passed: bool = True, decided: bool = True) -> OutcomeChanged:
    return OutcomeChanged(
        enrolment_id=UUID(enrolment["id"]), run_id=UUID(enrolment["run_id"]), decided=decided, passed=passed
    )


def about(
    enrolment: dict[str, Any], kind: type[SyncEvent], state: SyncState, revision: int = 1, **words: Any
) -> SyncEvent:
    return kind(
        record_id=UUID(enrolment["id"]),
        record_type=words.pop("record_type", RecordType.ENROLMENT),
        job_id=IDS.new(),
        kind="create",
        record_revision=revision,
        state=state,
        **words,
    )
