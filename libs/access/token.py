"""Checks access tokens: who calls, proven by auth's signature and nothing else."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self
from uuid import UUID

import httpx
import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.types import Options

from libs.access.principal import Principal, principal_of
from libs.errors import Unauthenticated, Unavailable
from libs.sources import Clock

ALGORITHM = "EdDSA"
REQUIRED = ("iss", "aud", "sub", "exp", "iat", "jti")
LEEWAY = timedelta(seconds=5)
REFETCH_AFTER = timedelta(seconds=10)
RETRY_AFTER = timedelta(seconds=1)
FRESH_FOR = timedelta(minutes=5)
REMEMBERED_TOKENS = 4096

log = structlog.get_logger()


class TokenVerifier(Protocol):
    async def verify(self, token: str) -> Principal:
        """The caller a token proves; raises Unauthenticated, or Unavailable when no keys can be had."""


class KeySource(Protocol):
    async def fetch(self) -> Mapping[str, Any]:
        """The JSON Web Key Set as auth publishes it; raises Unavailable when it cannot be had."""

    async def close(self) -> None: ...


class HttpKeySource:
    """Reads the key set from auth."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(5, connect=2))

    async def fetch(self) -> Mapping[str, Any]:
        try:
            response = await self._client.get(self._url)
            response.raise_for_status()
            document = response.json()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("signing keys could not be fetched", error=type(error).__name__)
            raise Unavailable("Sign-in keys cannot be read at the moment.") from None
        if not isinstance(document, Mapping):
            raise Unavailable("Sign-in keys cannot be read at the moment.")
        return document

    async def close(self) -> None:
        await self._client.aclose()


class JwksVerifier:
    """Verifies EdDSA access tokens against auth's published keys.

    Keys are cached. An unknown key id causes a new fetch, at most every ten seconds (after a failed one every second),
    so that rotation is noticed at once and nobody can make us hammer auth; after five minutes they are fetched anew, so
    that a withdrawn key ends. While auth is away, known keys keep working. A verified token is remembered until it
    expires or the keys change.
    """

    def __init__(self, source: KeySource, *, issuer: str, audience: str, clock: Clock) -> None:
        self._source = source
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._stale_at: datetime | None = None
        self._next_fetch_at: datetime | None = None
        self._fetching = asyncio.Lock()
        self._seen: OrderedDict[bytes, tuple[datetime, Principal]] = OrderedDict()

    @classmethod
    def from_url(cls, url: str, *, issuer: str, audience: str, clock: Clock) -> Self:
        return cls(HttpKeySource(url), issuer=issuer, audience=audience, clock=clock)

    async def close(self) -> None:
        await self._source.close()

    async def verify(self, token: str) -> Principal:
        now = self._clock.now()
        if self._stale_at is not None and self._stale_at <= now and not self._fetching.locked():
            await self._renew_stale()
        digest = hashlib.sha256(token.encode()).digest()
        remembered = self._seen.get(digest)
        if remembered is not None and remembered[0] > now:
            return remembered[1]
        key = await self._key(self._key_id(token))
        claims = self._claims(token, key)
        expires_at = self._check_times(claims, now)
        principal = self._principal(claims)
        self._remember(digest, expires_at, principal)
        return principal

    def _key_id(self, token: str) -> str:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError:
            raise Unauthenticated("The access token cannot be read.") from None
        key_id = header.get("kid")
        if header.get("alg") != ALGORITHM or not isinstance(key_id, str):
            raise Unauthenticated("The access token is not signed the way this system signs.")
        return key_id

    async def _key(self, key_id: str) -> Ed25519PublicKey:
        if key_id not in self._keys:
            await self._refresh()
        try:
            return self._keys[key_id]
        except KeyError:
            raise Unauthenticated("The access token is signed by an unknown key.") from None

    async def _renew_stale(self) -> None:
        """One caller fetches; the others go on with the keys known. Auth being away changes nothing for anybody."""
        with suppress(Unavailable):
            await self._refresh()

    async def _refresh(self) -> None:
        """Fetch the keys unless that was done a moment ago. Raises Unavailable when there are none at all."""
        async with self._fetching:
            now = self._clock.now()
            if self._next_fetch_at is None or self._next_fetch_at <= now:
                await self._fetch(now)
            if not self._keys:
                raise Unavailable("Sign-in keys cannot be read at the moment.")

    async def _fetch(self, now: datetime) -> None:
        self._next_fetch_at = now + RETRY_AFTER
        try:
            keys = _read_keys(await self._source.fetch())
        except Unavailable:
            return  # the source has told; keys known keep working
        self._next_fetch_at, self._stale_at = now + REFETCH_AFTER, now + FRESH_FOR
        if keys.keys() != self._keys.keys():
            self._seen.clear()
        self._keys = keys

    def _claims(self, token: str, key: Ed25519PublicKey) -> Mapping[str, Any]:
        options: Options = {"require": list(REQUIRED), "verify_exp": False, "verify_nbf": False, "verify_iat": False}
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token, key, algorithms=[ALGORITHM], issuer=self._issuer, audience=self._audience, options=options
            )
        except jwt.InvalidTokenError:
            raise Unauthenticated("The access token is not valid here.") from None
        if claims.get("typ") != "access":
            raise Unauthenticated("This is not an access token.")
        return claims

    def _check_times(self, claims: Mapping[str, Any], now: datetime) -> datetime:
        """Times are judged by the injected clock, so that tests and replays decide them."""
        try:
            expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
            begins_at = datetime.fromtimestamp(int(claims.get("nbf", claims["iat"])), UTC)
        except (TypeError, ValueError, OverflowError):
            raise Unauthenticated("The access token's times cannot be read.") from None
        if expires_at <= now:
            raise Unauthenticated("The access token has expired. Sign in again or refresh it.")
        if begins_at - LEEWAY > now:
            raise Unauthenticated("The access token is not valid yet.")
        return expires_at

    def _principal(self, claims: Mapping[str, Any]) -> Principal:
        try:
            return principal_of(
                UUID(claims["sub"]),
                roles=[str(role) for role in claims.get("roles", [])],
                scopes=str(claims.get("scope", "")).split(),
                sign_in_id=UUID(claims["sid"]) if claims.get("sid") else None,
            )
        except (TypeError, ValueError, AttributeError):
            raise Unauthenticated("The access token names no caller.") from None

    def _remember(self, digest: bytes, expires_at: datetime, principal: Principal) -> None:
        self._seen[digest] = (expires_at, principal)
        while len(self._seen) > REMEMBERED_TOKENS:
            self._seen.popitem(last=False)


def _read_keys(document: Mapping[str, Any]) -> dict[str, Ed25519PublicKey]:
    """The Ed25519 keys of a key set by id. Entries of other kinds are not ours to use and are left out."""
    keys: dict[str, Ed25519PublicKey] = {}
    entries = document.get("keys")
    for entry in entries if isinstance(entries, list) else []:
        try:
            key = jwt.PyJWK(entry, algorithm=ALGORITHM)
        except (jwt.PyJWTError, AttributeError):
            log.warning("an entry of the key set is no key")
            continue
        if isinstance(key.key, Ed25519PublicKey) and key.key_id is not None:
            keys[str(key.key_id)] = key.key
    return keys
