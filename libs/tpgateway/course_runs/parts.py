"""The parts of a course run that publish, edit and replies share, exactly as the wire names them."""

from pydantic import Field

from libs.tpgateway.wire import Flag, NumberDay, Sent


class Coded(Sent):
    """A code with the words that belong to it."""

    code: str
    description: str | None = None


class RegistrationDates(Sent):
    opening: NumberDay | None = None
    closing: NumberDay | None = None


class CourseDates(Sent):
    start: NumberDay | None = None
    end: NumberDay | None = None


class RunVenue(Sent):
    block: str | None = None
    street: str | None = None
    floor: str | None = None
    unit: str | None = None
    building: str | None = None
    postal_code: str | None = None
    room: str | None = None
    wheel_chair_access: Flag | None = None


class SessionVenue(RunVenue):
    """A session's place; `primary_venue` tells TPGateway to copy the run's."""

    primary_venue: Flag | None = None


class File(Sent):
    """An attachment; `content` is base64. The capital N is the contract's."""

    name: str = Field(default="", alias="Name")
    content: str = ""


class Provider(Sent):
    uen: str
