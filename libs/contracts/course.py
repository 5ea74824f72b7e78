"""What course says: courses, runs with their sessions, trainers, venues.

Sessions travel inside their run's events: a run and its sessions change together and reach TPGateway together, so one
sequence orders them. Every run event carries the run's whole state, so a subscriber may simply keep the newest.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs.contracts.event import Event


class RunStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CONFIRMED = "confirmed"
    IN_PROGRESS = "in_progress"
    ENDED = "ended"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


class SessionStatus(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class TrainerLink(BaseModel):
    """A trainer or assessor on a run; `user_id` is the account that may act for them, if any."""

    model_config = ConfigDict(frozen=True)

    trainer_id: UUID
    user_id: UUID | None = None
    roles: tuple[int, ...]


class SessionFact(BaseModel):
    model_config = ConfigDict(frozen=True)

    session_id: UUID
    sequence: int
    start_at: AwareDatetime
    end_at: AwareDatetime
    mode_of_training: str
    status: SessionStatus
    venue_id: UUID | None = None
    trainer_ids: tuple[UUID, ...] = ()
    is_makeup: bool = False
    makeup_for: UUID | None = None
    remote_id: str | None = None


class RunFact(BaseModel):
    """The state of a run after the event.

    `revision` counts what TPGateway must learn of: it grows with every change of a submitted field, and stands still
    when only the run's own life goes on (confirmed, started, ended, closed).
    """

    model_config = ConfigDict(frozen=True)

    course_id: UUID
    course_reference: str
    status: RunStatus
    revision: int
    registration_opens_on: date
    registration_closes_on: date
    start_on: date
    end_on: date
    intake_size: int
    threshold: int
    min_pax: int
    mode_of_training: str
    vacancy: str
    venue_id: UUID | None = None
    policy_version: int
    remote_id: str | None = None
    sessions: tuple[SessionFact, ...] = ()
    trainers: tuple[TrainerLink, ...] = ()


class RunEvent(Event):
    run_id: UUID
    run: RunFact


class RunCreated(RunEvent, type="run.created", key="run_id"):
    """A draft: nothing is owed yet."""


class RunChanged(RunEvent, type="run.changed", key="run_id"):
    """Fields or trainers changed; `changes` names them. A published run owes TPGateway an edit."""


class RunSessionsChanged(RunEvent, type="run.sessions_changed", key="run_id"):
    """Sessions were added, moved or cancelled. A published run owes TPGateway an edit."""


class RunPublished(RunEvent, type="run.published", key="run_id"):
    """Registration may open; the run is owed to TPGateway."""


class RunConfirmed(RunEvent, type="run.confirmed", key="run_id"):
    """It will take place."""


class RunRescheduled(RunEvent, type="run.rescheduled", key="run_id"):
    """Dates, venue or sessions of a published run moved; owed to TPGateway."""


class RunCancelled(RunEvent, type="run.cancelled", key="run_id"):
    """It will not take place; a published run owes TPGateway its removal."""


class RunStarted(RunEvent, type="run.started", key="run_id"):
    """The first session began; `unconfirmed` when nobody had confirmed that it would."""

    unconfirmed: bool = False


class RunSessionHeld(RunEvent, type="run.session_held", key="run_id"):
    """One session's time is over; what is due after it may begin."""

    session_id: UUID


class RunEnded(RunEvent, type="run.ended", key="run_id"):
    """The last session ended, or it was cut short: then sessions ahead are cancelled and `revision` has grown."""


class RunClosed(RunEvent, type="run.closed", key="run_id"):
    """Everything owed is met or waived."""


class RunReopened(RunEvent, type="run.reopened", key="run_id"):
    """Back to `ended` for a correction."""


class RunDiscarded(RunEvent, type="run.discarded", key="run_id"):
    """A draft was thrown away; it never left this system."""


class RunSyncRecorded(RunEvent, type="run.sync_recorded", key="run_id"):
    """What TPGateway answered is on the record now: `remote_id` and the sessions' ids may be new."""

    sync_state: str


class CourseFact(BaseModel):
    model_config = ConfigDict(frozen=True)

    reference: str
    funded: bool
    min_attendance_pct: int
    active: bool
    revision: int
    title: str = ""
    skill_codes: tuple[str, ...] = ()
    """What its trainees are assessed in; empty when the course is assessed as a whole."""
    pass_mark: int | None = None
    """From which score of 100 on a result is a pass; None when no score decides."""


class CourseEvent(Event):
    course_id: UUID
    course: CourseFact


class CourseCreated(CourseEvent, type="course.created", key="course_id"):
    """Runs of it may be made."""


class CourseChanged(CourseEvent, type="course.changed", key="course_id"):
    """Fields changed; `changes` names them."""


class CourseRetired(CourseEvent, type="course.retired", key="course_id"):
    """No new runs; those that exist go on."""


class TrainerEvent(Event):
    trainer_id: UUID
    user_id: UUID | None = None
    revision: int


class TrainerCreated(TrainerEvent, type="trainer.created", key="trainer_id"):
    """A trainer or assessor may be put on runs."""


class TrainerChanged(TrainerEvent, type="trainer.changed", key="trainer_id"):
    """`changes` names the fields, never a value that is personal."""


class TrainerRetired(TrainerEvent, type="trainer.retired", key="trainer_id"):
    """On no new runs; those that exist go on."""


class TrainerRevealed(TrainerEvent, type="trainer.revealed", key="trainer_id"):
    """Someone read this person's full identity number, for the reason given."""


class VenueEvent(Event):
    venue_id: UUID
    revision: int


class VenueCreated(VenueEvent, type="venue.created", key="venue_id"):
    """Runs may take place there."""


class VenueChanged(VenueEvent, type="venue.changed", key="venue_id"):
    """Fields changed; `changes` names them."""


class VenueRetired(VenueEvent, type="venue.retired", key="venue_id"):
    """No new runs there; those that exist go on."""


class CoursePolicyIntroduced(Event, type="course_policy.introduced", key="policy_id"):
    """From a day on, runs and sessions are judged by these numbers; `changes` tells them from the ones before."""

    policy_id: UUID
    number: int
    effective_from: date
