from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlmodel import col

from libs.contracts.enrolment import EnrolmentStatus
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.enrolment.models.employer import Employer
from services.enrolment.models.enrolment import Enrolment


async def list_employers(
    uow: UnitOfWork, *, text: str | None, after: tuple[str, UUID] | None, limit: int
) -> list[Employer]:
    """Employers by name."""
    wanted = select(Employer).order_by(col(Employer.name), col(Employer.id)).limit(limit)
    if text:
        named = col(Employer.name).icontains(text, autoescape=True)
        wanted = wanted.where(or_(named, col(Employer.uen) == text.strip().upper()))
    if after:
        wanted = wanted.where(tuple_(col(Employer.name), col(Employer.id)) > after)
    return list(await uow.session.scalars(wanted))


async def lock_employer(uow: UnitOfWork, employer_id: UUID) -> Employer:
    """An employer locked for a change; enrolments may still be given to it meanwhile."""
    wanted = (
        select(Employer)
        .where(col(Employer.id) == employer_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    employer = (await uow.session.scalars(wanted)).one_or_none()
    if employer is None:
        raise NotFound("employer", employer_id)
    return employer


async def employers_by_id(uow: UnitOfWork, employer_ids: Iterable[UUID]) -> dict[UUID, Employer]:
    found = await uow.session.scalars(select(Employer).where(col(Employer.id).in_(set(employer_ids))))
    return {employer.id: employer for employer in found}


async def employers_by_uen(uow: UnitOfWork, uens: Collection[str]) -> dict[str, Employer]:
    if not uens:
        return {}
    found = await uow.session.scalars(select(Employer).where(col(Employer.uen).in_(uens)))
    return {employer.uen: employer for employer in found}


async def was_submitted(uow: UnitOfWork, employer_id: UUID) -> bool:
    """Whether TPGateway was ever told of an enrolment with this employer."""
    wanted = (
        select(col(Enrolment.id))
        .where(col(Enrolment.employer_id) == employer_id, col(Enrolment.submitted_at).is_not(None))
        .limit(1)
    )
    return (await uow.session.execute(wanted)).first() is not None


async def lock_sponsored(uow: UnitOfWork, employer_id: UUID) -> list[Enrolment]:
    """Confirmed enrolments this employer pays for, locked in the order of their ids."""
    wanted = (
        select(Enrolment)
        .where(col(Enrolment.employer_id) == employer_id, col(Enrolment.status) == EnrolmentStatus.CONFIRMED)
        .order_by(col(Enrolment.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(await uow.session.scalars(wanted))
