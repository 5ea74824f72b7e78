"""What need not be kept: sign-ins long over, and counters of attempts long past."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.auth.models.guard import Guard
from services.auth.models.sign_in import SignIn

SIGN_INS_KEPT = timedelta(days=30)
BATCH = 1000


async def forget_sign_ins(uow: UnitOfWork) -> int:
    """Delete sign-ins a month past their end, with their tokens; the events of them stay. Returns how many."""
    over = (
        select(col(SignIn.id))
        .where(col(SignIn.expires_at) < uow.now() - SIGN_INS_KEPT)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = await uow.session.execute(delete(SignIn).where(col(SignIn.id).in_(over)).returning(col(SignIn.id)))
    return len(gone.all())


async def forget_guards(uow: UnitOfWork, after: timedelta) -> int:
    """Delete counters nobody has added to for so long that they would begin anew. Returns how many."""
    over = (
        select(col(Guard.email_index))
        .where(col(Guard.failed_at) < uow.now() - after)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    gone = await uow.session.execute(
        delete(Guard).where(col(Guard.email_index).in_(over)).returning(col(Guard.email_index))
    )
    return len(gone.all())
