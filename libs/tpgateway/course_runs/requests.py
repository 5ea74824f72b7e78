"""What may be asked about course runs: publish (C1), edit (C2) and delete (C3), with exact names and types.

    PublishRequest.of("TGS-2026000123", "197401143C", NewRun(...)).body()

A wrong value can be held, so that `rules` can say what is wrong with it; a wrong name or type cannot.
"""

from typing import Literal, Self

from pydantic import Field

from libs.tpgateway.course_runs.parts import (
    Coded,
    CourseDates,
    File,
    Provider,
    RegistrationDates,
    RunVenue,
    SessionVenue,
)
from libs.tpgateway.course_runs.trainers import TrainerLink
from libs.tpgateway.wire import ClockTime, Flag, Sent, TextDay, Whole


class Session(Sent):
    """A block of time that a run is to have."""

    start_date: TextDay
    end_date: TextDay
    start_time: ClockTime
    end_time: ClockTime
    mode_of_training: str
    venue: SessionVenue | None = None


class SessionEdit(Sent):
    """A session in an edit: without `action` (or with `add`) a new one, else one that `session_id` names."""

    action: str | None = None
    session_id: str | None = None
    start_date: TextDay | None = None
    end_date: TextDay | None = None
    start_time: ClockTime | None = None
    end_time: ClockTime | None = None
    mode_of_training: str | None = None
    venue: SessionVenue | None = None


class RunFields(Sent):
    """What publish and edit tell of a run. In an edit, what is absent stays as it is; trainers do not."""

    registration_dates: RegistrationDates | None = None
    course_dates: CourseDates | None = None
    schedule_info_type: Coded | None = None
    schedule_info: str | None = None
    venue: RunVenue | None = None
    intake_size: Whole | None = None
    threshold: Whole | None = None
    registered_user_count: Whole | None = None
    mode_of_training: str | None = None
    course_admin_email: str | None = Field(default=None, repr=False)
    course_vacancy: Coded | None = None
    file: File | None = None
    to_append_course_application_url: Flag | None = Field(default=None, alias="toAppendCourseApplicationURL")
    course_application_url: str | None = None
    not_shown_to_public: Flag | None = None
    link_course_run_trainer: tuple[TrainerLink, ...] | None = None


class NewRun(RunFields):
    """A run to publish; `sequence_number` is its place in the call, echoed in error messages."""

    sequence_number: Whole | None = None
    sessions: tuple[Session, ...] | None = None


class RunEdit(RunFields):
    """A change to a run. `link_course_run_trainer` replaces the whole list: left out, the run loses its trainers."""

    action: Literal["update"] = "update"
    sessions: tuple[SessionEdit, ...] | None = None


class RunRemoval(Sent):
    action: Literal["delete"] = "delete"


class PublishedCourse(Sent):
    course_reference_number: str
    training_provider: Provider
    runs: tuple[NewRun, ...]


class EditedCourse(Sent):
    course_reference_number: str
    training_provider: Provider
    run: RunEdit


class CourseOfRemoval(Sent):
    course_reference_number: str
    training_provider: Provider
    run: RunRemoval = RunRemoval()


class PublishRequest(Sent):
    """Make runs exist, with their sessions and trainers. The reply names them in this order."""

    course: PublishedCourse

    @classmethod
    def of(cls, course_reference: str, uen: str, *runs: NewRun) -> Self:
        provider = Provider(uen=uen)
        course = PublishedCourse(course_reference_number=course_reference, training_provider=provider, runs=runs)
        return cls(course=course)


class EditRequest(Sent):
    """Bring a run that exists to another state."""

    course: EditedCourse

    @classmethod
    def of(cls, course_reference: str, uen: str, run: RunEdit) -> Self:
        provider = Provider(uen=uen)
        return cls(course=EditedCourse(course_reference_number=course_reference, training_provider=provider, run=run))


class DeleteRequest(Sent):
    """Take a run back, all its sessions with it."""

    course: CourseOfRemoval

    @classmethod
    def of(cls, course_reference: str, uen: str) -> Self:
        provider = Provider(uen=uen)
        return cls(course=CourseOfRemoval(course_reference_number=course_reference, training_provider=provider))
