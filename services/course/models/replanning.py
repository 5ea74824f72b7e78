"""Changes to a run's plan: its dates, sessions, room and people, while its state stays what it is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from libs.contracts.course import (
    RunChanged,
    RunEvent,
    RunRescheduled,
    RunSessionsChanged,
    RunStatus,
    SessionStatus,
)
from libs.contracts.event import Change
from libs.database.changes import apply, change
from services.course.errors import LastSession, SessionFrozen, Unplannable
from services.course.models.course import Course
from services.course.models.lifecycle import RunAction
from services.course.models.planning import Slot, makeup_problems, too_late
from services.course.models.policy import Policy
from services.course.models.run import PERSONAL, CourseRun
from services.course.models.run_trainer import RunTrainer
from services.course.models.session import Session

E = TypeVar("E", bound=RunEvent)


def reschedule(
    run: CourseRun,
    dates: Mapping[str, date],
    slots: Mapping[UUID, Slot],
    *,
    course: Course,
    policy: Policy,
    now: datetime,
    reason: str,
) -> RunRescheduled:
    """Move dates and sessions together. Every moved session lies ahead, and all of them stay inside the dates."""
    run.require(RunAction.RESCHEDULE)
    changes = (*apply(run, dates), *_move_all(run, slots, policy=policy, now=now))
    run.judge_dates()
    run.judge_sessions(course, policy, slots)
    return _replanned(run, RunRescheduled, policy, changes, reason)


def move_session(
    run: CourseRun,
    session_id: UUID,
    slot: Slot,
    *,
    course: Course,
    policy: Policy,
    now: datetime,
    reason: str | None,
) -> RunSessionsChanged:
    """Change one session's time, mode, room or people inside the run's dates."""
    run.require(RunAction.MOVE_SESSION)
    changes = _move_all(run, {session_id: slot}, policy=policy, now=now)
    run.judge_sessions(course, policy, {session_id: slot})
    return _replanned(run, RunSessionsChanged, policy, changes, reason)


def replan(
    run: CourseRun,
    fields: Mapping[str, Any],
    links: Sequence[RunTrainer],
    slots: Sequence[Slot],
    new: Callable[[], Mapping[str, Any]],
    *,
    course: Course,
    policy: Policy,
    now: datetime,
) -> RunChanged:
    """A draft's whole plan anew. Its sessions are those of the plan in their order; what is over goes, or is added."""
    run.require(RunAction.REPLAN)
    changes = [*apply(run, fields, personal=PERSONAL), *_link(run, links)]
    kept = {session.id: slot for session, slot in zip(run.sessions, slots, strict=False)}
    for session in run.sessions[len(slots) :]:
        run.sessions.remove(session)
        changes.append(session.word(None))
    changes += _move_all(run, kept, policy=policy, now=now)
    added = {plan(run, slot, new()).id: slot for slot in slots[len(kept) :]}
    changes += [session.word(SessionStatus.PLANNED) for session in run.sessions if session.id in added]
    run.judge_dates()
    run.judge_sessions(course, policy, {**kept, **added})
    return _replanned(run, RunChanged, policy, changes, run.class_size_override)


def change_venue(
    run: CourseRun, venue_id: UUID | None, *, policy: Policy, now: datetime, reason: str | None
) -> RunChanged | RunRescheduled:
    """Another default venue; the sessions ahead that stood in the old one move with it."""
    run.require(RunAction.CHANGE_VENUE)
    for session in run.planned():
        if session.venue_id == run.venue_id and not session.mode_of_training.online and session.start_at > now:
            _require_movable(run, session, policy=policy, now=now)
            session.venue_id = venue_id
    changes = apply(run, {"venue_id": venue_id})
    if run.status is RunStatus.DRAFT:
        return _replanned(run, RunChanged, policy, changes, reason)
    return _replanned(run, RunRescheduled, policy, changes, reason)


def change_trainers(
    run: CourseRun, links: Sequence[RunTrainer], *, policy: Policy, now: datetime, reason: str | None
) -> RunChanged:
    """Exactly these people; sessions ahead lose those who left and gain those who came and fit their mode."""
    run.require(RunAction.CHANGE_TRAINERS)
    known = {link.trainer_id for link in run.trainers}
    changes = _link(run, links)
    staying = {link.trainer_id for link in links}
    for session in run.planned():
        if session.start_at > now:
            came = run.fitting(session.mode_of_training) - known
            remaining = set(session.trainer_ids) & staying
            session.book((remaining | came) or run.fitting(session.mode_of_training))
    return _replanned(run, RunChanged, policy, changes, reason)


def add_session(
    run: CourseRun, slot: Slot, lineage: Mapping[str, Any], *, course: Course, policy: Policy, now: datetime
) -> RunSessionsChanged:
    """One more session inside the run's dates; on a published run it lies ahead."""
    run.require(RunAction.ADD_SESSION)
    if run.submitted_at is not None and (late := too_late(slot, now=now)):
        raise Unplannable(late)
    session = plan(run, slot, lineage)
    run.judge_sessions(course, policy, {session.id: slot})
    return _replanned(run, RunSessionsChanged, policy, (session.word(SessionStatus.PLANNED),), None)


def add_makeup_session(
    run: CourseRun,
    slot: Slot,
    lineage: Mapping[str, Any],
    *,
    makeup_for: UUID | None,
    course: Course,
    policy: Policy,
    now: datetime,
    reason: str | None,
) -> RunSessionsChanged:
    """Extra delivery after the end for those who missed a session; it may lie after the run's dates."""
    run.require(RunAction.ADD_MAKEUP_SESSION)
    if makeup_for is not None:
        run.session(makeup_for)
    problems = [
        *makeup_problems(slot, end_on=run.end_on, modes=course.modes, policy=policy),
        *too_late(slot, now=now),
        *run.strangers(slot),
    ]
    if problems:
        raise Unplannable(problems)
    session = plan(run, slot, lineage, is_makeup=True, makeup_for=makeup_for)
    run.judge_overlaps()
    return _replanned(run, RunSessionsChanged, policy, (session.word(SessionStatus.PLANNED),), reason)


def cancel_session(
    run: CourseRun, session_id: UUID, *, policy: Policy, now: datetime, reason: str
) -> RunSessionsChanged:
    """Take a session that lies ahead out of the plan; its record stays. A run not yet begun keeps one session."""
    run.require(RunAction.CANCEL_SESSION)
    session = run.session(session_id)
    _require_ahead(session, policy=policy, now=now)
    if run.status is not RunStatus.IN_PROGRESS and len(run.planned()) == 1:
        raise LastSession(run.id)
    told = session.word(SessionStatus.CANCELLED)
    session.cancel()
    return _replanned(run, RunSessionsChanged, policy, (told,), reason)


def remove_session(run: CourseRun, session_id: UUID, *, policy: Policy) -> RunSessionsChanged:
    """Delete a draft's session: it never left this system."""
    run.require(RunAction.REMOVE_SESSION)
    session = run.session(session_id)
    if session.attendance_taken:
        raise SessionFrozen(session_id, "attendance is on record")
    run.sessions.remove(session)
    return _replanned(run, RunSessionsChanged, policy, (session.word(None),), None)


def plan(
    run: CourseRun,
    slot: Slot,
    lineage: Mapping[str, Any],
    *,
    is_makeup: bool = False,
    makeup_for: UUID | None = None,
) -> Session:
    """Append a session without judging it; people and room default to the run's."""
    session = Session(
        **lineage,
        run_id=run.id,
        sequence=max((known.sequence for known in run.sessions), default=0) + 1,
        start_at=slot.start_at,
        end_at=slot.end_at,
        mode_of_training=slot.mode,
        venue_id=_place(run, slot),
        is_makeup=is_makeup,
        makeup_for=makeup_for,
        trainers=[],
    )
    session.book(_teaching(run, slot))
    run.sessions.append(session)
    return session


def _move_all(run: CourseRun, slots: Mapping[UUID, Slot], *, policy: Policy, now: datetime) -> tuple[Change, ...]:
    changes: list[Change] = []
    for session_id, slot in slots.items():
        session = run.session(session_id)
        _require_movable(run, session, policy=policy, now=now)
        if run.submitted_at is not None and (late := too_late(slot, now=now)):
            raise Unplannable(late)
        before = session.fact().model_dump(mode="json")
        session.mode_of_training, session.venue_id = slot.mode, _place(run, slot)
        session.move(slot.start_at, slot.end_at)
        session.book(_teaching(run, slot))
        after = session.fact().model_dump(mode="json")
        changes += [
            change(f"session_{session.sequence}.{name}", before[name], after[name])
            for name in after
            if before[name] != after[name]
        ]
    return tuple(changes)


def _require_movable(run: CourseRun, session: Session, *, policy: Policy, now: datetime) -> None:
    if session.attendance_taken:
        raise SessionFrozen(session.id, "attendance is on record", allowed=("cancel_session", "add_session"))
    if run.submitted_at is not None:
        _require_ahead(session, policy=policy, now=now)
    elif not session.planned:
        raise SessionFrozen(session.id, f"it is {session.status}")


def _require_ahead(session: Session, *, policy: Policy, now: datetime) -> None:
    if not session.planned:
        raise SessionFrozen(session.id, f"it is {session.status}")
    if session.start_at <= now + policy.session_cutoff:
        raise SessionFrozen(session.id, "it has started or is about to", allowed=("add_session",))


def _place(run: CourseRun, slot: Slot) -> UUID | None:
    return slot.venue_id if slot.mode.online else slot.venue_id or run.venue_id


def _teaching(run: CourseRun, slot: Slot) -> set[UUID]:
    return run.fitting(slot.mode) if slot.trainer_ids is None else set(slot.trainer_ids)


def _link(run: CourseRun, links: Sequence[RunTrainer]) -> tuple[Change, ...]:
    """Exactly these people are on the run; who was already keeps their record."""
    before, known = _people(run), {link.trainer_id: link for link in run.trainers}
    for link in links:
        if link.trainer_id in known:
            known[link.trainer_id].roles, known[link.trainer_id].user_id = link.roles, link.user_id
    run.trainers = [known.get(link.trainer_id, link) for link in links]
    after = _people(run)
    return () if before == after else (change("trainers", before, after),)


def _people(run: CourseRun) -> list[dict[str, Any]]:
    return [{"trainer_id": link.trainer_id, "roles": link.roles} for link in run.trainers]


def _replanned(run: CourseRun, kind: type[E], policy: Policy, changes: Sequence[Change], reason: str | None) -> E:
    """A change of plan is judged by today's numbers and owed to TPGateway."""
    run.policy_version = policy.number
    run.owe()
    return run.tell(kind, changes=changes, reason=reason)
