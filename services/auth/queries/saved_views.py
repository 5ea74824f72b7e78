from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.auth.models.saved_view import SavedView, ViewPage


async def list_views(uow: UnitOfWork, user_id: UUID, *, page: ViewPage | None) -> list[SavedView]:
    """One person's views, by page and name."""
    wanted = select(SavedView).where(col(SavedView.user_id) == user_id)
    if page is not None:
        wanted = wanted.where(col(SavedView.page) == page)
    return list(await uow.session.scalars(wanted.order_by(col(SavedView.page), col(SavedView.name))))


async def count_views(uow: UnitOfWork, user_id: UUID) -> int:
    wanted = select(func.count()).where(col(SavedView.user_id) == user_id)
    return (await uow.session.execute(wanted)).scalar_one()
