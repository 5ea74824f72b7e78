"""What TPGateway tells of course runs: the ids of a publish (C1), one run (C4), a course's runs (C5), sessions (C6).

The same run has flat dates in C4 and nested ones in C5; `registration_opens_on` and the like hide the difference.
"""

from datetime import date

from pydantic import Field, field_validator

from libs.tpgateway.envelope import Reply
from libs.tpgateway.reading import read_data
from libs.tpgateway.wire import Seen, SeenDay, SeenTime


class SeenCode(Seen):
    code: str | None = None
    description: str | None = None


class SeenVenue(Seen):
    block: str | None = None
    street: str | None = None
    floor: str | None = None
    unit: str | None = None
    building: str | None = None
    postal_code: str | None = None
    room: str | None = None
    wheel_chair_access: bool | None = None


class SeenRole(Seen):
    id: int | None = None
    description: str | None = None


class SeenRoleLink(Seen):
    role: SeenRole = SeenRole()


class SeenQualification(Seen):
    description: str | None = None
    level: SeenCode | None = Field(default=None, alias="ssecEQA")


class SeenTrainer(Seen):
    """A linked trainer; `id_number` comes masked to its last four characters, or empty."""

    id: str | None = None
    uuid: str | None = None
    index_number: int | None = None
    name: str | None = Field(default=None, repr=False)
    email: str | None = Field(default=None, repr=False)
    id_number: str | None = Field(default=None, repr=False)
    id_type: SeenCode | None = None
    trainer_type: SeenCode | None = None
    roles: tuple[SeenRoleLink, ...] | None = None
    qualifications: tuple[SeenQualification, ...] | None = Field(default=None, alias="ssecEQAs")


class SeenTrainerLink(Seen):
    trainer: SeenTrainer = SeenTrainer()


class _SeenRun(Seen):
    """What both views of a run tell alike."""

    id: str
    schedule_info_type: SeenCode | None = None
    schedule_info: str | None = None
    venue: SeenVenue | None = None
    intake_size: int | None = None
    threshold: int | None = None
    registered_user_count: int | None = None
    mode_of_training: str | None = None
    course_admin_email: str | None = Field(default=None, repr=False)
    course_vacancy: SeenCode | None = None
    qr_code_link: str | None = None
    attendance_taken: bool | None = None
    link_course_run_trainer: tuple[SeenTrainerLink, ...] | None = None


class RunView(_SeenRun):
    """One run by its id (C4)."""

    reference_number: str | None = None
    organization_key: str | None = None
    registration_opens_on: SeenDay = Field(default=None, alias="registrationOpeningDate")
    registration_closes_on: SeenDay = Field(default=None, alias="registrationClosingDate")
    start_on: SeenDay = Field(default=None, alias="courseStartDate")
    end_on: SeenDay = Field(default=None, alias="courseEndDate")


class _Registration(Seen):
    opening: SeenDay = None
    closing: SeenDay = None


class _Course(Seen):
    start: SeenDay = None
    end: SeenDay = None


class ListedRun(_SeenRun):
    """One run in the list of its course (C5)."""

    sequence_number: int | None = None
    registration_dates: _Registration = _Registration()
    course_dates: _Course = _Course()

    @property
    def registration_opens_on(self) -> date | None:
        return self.registration_dates.opening

    @property
    def registration_closes_on(self) -> date | None:
        return self.registration_dates.closing

    @property
    def start_on(self) -> date | None:
        return self.course_dates.start

    @property
    def end_on(self) -> date | None:
        return self.course_dates.end


class SessionView(Seen):
    """One session of a run (C6); the first part of `id` is the external course reference."""

    id: str
    start_date: SeenDay = None
    end_date: SeenDay = None
    start_time: SeenTime = None
    end_time: SeenTime = None
    mode_of_training: str | None = None
    attendance_taken: bool | None = None
    deleted: bool = False
    venue: SeenVenue | None = None

    @field_validator("deleted", mode="before")
    @classmethod
    def _untold_is_no(cls, value: object) -> object:
        return False if value is None else value


class CourseView(Seen):
    """A course with one of its runs (C4)."""

    reference_number: str | None = None
    external_reference_number: str | None = None
    title: str | None = None
    delete_flag: bool | None = None
    expire_flag: bool | None = None
    run: RunView


class _PublishedRun(Seen):
    id: str


class _Published(Seen):
    runs: tuple[_PublishedRun, ...]


class _Viewed(Seen):
    course: CourseView


class _ListedCourse(Seen):
    runs: tuple[ListedRun, ...]


class _Listed(Seen):
    course: _ListedCourse


class _Sessions(Seen):
    sessions: tuple[SessionView, ...]


def published_ids(reply: Reply) -> tuple[str, ...]:
    """The new runs' ids, in the order of the request. Raises UnreadableReply when the reply does not name them."""
    return tuple(run.id for run in read_data(_Published, reply).runs)


def viewed_course(reply: Reply) -> CourseView:
    return read_data(_Viewed, reply).course


def listed_runs(reply: Reply) -> tuple[ListedRun, ...]:
    """One page of a course's runs; 404 is how TPGateway says "none"."""
    return () if reply.says_none else read_data(_Listed, reply).course.runs


def listed_sessions(reply: Reply) -> tuple[SessionView, ...]:
    """One page of a run's sessions; 404 is how TPGateway says "none", of an unknown run as well."""
    return () if reply.says_none else read_data(_Sessions, reply).sessions
