"""The token route: HTTP Basic, a form body, nothing else."""

import base64
import binascii
import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from infra.tpg_simulator.world import World

TOKEN_PATH = "/dp-oauth/oauth/token"  # noqa: S105  # a path


class TokenRefused(Exception):
    """RFC 6749 error, with its HTTP status."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def issue_token(world: World, *, method: str, authorization: str, content_type: str, body: bytes) -> dict[str, Any]:
    """Answer a client-credentials request, or raise TokenRefused."""
    if method != "POST":
        raise TokenRefused(405, "invalid_request")
    if not content_type.lower().startswith("application/x-www-form-urlencoded"):
        raise TokenRefused(400, "invalid_request")
    form = parse_qs(body.decode("latin-1"))
    if form.get("grant_type") != ["client_credentials"]:
        raise TokenRefused(400, "unsupported_grant_type")
    client_id, secret = _read_basic(authorization)
    expected = world.client_secrets.get(client_id)
    if expected is None or not hmac.compare_digest(expected.encode(), secret.encode()):
        raise TokenRefused(401, "invalid_client")
    provider = next(client.provider for client in world.seed.oauth_clients if client.client_id == client_id)
    life = timedelta(seconds=world.switches.oauth_expires_in_s)
    token = world.tokens.issue(provider, life)
    return {"access_token": token, "token_type": "Bearer", "expires_in": int(life.total_seconds()), "scope": ""}


def _read_basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise TokenRefused(401, "invalid_client") from None
    if scheme.lower() != "basic":
        raise TokenRefused(401, "invalid_client")
    return unquote_plus(client_id), unquote_plus(secret)
