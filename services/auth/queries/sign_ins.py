from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.auth.models.sign_in import RefreshToken, SignIn


async def lock_token(uow: UnitOfWork, digest: bytes) -> RefreshToken | None:
    """The token, held until the end: of two uses at once the second sees the first."""
    return await uow.find(RefreshToken, digest, for_update=True)


async def lock_open_sign_ins(uow: UnitOfWork, user_id: UUID) -> list[SignIn]:
    """A person's sign-ins that have not ended, in one order for everybody."""
    wanted = (
        select(SignIn)
        .where(col(SignIn.user_id) == user_id, col(SignIn.ended_at).is_(None))
        .order_by(col(SignIn.id))
        .with_for_update()
    )
    return list(await uow.session.scalars(wanted))
