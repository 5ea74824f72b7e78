"""Who enters by which door, and the parts of the service that routes use."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Request

from libs.access.permissions import Grant, Permission
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.web.guard import allow
from services.auth.commands.issuing import Issuer
from services.auth.commands.proving import Proof, prove_by_email, prove_by_id
from services.auth.models.user import EMAIL
from services.auth.passwords import Passwords, passwords_for
from services.auth.settings import AuthSettings

UserReader = Annotated[Principal, allow(Permission.USERS_VIEW)]
Me = Annotated[Principal, allow(Permission.SELF)]


class Desk:
    """What this process works with, at hand for one request."""

    def __init__(self, runtime: Runtime[AuthSettings]) -> None:
        self._units = runtime.units
        self.settings = runtime.settings
        self.vault = runtime.vault
        self.issuer = Issuer(runtime.vault, runtime.settings)
        self.passwords: Passwords = passwords_for(runtime.settings)

    async def prove(self, email: str, password: str) -> Proof:
        """Check a password in units of its own, so that the request's transaction is not held up by hashing."""
        index = self.vault.blind_index(email, purpose=EMAIL)
        return await prove_by_email(self._units, self.passwords, index, password)

    async def prove_own(self, user_id: UUID, password: str) -> Proof:
        return await prove_by_id(self._units, self.passwords, user_id, password)


async def _desk(request: Request) -> Desk:
    return Desk(cast("Runtime[Any]", request.app.state.runtime))


AtDesk = Annotated[Desk, Depends(_desk)]


def hides(caller: Principal) -> bool:
    """Whether this caller sees personal data only masked."""
    return caller.grant(Permission.USERS_VIEW) is not Grant.ALL
