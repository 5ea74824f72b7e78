"""Who asks: the access token is checked here, and again by the service, which alone decides what it allows."""

from typing import Protocol

from libs.access.principal import Principal
from libs.errors import Unauthenticated

_BEARER = b"bearer "


class Verifier(Protocol):
    async def verify(self, token: str) -> Principal:
        """The caller a token proves; raises Unauthenticated."""


async def principal_of(authorization: bytes | None, verifier: Verifier) -> Principal:
    """The caller named by an Authorization header; raises Unauthenticated."""
    if authorization is None or authorization[: len(_BEARER)].lower() != _BEARER:
        raise Unauthenticated("Sign in first: send Authorization: Bearer with an access token.")
    try:
        token = authorization[len(_BEARER) :].decode("ascii").strip()
    except UnicodeDecodeError:
        raise Unauthenticated("The access token cannot be read.") from None
    return await verifier.verify(token)
