"""Accounts of people. Personal data is sealed before it reaches a row and opened only to be shown."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.access.permissions import Role
from libs.contracts.auth import UserUnlocked
from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Refused
from libs.privacy.vault import Vault
from libs.telemetry.context import current
from services.auth.commands.guarding import count_failure, lock_guard, policy_of
from services.auth.commands.proving import Proof
from services.auth.commands.sign_ins import end_sign_ins
from services.auth.errors import CurrentPasswordWrong, EmailTaken, LastAdmin, NotInState, OwnAccount, SignInLocked
from services.auth.models.sign_in import Ending
from services.auth.models.user import EMAIL, NAME, User
from services.auth.queries.users import count_other_admins
from services.auth.schemas.user import UserPatch
from services.auth.settings import AuthSettings

SEALED = {"email": EMAIL, "name": NAME}


async def create_user(
    uow: UnitOfWork, vault: Vault, *, email: str, name: str, roles: list[Role], password_hash: str
) -> User:
    """A new account. Raises EmailTaken."""
    values = lineage(uow)
    user = User(
        **values,
        **_sealed(vault, values["id"], {"email": email, "name": name}),
        roles=[role.value for role in roles],
        password_hash=password_hash,
    )
    async with refusing(uow, _unique()):
        uow.add(user)
    uow.emit(user.created())
    return user


async def edit_user(uow: UnitOfWork, vault: Vault, user_id: UUID, patch: UserPatch, *, version: int) -> User:
    """Change email or name. Raises EmailTaken."""
    user = await _expected(uow, user_id, version)
    given: dict[str, str] = patch.model_dump(exclude_unset=True)
    changed = {field: new for field, new in given.items() if new != _opened(vault, user, field)}
    if not changed:
        return user
    async with refusing(uow, _unique()):
        event = user.redo(_sealed(vault, user.id, changed), fields=changed)
        user.touch(uow)
    uow.emit(event)
    return user


async def change_roles(uow: UnitOfWork, user_id: UUID, roles: list[Role], reason: str | None, *, version: int) -> User:
    """Other roles from the next refresh on, a few minutes at most. Raises OwnAccount, LastAdmin."""
    _refuse_own(user_id, instead="ask another administrator")
    await _one_at_a_time(uow)
    user = await _expected(uow, user_id, version)
    wanted = [role.value for role in roles]
    if wanted == user.roles:
        return user
    if Role.ADMIN not in roles:
        await _keep_an_admin(uow, user)
    uow.emit(user.take_roles(wanted, reason))
    user.touch(uow)
    return user


async def disable_user(uow: UnitOfWork, user_id: UUID, reason: str, *, version: int) -> User:
    """No more sign-ins, and running ones end. Raises OwnAccount, LastAdmin."""
    _refuse_own(user_id, instead="ask another administrator")
    await _one_at_a_time(uow)
    user = await _expected(uow, user_id, version)
    await _keep_an_admin(uow, user)
    uow.emit(user.disable(reason))
    user.touch(uow)
    await end_sign_ins(uow, user_id, Ending.DISABLED)
    return user


async def enable_user(uow: UnitOfWork, user_id: UUID, reason: str | None, *, version: int) -> User:
    user = await _expected(uow, user_id, version)
    uow.emit(user.enable(reason))
    user.touch(uow)
    return user


async def unlock_user(uow: UnitOfWork, user_id: UUID, reason: str | None, *, version: int) -> User:
    """Let somebody try again before their lock ends."""
    user = await _expected(uow, user_id, version)
    guard = await lock_guard(uow, user.email_index)
    if guard.left(uow.now()) is None:
        raise NotInState("account", "not locked", allowed="nothing to do")
    guard.clear()
    uow.emit(UserUnlocked(user_id=user.id, reason=reason))
    return user


async def set_password(uow: UnitOfWork, user_id: UUID, password_hash: str, reason: str | None, *, version: int) -> User:
    """A password an administrator chose for somebody else; running sign-ins end. Raises OwnAccount."""
    _refuse_own(user_id, instead="POST auth/me/password")
    user = await _expected(uow, user_id, version)
    return await _take_password(uow, user, password_hash, reason)


async def change_own_password(
    uow: UnitOfWork, settings: AuthSettings, proof: Proof, password_hash: str
) -> Refused | None:
    """Take a new password from who knows the present one; every sign-in ends, this one too.

    A refusal is returned: a stolen token must not be good for guessing, so the failure counts towards the lock.
    """
    user = await uow.get(User, proof.user_id, for_update=True)
    guard = await lock_guard(uow, proof.email_index)
    left = guard.left(uow.now())
    if left is not None:
        return SignInLocked(left)
    if not proof.holds_for(user):
        count_failure(uow, guard, user, policy_of(settings))
        return CurrentPasswordWrong()
    await _take_password(uow, user, password_hash, None)
    return None


def open_details(vault: Vault, user: User) -> tuple[str, str]:
    """Email and name in clear."""
    return _opened(vault, user, "email"), _opened(vault, user, "name")


async def _take_password(uow: UnitOfWork, user: User, password_hash: str, reason: str | None) -> User:
    uow.emit(user.take_password(password_hash, reason))
    user.touch(uow)
    await end_sign_ins(uow, user.id, Ending.PASSWORD_CHANGED)
    return user


async def _expected(uow: UnitOfWork, user_id: UUID, version: int) -> User:
    user = await uow.get(User, user_id, for_update=True)
    user.expect(version)
    return user


def _refuse_own(user_id: UUID, *, instead: str) -> None:
    if current().actor_id == str(user_id):
        raise OwnAccount(instead)


async def _one_at_a_time(uow: UnitOfWork) -> None:
    """Two administrators who remove each other at once must not both find the other still there."""
    await uow.session.execute(text("select pg_advisory_xact_lock(hashtext('auth.admins'))"))


async def _keep_an_admin(uow: UnitOfWork, user: User) -> None:
    if user.administers and await count_other_admins(uow, user.id) == 0:
        raise LastAdmin


def _sealed(vault: Vault, user_id: UUID, personal: dict[str, str]) -> dict[str, Any]:
    sealed: dict[str, Any] = {
        f"{field}_sealed": vault.seal(plain, purpose=SEALED[field], subject=user_id)
        for field, plain in personal.items()
    }
    if "email" in personal:
        sealed["email_index"] = vault.blind_index(personal["email"], purpose=EMAIL)
    return sealed


def _opened(vault: Vault, user: User, field: str) -> str:
    return vault.open(getattr(user, f"{field}_sealed"), purpose=SEALED[field], subject=user.id)


def _unique() -> dict[str, Refused]:
    return {"user_account_email_index_key": EmailTaken()}
