"""What may be asked about attendance: one person's presence at one session, with exact names and types.

Numbers are numbers here that are text everywhere else, identity types have other codes than in enrolments, and one
key must be there even when it holds nothing.
"""

from typing import Any

from pydantic import Field

from libs.tpgateway.wire import Number, Sent, Whole


class Code(Sent):
    code: str | None = None


class AttendeeNumber(Sent):
    """A mobile phone; the country code is a number without a plus sign."""

    mobile: str | None = Field(default=None, repr=False)
    area_code: Whole | None = Field(default=None, repr=False)
    country_code: Whole | None = Field(default=None, repr=False)


class Attendee(Sent):
    id: str | None = Field(default=None, repr=False)
    name: str | None = Field(default=None, repr=False)
    email: str | None = Field(default=None, repr=False)
    id_type: Code | None = None
    contact_number: AttendeeNumber | None = None
    number_of_hours: Number | None = None
    survey_language: Code | None = None


class Attendance(Sent):
    status: Code | None = None
    trainee: Attendee | None = None


class AttendedCourse(Sent):
    """The capital D is the contract's."""

    session_id: str | None = Field(default=None, alias="sessionID")
    reference_number: str | None = None
    attendance: Attendance | None = None


class UploadAttendance(Sent):
    """Tell one person's attendance. Each upload is a new row: never send it blindly again, and nothing is edited."""

    uen: str | None = None
    corppass_id: str | None = None
    course: AttendedCourse

    def body(self) -> dict[str, Any]:
        """As everywhere, but `areaCode` is sent even when there is none."""
        body = super().body()
        trainee = self.course.attendance.trainee if self.course.attendance else None
        if trainee is not None and trainee.contact_number is not None:
            part = body
            for step in ("course", "attendance", "trainee", "contactNumber"):
                part = part.setdefault(step, {})
            part.setdefault("areaCode", None)
        return body
