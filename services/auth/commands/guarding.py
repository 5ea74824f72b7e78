"""Counts failed attempts for an email and locks it for a while."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.contracts.auth import UserLocked
from libs.database.unit_of_work import UnitOfWork
from services.auth.models.guard import Guard, LockoutPolicy
from services.auth.models.user import User
from services.auth.settings import AuthSettings


def policy_of(settings: AuthSettings) -> LockoutPolicy:
    return LockoutPolicy(
        failures=settings.lockout_failures,
        window=settings.lockout_window,
        first=settings.lockout_first,
        longest=settings.lockout_longest,
        forgotten_after=settings.lockout_forgotten_after,
    )


async def lock_guard(uow: UnitOfWork, email_index: bytes) -> Guard:
    """The email's guard, made if need be and held until the end: attempts made at once are counted one by one."""
    fresh = {"email_index": email_index, "failures": 0, "lockouts": 0, "failed_at": uow.now()}
    made = insert(Guard).values(**fresh)
    # An update that changes nothing: it takes the row's lock and returns the row, whoever made it.
    held = made.on_conflict_do_update(index_elements=["email_index"], set_={"failures": Guard.failures})
    wanted = select(Guard).from_statement(held.returning(Guard)).execution_options(populate_existing=True)
    guard: Guard = (await uow.session.scalars(wanted)).one()
    return guard


def count_failure(uow: UnitOfWork, guard: Guard, user: User | None, policy: LockoutPolicy) -> None:
    """One more failure; when it locks somebody who has an account, that is told."""
    if guard.fail(uow.now(), policy) and user is not None:
        uow.emit(UserLocked(user_id=user.id))
