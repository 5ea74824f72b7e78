"""Tokens for tests: a verifier that knows exactly the callers a test let in."""

import secrets
from uuid import UUID

from libs.access.permissions import Role
from libs.access.principal import Principal
from libs.errors import Unauthenticated
from libs.sources import TimeOrderedIds


class Passes:
    """Stands in for the token verifier; the real one has its own tests in `libs/access`."""

    def __init__(self) -> None:
        self._known: dict[str, Principal] = {}

    def issue(self, *roles: Role, scopes: tuple[str, ...] = (), subject: UUID | None = None) -> str:
        """A token for a caller with these roles (and, for service clients, scopes)."""
        token = secrets.token_urlsafe(16)
        principal = Principal(
            subject=subject or TimeOrderedIds().new(),
            roles=frozenset(roles),
            scopes=frozenset(scopes),
        )
        self._known[token] = principal
        return token

    def principal(self, token: str) -> Principal:
        return self._known[token]

    async def verify(self, token: str) -> Principal:
        try:
            return self._known[token]
        except KeyError:
            raise Unauthenticated("The token is not one of ours.") from None
