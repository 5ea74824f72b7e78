"""Who TPGateway shows at two places at once."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import Presence


async def overlaps(uow: UnitOfWork, run_id: UUID) -> list[tuple[Presence, Presence]]:
    """Presence on this run, each with presence of the same person on another at the same time.

    Sessions are half-open: one that begins when another ends overlaps nothing.
    """
    other = aliased(Presence)
    statement = select(Presence, other).where(
        col(Presence.run_id) == run_id,
        col(other.run_id) != run_id,
        col(other.person) == col(Presence.person),
        col(other.starts_at) < col(Presence.ends_at),
        col(Presence.starts_at) < col(other.ends_at),
    )
    return [(mine, theirs) for mine, theirs in (await uow.session.execute(statement)).all()]
