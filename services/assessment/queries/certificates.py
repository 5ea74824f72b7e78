"""Certificates, within what the caller may see; and what anybody may ask by a code."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.contracts.tpg_sync import SyncState
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.assessment.models.assessment import Assessment
from services.assessment.models.certificate import Certificate, CertificateStatus
from services.assessment.queries.runs import assessed_by


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFilter:
    run_id: UUID | None = None
    enrolment_id: UUID | None = None
    status: CertificateStatus | None = None
    only_user: UUID | None = None


async def get_certificate(uow: UnitOfWork, certificate_id: UUID, *, only_user: UUID | None = None) -> Certificate:
    wanted = select(Certificate).where(col(Certificate.id) == certificate_id)
    if only_user is not None:
        wanted = wanted.where(assessed_by(only_user, Certificate.run_id))
    found = (await uow.session.scalars(wanted)).one_or_none()
    if found is None:
        raise NotFound("certificate", certificate_id)
    return found


async def valid_certificate_of(uow: UnitOfWork, enrolment_id: UUID) -> Certificate | None:
    wanted = select(Certificate).where(
        col(Certificate.enrolment_id) == enrolment_id, col(Certificate.status) == CertificateStatus.VALID
    )
    return (await uow.session.scalars(wanted)).one_or_none()


async def find_by_code(uow: UnitOfWork, code: str) -> Certificate | None:
    return (await uow.session.scalars(select(Certificate).where(col(Certificate.code) == code))).one_or_none()


async def list_certificates(
    uow: UnitOfWork, wanted: CertificateFilter, *, after: UUID | None, limit: int
) -> list[Certificate]:
    """Newest first."""
    query = select(Certificate)
    for column, value in (
        (Certificate.run_id, wanted.run_id),
        (Certificate.enrolment_id, wanted.enrolment_id),
        (Certificate.status, wanted.status),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    if wanted.only_user is not None:
        query = query.where(assessed_by(wanted.only_user, Certificate.run_id))
    if after is not None:
        query = query.where(col(Certificate.id) < after)
    return list(await uow.session.scalars(query.order_by(col(Certificate.id).desc()).limit(limit)))


async def sync_states_of(uow: UnitOfWork, enrolment_ids: Iterable[UUID]) -> dict[UUID, list[SyncState]]:
    """How far TPGateway holds the results that count, for each enrolment."""
    wanted = (
        select(col(Assessment.enrolment_id), col(Assessment.sync_state))
        .where(col(Assessment.enrolment_id).in_(set(enrolment_ids)), col(Assessment.effective))
        .order_by(col(Assessment.skill_code))
    )
    found: dict[UUID, list[SyncState]] = {}
    for enrolment_id, state in await uow.session.execute(wanted):
        found.setdefault(enrolment_id, []).append(state)
    return found
