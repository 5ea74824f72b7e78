"""Whether the gateway is up, and which services it can reach."""

import asyncio
import json
import time

import aiohttp

from gateway.answers import Answer
from gateway.proxy import Proxy, Upstream

PATIENCE_S = 2.0
KEPT_S = 1.0
_JSON = "application/json"
_NO_STORE = ((b"cache-control", b"no-store"),)


def alive() -> Answer:
    return Answer(200, b'{"status":"up"}', _JSON, _NO_STORE)


class Readiness:
    """Asks every service whether it is ready, at most once a second.

    200 `ready` when all are; 200 `degraded` when some are, because those still serve; 503 `away` when none is, or when
    auth is not: without it nobody new can sign in.
    """

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._asking = asyncio.Lock()
        self._kept: tuple[float, Answer] | None = None

    async def answer(self) -> Answer:
        async with self._asking:
            if self._kept is None or time.monotonic() - self._kept[0] > KEPT_S:
                self._kept = (time.monotonic(), await self._ask())
            return self._kept[1]

    async def _ask(self) -> Answer:
        upstreams = self._proxy.upstreams
        outcomes = await asyncio.gather(*(_ready(upstream) for upstream in upstreams.values()))
        ready = dict(zip(upstreams, outcomes, strict=True))
        serves = any(outcomes) and ready.get("auth", True)
        status = "away" if not serves else "ready" if all(outcomes) else "degraded"
        services = {name: "ready" if fine else "away" for name, fine in ready.items()}
        body = json.dumps({"status": status, "services": services}).encode()
        return Answer(200 if serves else 503, body, _JSON, _NO_STORE)


async def _ready(upstream: Upstream) -> bool:
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    try:
        async with upstream.session.get(upstream.origin.with_path("/readyz"), timeout=timeout) as response:
            return response.status < 300  # noqa: PLR2004 - any success
    except (aiohttp.ClientError, OSError):
        return False
