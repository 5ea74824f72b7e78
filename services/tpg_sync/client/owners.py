"""Asks the owners of records for their claim checks, with this service's own token and the journey's trace.

Reads at the pace of sending need a light client: aiohttp takes a tenth of httpx's CPU a request here. The peers'
address and way of proving who we are come from the runtime's httpx clients, so there is one source for both.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

import aiohttp
import httpx
from yarl import URL

from libs.errors import Unavailable
from libs.telemetry.context import find_current
from libs.telemetry.tracing import inject

TOTAL_S: Final = 10.0
CONNECT_S: Final = 2.0


class OwnerUnreachable(Unavailable):
    """It could not be asked; the message names the kind of trouble only."""

    code = "owner_unreachable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an owner said; the content may hold personal data."""

    status: int
    content: bytes = field(repr=False)


class Owners:
    """One connection pool for all owners; use as an async context."""

    def __init__(self, peers: Mapping[str, httpx.AsyncClient]) -> None:
        self._peers = peers
        self._open: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._open = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=TOTAL_S, sock_connect=CONNECT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trail: TracebackType | None
    ) -> None:
        if self._open is not None:
            await self._open.close()

    async def ask(self, owner: str, path: str) -> Answer:
        """GET one path of one owner; raises OwnerUnreachable when no answer came."""
        return await self._exchange(owner, path, None)

    async def send(self, owner: str, path: str, body: bytes) -> Answer:
        """POST a JSON question that changes nothing, for what may not stand in an address; else like `ask`."""
        return await self._exchange(owner, path, body)

    async def _exchange(self, owner: str, path: str, body: bytes | None) -> Answer:
        peer = self._peers.get(owner)
        if peer is None:
            raise OwnerUnreachable("not_configured")
        address = URL(f"{str(peer.base_url).rstrip('/')}{path}", encoded=True)
        request = httpx.Request("GET", peer.base_url, headers=_lineage())  # carries headers; its URL is not used
        try:
            return await self._authorised(address, request, peer.auth, body)
        except (aiohttp.ClientError, TimeoutError, OSError, Unavailable) as error:
            raise OwnerUnreachable(type(error).__name__.lower()) from None

    async def _authorised(
        self, address: URL, request: httpx.Request, auth: httpx.Auth | None, body: bytes | None
    ) -> Answer:
        """Drive the peer's own way of authorising; it may ask for a second try with a fresh token."""
        if auth is None:
            return await self._call(address, request, body)
        flow: AsyncGenerator[httpx.Request, httpx.Response] = auth.async_auth_flow(request)
        outgoing = await anext(flow)
        while True:
            answer = await self._call(address, outgoing, body)
            try:
                outgoing = await flow.asend(httpx.Response(answer.status, request=outgoing))
            except StopAsyncIteration:
                return answer

    async def _call(self, address: URL, request: httpx.Request, body: bytes | None) -> Answer:
        if self._open is None:
            message = "owners are asked outside `async with`"
            raise RuntimeError(message)
        kept = {name: value for name, value in request.headers.items() if name != "host"}
        if body is not None:
            kept["content-type"] = "application/json"
        method = "GET" if body is None else "POST"
        async with self._open.request(method, address, headers=kept, data=body, allow_redirects=False) as response:
            return Answer(response.status, await response.read())


def _lineage() -> dict[str, str]:
    headers: dict[str, str] = {}
    inject(headers)
    context = find_current()
    if context is not None:
        headers["X-Correlation-Id"] = str(context.correlation_id)
    return headers
