"""What is handed out to who has passed, and can be asked about by anybody who holds its code."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from libs.contracts.assessment import CertificateIssued, CertificateRevoked
from libs.database.model import Record, instant, status_column
from services.assessment.errors import AlreadyRevoked
from services.assessment.models.model import Model


class CertificateStatus(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"


class Certificate(Record, Model, table=True):
    """No name stands here: it is asked for when the certificate is printed."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index("certificate_code_key", "code", unique=True),
        Index("certificate_one_valid_key", "enrolment_id", unique=True, postgresql_where=text("status = 'valid'")),
        Index("certificate_run_idx", "run_id", "id"),
        CheckConstraint("(status = 'revoked') = (revoked_at is not null)", name="revoked"),
    )

    enrolment_id: UUID = Field(foreign_key="assessment.enrolment.id")
    run_id: UUID
    code: str = Field(max_length=16, repr=False)
    status: CertificateStatus = status_column(CertificateStatus, CertificateStatus.VALID)
    course_reference: str
    course_title: str
    start_on: date
    end_on: date
    issued_on: date
    revoked_at: datetime | None = instant(default=None, nullable=True)
    revoked_by: str | None = None
    revoke_reason: str | None = None

    def issued(self, reason: str | None = None) -> CertificateIssued:
        return CertificateIssued(
            certificate_id=self.id, enrolment_id=self.enrolment_id, run_id=self.run_id, reason=reason
        )

    def revoke(self, *, at: datetime, by: str, reason: str) -> CertificateRevoked:
        if self.status is CertificateStatus.REVOKED:
            raise AlreadyRevoked(self.id)
        self.status, self.revoked_at, self.revoked_by = CertificateStatus.REVOKED, at, by
        self.revoke_reason = reason
        return CertificateRevoked(
            certificate_id=self.id, enrolment_id=self.enrolment_id, run_id=self.run_id, reason=reason
        )
