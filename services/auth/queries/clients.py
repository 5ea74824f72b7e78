from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.auth.models.client import Client, ClientStatus


async def list_clients(uow: UnitOfWork, *, status: ClientStatus | None, after: UUID | None, limit: int) -> list[Client]:
    wanted = select(Client).order_by(col(Client.id)).limit(limit)
    if status is not None:
        wanted = wanted.where(col(Client.status) == status)
    if after is not None:
        wanted = wanted.where(col(Client.id) > after)
    return list(await uow.session.scalars(wanted))
