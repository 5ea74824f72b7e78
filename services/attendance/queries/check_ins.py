"""Passes and check-ins."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.attendance.models.check_in import CheckIn, CheckInPass


async def holder_of(uow: UnitOfWork, digest: bytes) -> UUID | None:
    """The enrolment a pass was issued to."""
    wanted = select(col(CheckInPass.enrolment_id)).where(col(CheckInPass.digest) == digest)
    return (await uow.session.execute(wanted)).scalar_one_or_none()


async def check_ins_of(uow: UnitOfWork, session_id: UUID) -> list[CheckIn]:
    wanted = select(CheckIn).where(col(CheckIn.session_id) == session_id).order_by(col(CheckIn.at))
    return list(await uow.session.scalars(wanted))


async def sharing_devices(uow: UnitOfWork, session_id: UUID) -> set[UUID]:
    """Whose device checked in somebody else for the session, too."""
    by_device: dict[bytes, list[UUID]] = {}
    for each in await check_ins_of(uow, session_id):
        if each.device is not None:
            by_device.setdefault(bytes(each.device), []).append(each.enrolment_id)
    return {holder for holders in by_device.values() if len(holders) > 1 for holder in holders}
