"""A service's own token, for calls to its peers: fetched when needed, renewed before it ends."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from pydantic import SecretStr

from libs.errors import Unavailable
from libs.sources import Clock, SystemClock

RENEW_BEFORE = timedelta(seconds=60)


class ClientTokenAuth(httpx.Auth):
    """Adds a client-credentials token to each request; a 401 makes it fetch a new one and try once more."""

    requires_response_body = False

    def __init__(
        self,
        *,
        token_url: str,
        client_id: UUID,
        client_secret: SecretStr,
        clock: Clock | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._token_url = token_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock or SystemClock()
        self._transport = transport
        self._token: str | None = None
        self._renew_at: datetime | None = None
        self._renewing = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        used = await self._current()
        request.headers["Authorization"] = f"Bearer {used}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            if self._token == used:  # else another request has renewed it meanwhile
                self._token = None
            request.headers["Authorization"] = f"Bearer {await self._current()}"
            yield request

    async def _current(self) -> str:
        async with self._renewing:
            if self._token is None or self._renew_at is None or self._clock.now() >= self._renew_at:
                await self._renew()
            if self._token is None:
                raise Unavailable("No service token could be had.")
            return self._token

    async def _renew(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": str(self._client_id),
            "client_secret": self._client_secret.get_secret_value(),
        }
        try:
            async with httpx.AsyncClient(timeout=httpx.Timeout(10, connect=2), transport=self._transport) as client:
                response = await client.post(self._token_url, data=form)
        except httpx.HTTPError:
            raise Unavailable("The token service is away.") from None
        if response.status_code != httpx.codes.OK:
            raise Unavailable(f"The token service refused this service's credentials ({response.status_code}).")
        try:
            answer = response.json()
            token, lifetime = str(answer["access_token"]), timedelta(seconds=int(answer["expires_in"]))
        except (ValueError, KeyError, TypeError):
            raise Unavailable("The token service answered something else than a token.") from None
        self._token = token
        self._renew_at = self._clock.now() + max(lifetime - RENEW_BEFORE, lifetime / 2)
