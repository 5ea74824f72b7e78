"""Who TPGateway shows at two places at once."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.tpg_sync.models import Presence


async def at_two_places(uow: UnitOfWork) -> Sequence[Presence]:
    """Every presence beside which the same person is present on another run at the same time.

    Sessions are half-open: one that begins when another ends overlaps nothing.
    """
    other = aliased(Presence)
    beside = exists().where(
        col(other.run_id) != col(Presence.run_id),
        col(other.person) == col(Presence.person),
        col(other.starts_at) < col(Presence.ends_at),
        col(Presence.starts_at) < col(other.ends_at),
    )
    return (await uow.session.execute(select(Presence).where(beside))).scalars().all()
