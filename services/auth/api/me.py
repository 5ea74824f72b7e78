"""One's own account."""

from fastapi import Response

from libs.access.permissions import Role
from libs.access.principal import Principal
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Unauthenticated
from libs.web.idempotency import without_idempotency
from libs.web.problems import refusal_response
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.auth.api.cookies import drop_cookie
from services.auth.api.doors import AtDesk, Me
from services.auth.commands import users
from services.auth.models.client import Client
from services.auth.models.user import User
from services.auth.passwords import refuse_weak
from services.auth.schemas.user import MeView, OwnPasswordWish

router = Router(prefix="/api/v1/auth/me", tags=["me"])


@router.get("")
async def who_am_i(uow: Uow, caller: Me, desk: AtDesk) -> MeView:
    """Who calls, and what they may do how far: `all`, `masked`, `own`, or `scoped`."""
    if Role.SERVICE in caller.roles:
        client = await _client(uow, caller)
        name, email, kind = client.name, None, "client"
    else:
        email, name = users.open_details(desk.vault, await _user(uow, caller))
        kind = "person"
    return MeView(
        id=caller.subject,
        kind=kind,
        name=name,
        email=email,
        roles=sorted(caller.roles),
        scopes=sorted(caller.scopes),
        permissions=caller.permissions(),
        sign_in_id=caller.sign_in_id,
    )


@router.post("/password", status_code=204, response_model=None)
@without_idempotency("its body holds passwords, and it is safe to repeat")
async def change_own_password(
    uow: Uow, caller: Me, desk: AtDesk, wish: OwnPasswordWish, response: Response
) -> Response | None:
    """A new password, by who knows the present one. Every sign-in ends, this one too: sign in again."""
    password = wish.password.get_secret_value()
    proof = await desk.prove_own(caller.subject, wish.current_password.get_secret_value())
    password_hash = await desk.passwords.hash(password)
    email, name = users.open_details(desk.vault, await _user(uow, caller))
    refuse_weak(password, email=email, name=name)
    refusal = await users.change_own_password(uow, desk.settings, proof, password_hash)
    if refusal is not None:
        return refusal_response(refusal)
    drop_cookie(response, desk.settings)
    return None


async def _user(uow: UnitOfWork, caller: Principal) -> User:
    """The caller's account; an access token may outlive it by minutes."""
    user = await uow.find(User, caller.subject)
    if user is None or not user.active:
        raise Unauthenticated("This account can no longer be used.")
    return user


async def _client(uow: UnitOfWork, caller: Principal) -> Client:
    client = await uow.find(Client, caller.subject)
    if client is None or not client.active:
        raise Unauthenticated("This client can no longer be used.")
    return client
