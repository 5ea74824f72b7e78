from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from libs.contracts.course import RunStatus, SessionStatus
from libs.contracts.tpg_sync import Hint, SyncState
from libs.errors import FieldError
from libs.web.body import Body
from libs.web.reason import Reason
from libs.web.views import AllowedAction, LastChange, PreflightView
from services.course.models.codes import Mode, Vacancy
from services.course.schemas.trainer import Roles
from services.course.schemas.words import UNSET, Minute

Seats = Annotated[int, Field(gt=0, le=10_000)]
Extra = Annotated[int, Field(ge=0, le=10_000)]
ScheduleInfo = Annotated[str, StringConstraints(min_length=1, max_length=300)]
AdminEmail = Annotated[EmailStr, StringConstraints(max_length=255)]
TrainerIds = Annotated[list[UUID], Field(min_length=1, max_length=20)]


class TrainerLinkWish(Body):
    trainer_id: UUID
    roles: Roles


class SessionWish(Body):
    """One session. Without a venue or people it takes the run's; online modes take no venue."""

    start_at: Minute
    end_at: Minute
    mode_of_training: Mode
    venue_id: UUID | None = None
    trainer_ids: TrainerIds | None = None


class NewSession(SessionWish):
    """A session for an existing run; a make-up session belongs to a run that has ended."""

    is_makeup: bool = False
    makeup_for: UUID | None = None
    reason: Reason | None = None


class SessionPatch(Body):
    """Only the fields sent change."""

    start_at: Minute = UNSET
    end_at: Minute = UNSET
    mode_of_training: Mode = UNSET
    venue_id: UUID | None = None
    trainer_ids: TrainerIds = UNSET
    reason: Reason | None = None


class RunWish(Body):
    """A draft of one delivery, with its people and sessions if they are known."""

    course_id: UUID
    registration_opens_on: date
    registration_closes_on: date
    start_on: date
    end_on: date
    intake_size: Seats
    threshold: Extra = 0
    min_pax: Extra = 0
    mode_of_training: Mode
    schedule_info: ScheduleInfo
    admin_email: AdminEmail
    vacancy: Vacancy = Vacancy.AVAILABLE
    venue_id: UUID | None = None
    class_size_override: Reason | None = None
    trainers: list[TrainerLinkWish] = Field(default=[], max_length=20)
    sessions: list[SessionWish] = Field(default=[], max_length=200)


class RunTrial(RunWish):
    """A plan to be judged and not kept; `run_id` names the run it is of, whose own bookings are then in no way."""

    run_id: UUID | None = None


class RunPatch(Body):
    """Only the fields sent change. The venue moves by `change-venue`; once published, the dates by `reschedule`."""

    registration_opens_on: date = UNSET
    registration_closes_on: date = UNSET
    start_on: date = UNSET
    end_on: date = UNSET
    intake_size: Seats = UNSET
    threshold: Extra = UNSET
    min_pax: Extra = UNSET
    mode_of_training: Mode = UNSET
    schedule_info: ScheduleInfo = UNSET
    admin_email: AdminEmail = UNSET
    vacancy: Vacancy = UNSET
    class_size_override: Reason | None = None


class ReasonWish(Body):
    reason: Reason


class MaybeReason(Body):
    reason: Reason | None = None


class ConfirmWish(Body):
    """Below the minimum of seats an override needs its reason."""

    override: bool = False
    reason: Reason | None = None


class CloseWish(Body):
    """What TPGateway does not hold may be waived with a reason."""

    waive: bool = False
    reason: Reason | None = None


class MovedSession(Body):
    session_id: UUID
    start_at: Minute
    end_at: Minute
    venue_id: UUID | None = None


class RescheduleWish(Body):
    """New dates and session times together; what is left out stays."""

    start_on: date = UNSET
    end_on: date = UNSET
    registration_opens_on: date = UNSET
    registration_closes_on: date = UNSET
    sessions: list[MovedSession] = Field(default=[], max_length=200)
    reason: Reason


class VenueChange(Body):
    venue_id: UUID | None
    reason: Reason | None = None


class TrainersChange(Body):
    trainers: list[TrainerLinkWish] = Field(max_length=20)
    reason: Reason | None = None


class SessionView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    sequence: int
    status: SessionStatus
    start_at: datetime
    end_at: datetime
    mode_of_training: Mode
    venue_id: UUID | None
    trainer_ids: list[UUID]
    is_makeup: bool
    makeup_for: UUID | None
    attendance_taken: bool
    remote_id: str | None


class LinkedTrainer(BaseModel):
    trainer_id: UUID
    name: str
    roles: list[int]
    user_id: UUID | None


class SyncBlock(BaseModel):
    """How far TPGateway holds this run."""

    state: SyncState
    revision: int
    acked_revision: int | None
    acked_at: datetime | None
    remote_id: str | None
    job_id: UUID | None
    error_code: str | None
    hints: list[Hint]


class Notice(BaseModel):
    """Something that is allowed and still worth a look."""

    code: str
    message: str
    session_id: UUID | None = None
    trainer_id: UUID | None = None


class ClashView(BaseModel):
    """Who or what a session needs is busy then: `session` is its place in the plan, run and times are the other's."""

    session: int
    kind: Literal["trainer", "venue"]
    owner_id: UUID
    run_id: UUID
    start_at: datetime
    end_at: datetime


class TrialView(PreflightView):
    """How a plan would fare: `ready` when it could be saved and published as it is."""

    clashes: list[ClashView]

    @classmethod
    def of_trial(
        cls, errors: Sequence[FieldError], warnings: Sequence[FieldError], clashes: list[ClashView]
    ) -> "TrialView":
        told = PreflightView.of(errors, warnings)
        return cls(ready=told.ready and not clashes, errors=told.errors, warnings=told.warnings, clashes=clashes)


class BookedSession(BaseModel):
    """A session in the calendar, with what names its run."""

    id: UUID
    run_id: UUID
    run_status: RunStatus
    remote_id: str | None
    course_reference: str
    course_title: str
    sequence: int
    status: SessionStatus
    start_at: datetime
    end_at: datetime
    mode_of_training: Mode
    venue_id: UUID | None
    trainer_ids: list[UUID]
    is_makeup: bool


class RunSummary(BaseModel):
    """A run in a list."""

    id: UUID
    version: int
    course_id: UUID
    course_reference: str
    course_title: str
    status: RunStatus
    start_on: date
    end_on: date
    registration_opens_on: date
    registration_closes_on: date
    intake_size: int
    threshold: int
    min_pax: int
    registered_count: int
    vacancy: Vacancy
    mode_of_training: Mode
    venue_id: UUID | None
    session_count: int
    next_session_at: datetime | None
    trainer_ids: list[UUID]
    sync_state: SyncState
    remote_id: str | None
    updated_at: datetime


class RunDetail(LastChange):
    """A run with everything its page shows."""

    id: UUID
    version: int
    course_id: UUID
    course_reference: str
    course_title: str
    status: RunStatus
    policy_version: int
    registration_opens_on: date
    registration_closes_on: date
    start_on: date
    end_on: date
    intake_size: int
    threshold: int
    min_pax: int
    registered_count: int
    class_size_override: str | None
    mode_of_training: Mode
    schedule_info: str
    admin_email: str
    vacancy: Vacancy
    venue_id: UUID | None
    cancel_reason: str | None
    created_at: datetime
    sync: SyncBlock
    sessions: list[SessionView]
    trainers: list[LinkedTrainer]
    allowed_actions: list[AllowedAction]
    warnings: list[Notice]
