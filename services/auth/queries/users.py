"""Who has an account, and who is locked out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from libs.access.permissions import Role
from libs.database.unit_of_work import UnitOfWork
from services.auth.models.guard import Guard
from services.auth.models.user import User, UserStatus


async def list_users(
    uow: UnitOfWork, *, status: UserStatus | None, role: Role | None, after: UUID | None, limit: int
) -> list[User]:
    """Accounts in the order they were made: names are stored encrypted, so the database cannot sort by them."""
    wanted = select(User).order_by(col(User.id)).limit(limit)
    if status is not None:
        wanted = wanted.where(col(User.status) == status)
    if role is not None:
        wanted = wanted.where(col(User.roles).contains([role.value]))
    if after is not None:
        wanted = wanted.where(col(User.id) > after)
    return list(await uow.session.scalars(wanted))


async def find_user_by_email(uow: UnitOfWork, email_index: bytes) -> User | None:
    return await uow.session.scalar(select(User).where(col(User.email_index) == email_index))


async def locks_of(uow: UnitOfWork, users: list[User], now: datetime) -> dict[bytes, datetime]:
    """Until when each of these is locked out, by email index; those who are not stay out."""
    wanted = select(col(Guard.email_index), col(Guard.locked_until)).where(
        col(Guard.email_index).in_([user.email_index for user in users]), col(Guard.locked_until) > now
    )
    return {row.email_index: row.locked_until for row in await uow.session.execute(wanted)}


async def count_other_admins(uow: UnitOfWork, user_id: UUID) -> int:
    """Active administrators besides this person."""
    wanted = select(func.count()).where(
        col(User.status) == UserStatus.ACTIVE,
        col(User.roles).contains([Role.ADMIN.value]),
        col(User.id) != user_id,
    )
    return (await uow.session.execute(wanted)).scalar_one()


async def find_guard(uow: UnitOfWork, email_index: bytes) -> Guard | None:
    return await uow.find(Guard, email_index)
