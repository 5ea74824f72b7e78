from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from services.attendance.models.policy import Policy


async def policy_in_force(uow: UnitOfWork) -> Policy:
    """The numbers that hold on today's Singapore date; the first migration laid down the first version."""
    today = singapore_day(uow.now())
    wanted = (
        select(Policy).where(col(Policy.effective_from) <= today).order_by(col(Policy.effective_from).desc()).limit(1)
    )
    return (await uow.session.scalars(wanted)).one()


async def list_policies(uow: UnitOfWork) -> list[Policy]:
    """Every version, the latest to begin first; there are few."""
    return list(await uow.session.scalars(select(Policy).order_by(col(Policy.effective_from).desc())))
