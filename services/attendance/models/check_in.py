"""How people check themselves in: by a personal pass and the code on the room's screen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field

from libs.contracts.attendance import CheckInPassIssued
from libs.database.model import instant
from services.attendance.models.model import Model


class CheckInPass(Model, table=True):
    """A random secret of one enrolment, of which only a keyed digest is kept. A new one ends the one before."""

    __tablename__ = "check_in_pass"
    __table_args__ = (Index("check_in_pass_digest_key", "digest", unique=True),)

    enrolment_id: UUID = Field(primary_key=True, foreign_key="attendance.seat.id")
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    issued_at: datetime = instant(nullable=False)
    issued_by: str

    def issued(self, run_id: UUID) -> CheckInPassIssued:
        return CheckInPassIssued(enrolment_id=self.enrolment_id, run_id=run_id)


class CheckIn(Model, table=True):
    """One check-in, and the device it came from as a keyed digest, until the person is erased."""

    __tablename__ = "check_in"
    __table_args__ = (
        Index("check_in_device_idx", "session_id", "device"),
        Index("check_in_enrolment_idx", "enrolment_id"),
    )

    session_id: UUID = Field(primary_key=True, foreign_key="attendance.session.id")
    enrolment_id: UUID = Field(primary_key=True, foreign_key="attendance.seat.id")
    at: datetime = instant(nullable=False)
    device: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
