"""The services' logs, read as the gateway itself: a service client with the scope `events:feed`."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from gateway.events.feed import FEED
from gateway.settings import GatewaySettings
from libs.access.client_token import ClientTokenAuth
from libs.errors import Refused
from libs.sources import Clock

CONNECT_S, TOTAL_S = 2.0, 10.0
MOST = 500


class LogAway(Exception):
    """The log cannot be read for now."""


class LogRestored(Exception):
    """The log is another one than the position was given for."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """Events after a position, and the position after them."""

    events: Sequence[Mapping[str, Any]]
    position: str
    caught_up: bool


class PeerFeeds:
    """One client for each service; opened and closed by whoever composes the gateway."""

    def __init__(self, settings: GatewaySettings, clock: Clock) -> None:
        auth = None
        if settings.client_id is not None and settings.client_secret is not None:
            auth = ClientTokenAuth(
                token_url=f"{settings.auth_url}/api/v1/auth/token",
                client_id=settings.client_id,
                client_secret=settings.client_secret,
                clock=clock,
            )
        timeout = httpx.Timeout(TOTAL_S, connect=CONNECT_S)
        self.usable = auth is not None
        self._clients = {
            name: httpx.AsyncClient(base_url=url, auth=auth, timeout=timeout) for name, url in settings.peers.items()
        }

    @property
    def services(self) -> Sequence[str]:
        return tuple(self._clients)

    async def close(self) -> None:
        await asyncio.gather(*(client.aclose() for client in self._clients.values()))

    async def head(self, service: str) -> str:
        """The position after everything committed so far; raises LogAway."""
        return (await self._read(service, {"at_head": "true"})).position

    async def after(self, service: str, position: str) -> LogPage:
        """The next events; raises LogAway, LogRestored."""
        return await self._read(service, {"after": position, "limit": str(MOST)})

    async def _read(self, service: str, query: Mapping[str, str]) -> LogPage:
        try:
            response = await self._clients[service].get(FEED, params=dict(query))
            if response.status_code == httpx.codes.GONE:
                raise LogRestored(service)
            response.raise_for_status()
            told = response.json()
            return LogPage(told["events"], told["next"], told["caught_up"])
        except (httpx.HTTPError, Refused, ValueError, KeyError, TypeError) as error:
            raise LogAway(f"{service}: {type(error).__name__}") from error
