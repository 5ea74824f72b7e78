"""Synthetic courses, runs and people. No name, number or address here belongs to anybody."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from libs.contracts.tpg_sync import RecordType, RemoteIds, SyncEvent, SyncState
from libs.sources import SINGAPORE, TimeOrderedIds
from services.course.models.codes import CatalogueStatus, Mode
from services.course.models.course import Course
from services.course.models.planning import Slot
from services.course.models.policy import Policy
from services.course.models.replanning import plan
from services.course.models.run import CourseRun
from services.course.models.run_trainer import RunTrainer

IDS = TimeOrderedIds()
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Singapore on a Monday
RUN_STARTS = date(2026, 4, 6)
RUN_ENDS = date(2026, 4, 9)


def lineage(**given: Any) -> dict[str, Any]:
    words = {"id": IDS.new(), "created_at": NOW, "created_by": "test", "updated_at": NOW, "updated_by": "test"}
    return {**words, "correlation_id": IDS.new(), **given}


def singapore(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SINGAPORE).astimezone(UTC)


def policy(**given: Any) -> Policy:
    numbers = {
        "number": 1,
        "effective_from": date(2020, 1, 1),
        "session_max_minutes": 600,
        "makeup_window_days": 60,
        "class_max_size": 40,
        "travel_buffer_minutes": 30,
        "publish_target_days": 14,
        "publish_min_lead_minutes": 0,
        "session_cutoff_minutes": 0,
        "reveals_an_hour": 30,
    }
    return Policy(**lineage(), **{**numbers, **given})


def course(**given: Any) -> Course:
    words = {
        "reference": "TGS-2026000123",
        "title": "Basic Wok Safety (synthetic)",
        "status": CatalogueStatus.ACTIVE,
        "funded": True,
        "support_from": date(2026, 1, 1),
        "support_to": date(2026, 12, 31),
        "skill_codes": ["TGS-SKILL-1"],
        "planned_minutes": 1920,
        "pass_rule": {},
        "min_attendance_pct": 75,
        "modes": [],
    }
    return Course(**lineage(), **{**words, **given})


def draft(of: Course | None = None, **given: Any) -> CourseRun:
    """A draft without sessions or people."""
    words: dict[str, Any] = {
        "course_id": of.id if of else IDS.new(),
        "course_reference": of.reference if of else "TGS-2026000123",
        "policy_version": 1,
        "registration_opens_on": date(2026, 3, 2),
        "registration_closes_on": date(2026, 4, 1),
        "start_on": RUN_STARTS,
        "end_on": RUN_ENDS,
        "intake_size": 20,
        "mode_of_training": Mode.CLASSROOM,
        "schedule_info": "Mon-Thu 9am-5pm",
        "admin_email": "ops@example.com",
        "sessions": [],
        "trainers": [],
    }
    return CourseRun(**lineage(), **{**words, **given})


def link(run: CourseRun, *roles: int, trainer_id: UUID | None = None) -> RunTrainer:
    return RunTrainer(run_id=run.id, trainer_id=trainer_id or IDS.new(), roles=sorted(roles or {1}))


def slot(day: date = RUN_STARTS, start: int = 9, end: int = 17, mode: Mode = Mode.CLASSROOM, **given: Any) -> Slot:
    return Slot(field="", start_at=singapore(day, start), end_at=singapore(day, end), mode=mode, **given)


def days(count: int, first: date = RUN_STARTS) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range(count))


def ready(of: Course | None = None, sessions: int = 4, **given: Any) -> CourseRun:
    """A draft with a trainer and one session a day, ready to be published."""
    run = draft(of, **given)
    run.trainers = [link(run, 1)]
    for day in days(sessions):
        plan(run, slot(day), lineage())
    return run


def published(of: Course | None = None, sessions: int = 4, **given: Any) -> CourseRun:
    of = of or course()
    run = ready(of, sessions, **given)
    run.publish(course=of, policy=policy(), now=NOW)
    return run


def about(run: dict[str, Any], kind: type[SyncEvent], state: SyncState, revision: int = 1, **words: Any) -> SyncEvent:
    """What tpg-sync says of a run as the API shows it."""
    return kind(
        record_id=UUID(run["id"]),
        record_type=words.pop("record_type", RecordType.RUN),
        job_id=IDS.new(),
        kind="create",
        record_revision=revision,
        state=state,
        **words,
    )


def named(run: dict[str, Any]) -> RemoteIds:
    """TPGateway's names for it and for all its sessions."""
    parts = {UUID(session["id"]): f"TGS-2026000123-849900-S{session['sequence']}" for session in run["sessions"]}
    return RemoteIds(record="849900", parts=parts)
