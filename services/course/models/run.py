"""A course run with its sessions and people: every transition checks, changes, and returns the fact. No I/O here."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, Relationship

from libs.contracts.course import (
    RunCancelled,
    RunChanged,
    RunClosed,
    RunConfirmed,
    RunCreated,
    RunDiscarded,
    RunEnded,
    RunEvent,
    RunFact,
    RunPublished,
    RunReopened,
    RunSessionHeld,
    RunStarted,
    RunStatus,
    RunSyncRecorded,
    SessionStatus,
    TrainerLink,
)
from libs.contracts.event import Change
from libs.contracts.tpg_sync import RemoteIds, SyncState
from libs.database.changes import apply, change
from libs.database.model import Record, instant, status_column
from libs.errors import FieldError, NotFound
from libs.stamps.sync_stamp import SyncStamp
from services.course.errors import (
    ActionNotAllowed,
    MinPaxNotReached,
    NotPublishable,
    RunAttended,
    SlotTaken,
    StillOwed,
    Unplannable,
)
from services.course.models.codes import ASSESSOR, TRAINER, Mode, Vacancy
from services.course.models.course import Course
from services.course.models.lifecycle import RunAction, require, taken_in
from services.course.models.model import Model
from services.course.models.planning import Slot, date_problems, slot_problems
from services.course.models.policy import Policy
from services.course.models.run_trainer import RunTrainer
from services.course.models.session import Session

E = TypeVar("E", bound=RunEvent)

ONLY_IN_DRAFT = frozenset({"start_on", "end_on", "mode_of_training"})
"""Once published the dates move only by `reschedule`, which trainees hear of; the mode of training not at all."""
PERSONAL = frozenset({"admin_email"})
LIVE = (RunStatus.OPEN, RunStatus.CONFIRMED, RunStatus.IN_PROGRESS)
"""States in which TPGateway is kept up to date with trainers and venues."""
HELD_BY_TPGATEWAY = frozenset({SyncState.SYNCED, SyncState.NOT_APPLICABLE})


class CourseRun(Record, SyncStamp, Model, table=True):
    """One dated delivery of a course: an aggregate of the run, its sessions and the people linked to it."""

    __tablename__ = "course_run"
    __table_args__ = (
        CheckConstraint(
            "registration_opens_on <= registration_closes_on and registration_closes_on <= start_on"
            " and start_on <= end_on",
            name="dates_ordered",
        ),
        CheckConstraint("intake_size > 0 and threshold >= 0 and min_pax between 0 and intake_size", name="seats"),
        CheckConstraint("registered_count >= 0", name="seats_taken"),
        # The list, newest start first, alone and under each filter that narrows most.
        Index("course_run_start_idx", "start_on", "id"),
        Index("course_run_status_idx", "status", "start_on", "id"),
        Index("course_run_sync_idx", "sync_state", "start_on", "id"),
        Index("course_run_course_idx", "course_id", "start_on", "id"),
        Index("course_run_remote_id_key", "remote_id", unique=True),
        Index("course_run_wakes_idx", "wakes_at", postgresql_where=text("wakes_at is not null")),
    )

    course_id: UUID = Field(foreign_key="course.course.id")
    course_reference: str = Field(max_length=100)
    status: RunStatus = status_column(RunStatus, RunStatus.DRAFT)
    policy_version: int = Field(foreign_key="course.policy.number")
    """The numbers this run was last judged by."""
    registration_opens_on: date
    registration_closes_on: date
    start_on: date
    end_on: date
    intake_size: int
    threshold: int = 0
    min_pax: int = 0
    registered_count: int = 0
    """Seats taken, as enrolment counts them."""
    class_size_override: str | None = None
    """Why the run is larger than the policy or the course allows."""
    mode_of_training: Mode = status_column(Mode, name="mode_of_training")
    schedule_info: str = Field(max_length=300)
    admin_email: str = Field(max_length=255, repr=False)
    vacancy: Vacancy = status_column(Vacancy, Vacancy.AVAILABLE, name="vacancy")
    venue_id: UUID | None = Field(default=None, foreign_key="course.venue.id", index=True)
    cancel_reason: str | None = None
    wakes_at: datetime | None = instant(default=None, nullable=True)
    """When the clock next has something to do with this run."""

    sessions: list[Session] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "cascade": "all, delete-orphan", "order_by": "Session.sequence"}
    )
    trainers: list[RunTrainer] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "cascade": "all, delete-orphan", "order_by": "RunTrainer.trainer_id"}
    )

    def created(self) -> RunCreated:
        return self.tell(RunCreated)

    def edit(self, values: Mapping[str, Any], *, course: Course, policy: Policy) -> RunChanged | None:
        """Change fields; None when nothing differs. A published run keeps its dates, mode and venue."""
        self.require(RunAction.EDIT)
        frozen = sorted(field for field in values.keys() & ONLY_IN_DRAFT if getattr(self, field) != values[field])
        if self.status is not RunStatus.DRAFT and frozen:
            raise ActionNotAllowed(f"edit of {', '.join(frozen)}", self.status, allowed=taken_in(self.status))
        changes = apply(self, values, personal=PERSONAL)
        if not changes:
            return None
        self.judge_dates()
        self.judge_sessions(course, policy)
        self.policy_version = policy.number
        self.owe()
        return self.tell(RunChanged, changes=changes)

    def discard(self, reason: str | None) -> RunDiscarded:
        """Throw a draft away; the record stays, its bookings go."""
        self.require(RunAction.DISCARD)
        changes = self._cancel_planned()
        return self.tell(RunDiscarded, reason=reason, changes=(*changes, self._become(RunStatus.DISCARDED)))

    def publish(
        self, *, course: Course, policy: Policy, now: datetime, found: Sequence[FieldError] = ()
    ) -> RunPublished:
        """Owe the run to TPGateway; refused while the pre-flight (`found`, and the rules known here) finds anything."""
        self.require(RunAction.PUBLISH)
        problems = [*self.publish_problems(course, policy, now), *found]
        if problems:
            raise NotPublishable(problems)
        self.course_reference, self.policy_version = course.reference, policy.number
        self.submitted_at, self.sync_state = now, SyncState.PENDING
        return self.tell(RunPublished, changes=(self._become(RunStatus.OPEN),))

    def confirm(self, *, override: bool, reason: str | None) -> RunConfirmed:
        """It will take place; with too few seats taken only by override."""
        self.require(RunAction.CONFIRM)
        if self.registered_count < self.min_pax and not override:
            raise MinPaxNotReached(self.registered_count, self.min_pax)
        return self.tell(RunConfirmed, reason=reason, changes=(self._become(RunStatus.CONFIRMED),))

    def cancel(self, reason: str) -> RunCancelled:
        """It will not take place: every session goes, and TPGateway is owed the removal."""
        self.require(RunAction.CANCEL)
        if any(session.attendance_taken for session in self.sessions):
            raise RunAttended(self.id)
        changes = (*self._cancel_planned(), self._become(RunStatus.CANCELLED))
        self.cancel_reason = reason
        self.owe()
        return self.tell(RunCancelled, reason=reason, changes=changes)

    def cut_short(self, *, now: datetime, reason: str) -> RunEnded:
        """End now: sessions ahead are cancelled, the one under way counts as held."""
        self.require(RunAction.CUT_SHORT)
        ahead = [session for session in self.planned() if session.start_at > now]
        changes = [session.word(SessionStatus.CANCELLED) for session in ahead]
        for session in self.planned():
            if session in ahead:
                session.cancel()
            else:
                session.hold()
        changes.append(self._become(RunStatus.ENDED))
        if ahead:
            self.owe()
        return self.tell(RunEnded, reason=reason, changes=changes)

    def close(self, *, waive: bool, reason: str | None) -> RunClosed:
        """Nothing is owed any more; what TPGateway does not hold must be waived."""
        self.require(RunAction.CLOSE)
        if self.planned():
            raise StillOwed("a make-up session still lies ahead", allowed=("close after it",))
        if self.sync_state not in HELD_BY_TPGATEWAY and not waive:
            message = f"TPGateway does not hold the run as it stands (sync state {self.sync_state})"
            raise StillOwed(message, allowed=("close with waiver and reason",))
        return self.tell(RunClosed, reason=reason, changes=(self._become(RunStatus.CLOSED),))

    def reopen(self, reason: str) -> RunReopened:
        self.require(RunAction.REOPEN)
        return self.tell(RunReopened, reason=reason, changes=(self._become(RunStatus.ENDED),))

    def advance(self, now: datetime) -> list[RunEvent]:
        """What the clock alone brings about by `now`: start, sessions held, end. Repeating it changes nothing."""
        told: list[RunEvent] = []
        begun = any(session.start_at <= now for session in self.planned())
        if self.status in (RunStatus.OPEN, RunStatus.CONFIRMED) and begun:
            unconfirmed = self.status is RunStatus.OPEN
            told.append(self.tell(RunStarted, changes=(self._become(RunStatus.IN_PROGRESS),), unconfirmed=unconfirmed))
        if self.status in (RunStatus.IN_PROGRESS, RunStatus.ENDED):
            for session in [session for session in self.planned() if session.end_at <= now]:
                session.hold()
                told.append(self.tell(RunSessionHeld, session_id=session.id))
        if self.status is RunStatus.IN_PROGRESS and not self.planned():
            told.append(self.tell(RunEnded, changes=(self._become(RunStatus.ENDED),)))
        self._set_alarm()
        return told

    def link_account(self, trainer_id: UUID, user_id: UUID | None) -> RunChanged:
        """The person's account changed; nothing TPGateway holds does."""
        changes = [
            change_
            for link in self.trainers
            if link.trainer_id == trainer_id
            for change_ in apply(link, {"user_id": user_id})
        ]
        return self.tell(RunChanged, changes=changes)

    def parts_changed(self, part: str) -> RunChanged:
        """A trainer or venue of a published run changed in what TPGateway holds of it; the run is owed anew."""
        self.owe()
        return self.tell(RunChanged, changes=(change(part, None, None),))

    def synced(self, remote: RemoteIds, state: SyncState) -> RunSyncRecorded | None:
        """Note what TPGateway calls the run and its sessions; None when that was known."""
        changes = list(apply(self, {"remote_id": remote.record}) if remote.record is not None else ())
        for session in self.sessions:
            name = remote.parts.get(session.id, session.remote_id)
            if name != session.remote_id:
                changes.append(change(f"session_{session.sequence}.remote_id", session.remote_id, name))
                session.remote_id = name
        return self.tell(RunSyncRecorded, changes=tuple(changes), sync_state=state) if changes else None

    # ------------------------------------------------------------------------------------------- parts

    def session(self, session_id: UUID) -> Session:
        """One of this run's sessions, or NotFound."""
        for session in self.sessions:
            if session.id == session_id:
                return session
        raise NotFound("session", session_id)

    def planned(self) -> list[Session]:
        return [session for session in self.sessions if session.planned]

    def fitting(self, mode: Mode) -> set[UUID]:
        """Who of the linked people a session of this mode needs: assessors at an assessment, else trainers."""
        wanted = ASSESSOR if mode is Mode.ASSESSMENT else TRAINER
        fitting = {link.trainer_id for link in self.trainers if wanted in link.roles}
        return fitting or {link.trainer_id for link in self.trainers}

    def fact(self) -> RunFact:
        return RunFact(
            course_id=self.course_id,
            course_reference=self.course_reference,
            status=self.status,
            revision=self.revision,
            registration_opens_on=self.registration_opens_on,
            registration_closes_on=self.registration_closes_on,
            start_on=self.start_on,
            end_on=self.end_on,
            intake_size=self.intake_size,
            threshold=self.threshold,
            min_pax=self.min_pax,
            mode_of_training=self.mode_of_training,
            vacancy=self.vacancy,
            venue_id=self.venue_id,
            policy_version=self.policy_version,
            remote_id=self.remote_id,
            sessions=tuple(session.fact() for session in self.sessions),
            trainers=tuple(
                TrainerLink(trainer_id=link.trainer_id, user_id=link.user_id, roles=tuple(link.roles))
                for link in self.trainers
            ),
        )

    def tell(self, kind: type[E], *, reason: str | None = None, changes: Sequence[Change] = (), **words: Any) -> E:
        """The fact about the run as it stands now; every transition ends here."""
        self._set_alarm()
        return kind(run_id=self.id, run=self.fact(), reason=reason, changes=tuple(changes), **words)

    def require(self, action: RunAction) -> None:
        require(action, self.status)

    # ------------------------------------------------------------------------------------------- judgement

    def judge_dates(self) -> None:
        """Raise Unplannable unless registration and delivery are in order."""
        problems = date_problems(
            registration_opens_on=self.registration_opens_on,
            registration_closes_on=self.registration_closes_on,
            start_on=self.start_on,
            end_on=self.end_on,
        )
        if problems:
            raise Unplannable(problems)

    def judge_sessions(self, course: Course, policy: Policy, wished: Mapping[UUID, Slot] | None = None) -> None:
        """Raise unless every planned session keeps the rules and none overlaps another of this run."""
        self.judge_slots(course, policy, wished)
        self.judge_overlaps()

    def judge_slots(self, course: Course, policy: Policy, wished: Mapping[UUID, Slot] | None = None) -> None:
        """Raise Unplannable unless every planned session keeps the rules, each by itself.

        `wished` are the slots just asked for, so that what is wrong is told by its place in the request.
        """
        problems: list[FieldError] = []
        for index, session in enumerate(self.sessions):
            slot = (wished or {}).get(session.id) or session.slot(f"sessions.{index}")
            if session.planned and not session.is_makeup:
                problems += slot_problems(
                    slot, start_on=self.start_on, end_on=self.end_on, modes=course.modes, policy=policy
                )
            if session.planned:
                problems += self.strangers(slot)
        if problems:
            raise Unplannable(problems)

    def strangers(self, slot: Slot) -> list[FieldError]:
        """Only people linked to the run teach its sessions: that is how TPGateway and their accounts know of them."""
        if (slot.trainer_ids or frozenset()) <= {link.trainer_id for link in self.trainers}:
            return []
        message, fix = "Somebody named is not linked to the run.", "Link them to the run first."
        return [FieldError(slot.at("trainer_ids"), "not_linked", message, fix)]

    def judge_overlaps(self) -> None:
        """Raise SlotTaken when two sessions of this run share time."""
        standing = sorted(
            (session for session in self.sessions if not session.cancelled),
            key=lambda session: session.start_at,
        )
        for first, second in pairwise(standing):
            if second.start_at < first.end_at:
                raise SlotTaken("run", self.id, (self.id, first.id, first.start_at, first.end_at))

    def publish_problems(self, course: Course, policy: Policy, now: datetime) -> list[FieldError]:
        """What the run itself shows that would stand in the way of publishing it."""
        problems: list[FieldError] = []
        if not course.active:
            problems.append(FieldError("course_id", "retired", "The course is retired.", "Choose an active course."))
        if not course.funds(self.start_on):
            fix = f"Start between {course.support_from} and {course.support_to}, or renew the course's support."
            problems.append(
                FieldError("start_on", "outside_funding", "The start lies outside the funding window.", fix)
            )
        if not any(TRAINER in link.roles for link in self.trainers):
            problems.append(FieldError("trainers", "missing", "No trainer is linked.", "Link at least one trainer."))
        if not self.planned():
            problems.append(
                FieldError("sessions", "missing", "Without sessions no attendance can be taken.", "Add a session.")
            )
        elif min(session.start_at for session in self.planned()) <= now + policy.publish_min_lead:
            message = "The first session is too close, or has begun: TPGateway takes only what lies ahead."
            problems.append(FieldError("sessions", "too_late", message, "Move the sessions, or choose later dates."))
        return problems

    def _cancel_planned(self) -> list[Change]:
        changes = [session.word(SessionStatus.CANCELLED) for session in self.planned()]
        for session in self.planned():
            session.cancel()
        return changes

    def _become(self, status: RunStatus) -> Change:
        before, self.status = self.status, status
        return change("status", before, status)

    def _set_alarm(self) -> None:
        """Note when the clock must look at this run again."""
        planned = self.planned()
        match self.status:
            case RunStatus.OPEN | RunStatus.CONFIRMED:
                self.wakes_at = min((session.start_at for session in planned), default=None)
            case RunStatus.IN_PROGRESS:
                begun = min((session.start_at for session in self.sessions), default=None)
                self.wakes_at = min((session.end_at for session in planned), default=begun)
            case RunStatus.ENDED:
                self.wakes_at = min((session.end_at for session in planned), default=None)
            case _:
                self.wakes_at = None
