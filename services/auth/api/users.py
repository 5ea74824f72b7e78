"""Accounts of people, for administrators; auditors read them masked."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from libs.access.permissions import Permission, Role
from libs.access.principal import Principal
from libs.database.unit_of_work import UnitOfWork
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.idempotency import without_idempotency
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.auth.api.doors import AtDesk, Desk, UserReader
from services.auth.api.views import user_views
from services.auth.commands import users
from services.auth.models.user import EMAIL, User, UserStatus
from services.auth.passwords import refuse_weak
from services.auth.queries.users import find_user_by_email, list_users
from services.auth.schemas.user import (
    FindWish,
    MaybeWhy,
    PasswordWish,
    RolesWish,
    UserPatch,
    UserView,
    UserWish,
    WhyWish,
)

router = Router(prefix="/api/v1/auth/users", tags=["users"])

Admin = Annotated[Principal, allow(Permission.USERS_WRITE)]


@router.get("")
async def show_users(
    uow: Uow,
    caller: UserReader,
    desk: AtDesk,
    paging: PageQuery,
    status: UserStatus | None = None,
    role: Role | None = None,
) -> Page[UserView]:
    """Accounts in the order they were made."""
    found = await list_users(uow, status=status, role=role, after=paging.after_uuid(), limit=paging.limit + 1)
    return page(await user_views(uow, found, desk.vault, caller), paging.limit, key=lambda view: view.id)


@router.post("/find")
@without_idempotency("it changes nothing")
async def find_user(uow: Uow, caller: UserReader, desk: AtDesk, wish: FindWish) -> Page[UserView]:
    """The account with this email, if there is one."""
    found = await find_user_by_email(uow, desk.vault.blind_index(wish.email, purpose=EMAIL))
    views = await user_views(uow, [found] if found else [], desk.vault, caller)
    return page(views, 1, key=lambda view: view.id)


@router.post("", status_code=201)
async def create_user(uow: Uow, caller: Admin, desk: AtDesk, wish: UserWish, response: Response) -> UserView:
    """A new account with a first password."""
    password = wish.password.get_secret_value()
    refuse_weak(password, email=wish.email, name=wish.name)
    password_hash = await desk.passwords.hash(password)
    user = await users.create_user(
        uow, desk.vault, email=wish.email, name=wish.name, roles=wish.roles, password_hash=password_hash
    )
    response.headers["Location"] = f"/api/v1/auth/users/{user.id}"
    return await _shown(uow, user, desk, caller, response)


@router.get("/{user_id}")
async def get_user(uow: Uow, caller: UserReader, desk: AtDesk, user_id: UUID, response: Response) -> UserView:
    return await _shown(uow, await uow.get(User, user_id), desk, caller, response)


@router.patch("/{user_id}")
async def edit_user(
    uow: Uow, caller: Admin, desk: AtDesk, user_id: UUID, patch: UserPatch, version: IfMatch, response: Response
) -> UserView:
    """Change email or name."""
    user = await users.edit_user(uow, desk.vault, user_id, patch, version=version)
    return await _shown(uow, user, desk, caller, response)


@router.put("/{user_id}/roles")
async def change_roles(
    uow: Uow, caller: Admin, desk: AtDesk, user_id: UUID, wish: RolesWish, version: IfMatch, response: Response
) -> UserView:
    """Other roles, for anybody but oneself; they hold from the person's next token on, within minutes."""
    user = await users.change_roles(uow, user_id, wish.roles, wish.reason, version=version)
    return await _shown(uow, user, desk, caller, response)


@router.post("/{user_id}/disable")
async def disable_user(
    uow: Uow, caller: Admin, desk: AtDesk, user_id: UUID, wish: WhyWish, version: IfMatch, response: Response
) -> UserView:
    """No more sign-ins, and running ones end. Never oneself, never the last administrator."""
    user = await users.disable_user(uow, user_id, wish.reason, version=version)
    return await _shown(uow, user, desk, caller, response)


@router.post("/{user_id}/enable")
async def enable_user(
    uow: Uow,
    caller: Admin,
    desk: AtDesk,
    user_id: UUID,
    version: IfMatch,
    response: Response,
    wish: MaybeWhy | None = None,
) -> UserView:
    """Let a disabled person sign in again."""
    user = await users.enable_user(uow, user_id, wish.reason if wish else None, version=version)
    return await _shown(uow, user, desk, caller, response)


@router.post("/{user_id}/unlock")
async def unlock_user(
    uow: Uow,
    caller: Admin,
    desk: AtDesk,
    user_id: UUID,
    version: IfMatch,
    response: Response,
    wish: MaybeWhy | None = None,
) -> UserView:
    """Let somebody try again before the lock of too many failed attempts ends."""
    user = await users.unlock_user(uow, user_id, wish.reason if wish else None, version=version)
    return await _shown(uow, user, desk, caller, response)


@router.post("/{user_id}/password")
async def set_password(
    uow: Uow, caller: Admin, desk: AtDesk, user_id: UUID, wish: PasswordWish, version: IfMatch, response: Response
) -> UserView:
    """A new password for somebody else; their sign-ins end."""
    password = wish.password.get_secret_value()
    email, name = users.open_details(desk.vault, await uow.get(User, user_id))
    refuse_weak(password, email=email, name=name)
    password_hash = await desk.passwords.hash(password)
    user = await users.set_password(uow, user_id, password_hash, wish.reason, version=version)
    return await _shown(uow, user, desk, caller, response)


async def _shown(uow: UnitOfWork, user: User, desk: Desk, caller: Principal, response: Response) -> UserView:
    etag(response, user.version)
    (view,) = await user_views(uow, [user], desk.vault, caller)
    return view
