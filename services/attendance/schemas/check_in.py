from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from libs.contracts.attendance import MarkState
from libs.web.body import Body

Secret = Annotated[str, StringConstraints(min_length=16, max_length=128)]


class CheckInWish(Body):
    """The code on the screen, and who checks in: a personal pass, never an identity number."""

    session_id: UUID
    code: Annotated[str, StringConstraints(min_length=6, max_length=32)]
    personal_pass: Secret = Field(alias="pass", repr=False)
    device: Secret = Field(repr=False)
    """A random word the device made for itself once; kept as a digest that means nothing beyond this session."""


class CheckInOutcome(StrEnum):
    """`wait`: the code was right and the time has not come; read the code again at `opens_at`."""

    WAIT = "wait"
    CHECKED_IN = "checked_in"
    ALREADY = "already"


class CheckInAnswer(BaseModel):
    outcome: CheckInOutcome
    opens_at: datetime
    closes_at: datetime
    state: MarkState | None = None


class PassesWish(Body):
    """For everybody with a seat on the run, or for some of them. A new pass ends the one before."""

    run_id: UUID
    enrolment_ids: list[UUID] = Field(default=[], max_length=500)


class PassView(BaseModel):
    """Shown once: only a digest is kept. It belongs behind the `#` of a link, where no server sees it."""

    enrolment_id: UUID
    personal_pass: str = Field(serialization_alias="pass", repr=False)


class RoomLine(BaseModel):
    enrolment_id: UUID
    attendance_id: UUID
    name: str | None = Field(repr=False)
    state: MarkState
    checked_in_at: datetime | None
    shared_device: bool


class RoomView(BaseModel):
    """What the screen in the room shows: the code of this half minute, and who is still missing.

    `official_record` says whether the record of this session is the Singpass QR of TPGateway, and this code a backup.
    """

    session_id: UUID
    code: str
    changes_at: datetime
    opens_at: datetime
    closes_at: datetime
    official_record: bool
    names_available: bool
    present: list[RoomLine]
    missing: list[RoomLine]
