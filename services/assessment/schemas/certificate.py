"""Certificates as those who issue them see them, and as anybody may ask about them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from libs.contracts.tpg_sync import SyncState
from libs.web.body import Body
from services.assessment.models.certificate import CertificateStatus


class CertificateWish(Body):
    enrolment_id: UUID


class CertificateView(BaseModel):
    """A certificate; `sync_states` tell how far TPGateway holds the results behind it."""

    id: UUID
    version: int
    enrolment_id: UUID
    run_id: UUID
    code: str
    status: CertificateStatus
    course_reference: str
    course_title: str
    start_on: date
    end_on: date
    issued_on: date
    created_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    revoke_reason: str | None
    sync_states: list[SyncState]
    synced: bool


class Standing(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class VerificationView(BaseModel):
    """What anybody may know of a certificate whose code they hold: nothing about a person."""

    standing: Standing
    course_reference: str | None = None
    course_title: str | None = None
    start_on: date | None = None
    end_on: date | None = None
    issued_on: date | None = None
    revoked_on: date | None = None
