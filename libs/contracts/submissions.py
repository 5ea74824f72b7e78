"""The claim check: what an owner hands to tpg-sync when it is about to send, in the domain's own words.

Fetched from `GET /internal/v1/submissions/{record_type}/{record_id}` with a service token. Holds personal data: it is
stored only encrypted and never logged.
"""

from datetime import date, time
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class VenuePart(_Part):
    block: str | None = None
    street: str | None = None
    floor: str | None = None
    unit: str | None = None
    building: str | None = None
    postal_code: str | None = None
    room: str | None = None
    wheelchair_access: bool = False


class TrainerPart(_Part):
    """A trainer as TPGateway wants them: `existing` ones are found by their id number alone."""

    trainer_id: UUID
    existing: bool
    name: str = Field(repr=False)
    email: str = Field(repr=False)
    id_type: str
    id_number: str = Field(repr=False)
    roles: tuple[int, ...]
    domain_area_of_practice: str = ""
    experience: str = ""
    linkedin_url: str = ""
    salutation: int | None = None
    qualifications: tuple[tuple[str, str], ...] = ()


class SessionPart(_Part):
    """Singapore local dates and times; `remote_id` once TPGateway has named it."""

    session_id: UUID
    sequence: int
    start_on: date
    start_time: time
    end_on: date
    end_time: time
    mode_of_training: str
    venue: VenuePart | None = None
    cancelled: bool = False
    remote_id: str | None = None


class RunSubmission(_Part):
    """One course run with its sessions and trainers, as it stands at `revision`."""

    run_id: UUID
    revision: int
    status: str
    course_reference: str
    registration_opens_on: date
    registration_closes_on: date
    start_on: date
    end_on: date
    schedule_info: str
    venue: VenuePart | None = None
    intake_size: int
    threshold: int
    registered_count: int = 0
    mode_of_training: str
    admin_email: str = Field(repr=False)
    vacancy: str
    remote_id: str | None = None
    sessions: tuple[SessionPart, ...] = ()
    trainers: tuple[TrainerPart, ...] = ()
