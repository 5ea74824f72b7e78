"""Hands out access tokens, signed with the active key."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from libs.database.unit_of_work import UnitOfWork
from libs.errors import Unavailable
from libs.privacy.vault import Vault
from services.auth.models.signing_key import PRIVATE_KEY
from services.auth.queries.keys import find_active_key
from services.auth.settings import AuthSettings
from services.auth.tokens import AccessClaims, sign


@dataclass(frozen=True, slots=True)
class Issued:
    """What a successful token request hands out; never logged."""

    access_token: str = field(repr=False)
    expires_in: timedelta
    refresh_token: str | None = field(default=None, repr=False)
    refresh_expires_in: timedelta | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issuer:
    """Signs for one service process. Keys are read anew each time, so that a rotation holds from its commit on."""

    vault: Vault = field(repr=False)
    settings: AuthSettings = field(repr=False)

    async def access_token(
        self,
        uow: UnitOfWork,
        *,
        subject: UUID,
        roles: list[str],
        scopes: tuple[str, ...] = (),
        sign_in_id: UUID | None = None,
    ) -> str:
        """A token for the subject; raises Unavailable before the first key exists."""
        key = await find_active_key(uow)
        if key is None or key.private_sealed is None:
            raise Unavailable("There is no signing key yet.")
        claims = AccessClaims(
            issuer=self.settings.issuer,
            audience=self.settings.audience,
            subject=subject,
            token_id=uow.new_id(),
            issued_at=uow.now(),
            lifetime=self.settings.access_token_lifetime,
            roles=tuple(roles),
            scopes=scopes,
            sign_in_id=sign_in_id,
        )
        private = self.vault.open(key.private_sealed, purpose=PRIVATE_KEY, subject=key.id)
        return sign(claims, key_id=key.id, private=private)
