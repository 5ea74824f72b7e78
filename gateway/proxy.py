"""The way to the services: requests and answers pass through as they come, without being gathered when large."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
import structlog
from multidict import CIMultiDict
from prometheus_client import Counter
from starlette.types import Receive, Scope
from yarl import URL

from gateway.answers import Answer, problem
from gateway.body import ClientGone, ClientSlow, RequestBody, TooLarge
from gateway.compressing import Compressor, compressor_for
from gateway.headers import outgoing, returning
from gateway.journey import Journey
from gateway.patience import BROKEN, Patience
from gateway.routes import Route
from gateway.settings import GatewaySettings
from libs.errors import Unavailable

log = structlog.get_logger()

upstream_failures = Counter("tms_gateway_upstream_failures_total", "Requests a service failed.", ("service", "kind"))

GATHERED_UP_TO = 256 * 1024
"""Answers of known size up to this are passed on in one piece, so that a failure half-way can still be told."""
_REPEATABLE = frozenset({"GET", "HEAD"})


class CutShort(Exception):
    """The service stopped in the middle of an answer that had already begun."""


@dataclass(frozen=True, slots=True)
class Upstream:
    name: str
    origin: URL
    session: aiohttp.ClientSession
    patience: Patience


class Proxy:
    """Sends each request to its service, once; GET and HEAD once more when no answer began.

    While a service is being restarted it refuses connections: requests then wait a moment, whatever they ask.
    """

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._upstreams: dict[str, Upstream] = {}

    async def open(self) -> None:
        """One session for each service, so that one that hangs cannot use up the connections of the others."""
        for name, address in self._settings.peers.items():
            patience = Patience(self._settings.restart_patience)
            self._upstreams[name] = Upstream(name, URL(address), self._session(), patience)

    async def close(self) -> None:
        for upstream in self._upstreams.values():
            await upstream.session.close()

    @property
    def upstreams(self) -> Mapping[str, Upstream]:
        return self._upstreams

    def _session(self) -> aiohttp.ClientSession:
        settings = self._settings
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=settings.connections_per_service, keepalive_timeout=30),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            timeout=aiohttp.ClientTimeout(
                total=None,
                connect=settings.answer_timeout.total_seconds(),
                sock_connect=settings.connect_timeout.total_seconds(),
                sock_read=settings.answer_timeout.total_seconds(),
            ),
        )
        # aiohttp would repeat PUT and DELETE by itself; what changes something is never sent twice here.
        session._retry_connection = False  # noqa: SLF001 - there is no public switch
        return session

    async def forward(self, route: Route, scope: Scope, receive: Receive, journey: Journey) -> None:
        """Pass one request on and its answer back. Raises Unavailable when the service is away."""
        upstream = self._upstreams.get(route.service)
        if upstream is None:
            raise _away(route.service)
        limit = self._settings.import_body_limit if route.large_body else self._settings.body_limit
        body = RequestBody(journey.headers, receive, limit, self._settings.answer_timeout.total_seconds())
        try:
            await self._exchange(upstream, scope, body, journey)
        except (TooLarge, ClientSlow) as failure:
            await journey.answer(wrong_body(failure, limit))
        except (aiohttp.ClientError, OSError) as error:  # timeouts are OSErrors
            if journey.started:
                raise CutShort from error
            if isinstance(body.failure, TooLarge | ClientSlow):
                await journey.answer(wrong_body(body.failure, limit))
            elif isinstance(body.failure, ClientGone):
                raise body.failure from error
            else:
                await self._tell_failure(upstream, error, journey)

    async def _tell_failure(self, upstream: Upstream, error: Exception, journey: Journey) -> None:
        kind = failure_kind(error)
        upstream_failures.labels(upstream.name, kind).inc()
        log.warning("upstream failed", upstream=upstream.name, kind=kind, error=type(error).__name__)
        if kind == "away":
            raise _away(upstream.name) from error
        if kind == "broken":
            raise _broken(upstream.name, journey.method) from error
        if kind == "slow":
            await journey.answer(_slow(upstream.name))
        else:
            detail = f"The {upstream.name} service gave an answer that cannot be read."
            await journey.answer(problem(502, "upstream_unreadable", detail))

    async def _exchange(self, upstream: Upstream, scope: Scope, body: RequestBody, journey: Journey) -> None:
        url = upstream.origin.join(_target(scope))
        headers = outgoing(scope, journey)
        data = await body.open(headers)
        await upstream.patience.through(
            lambda: self._answer(upstream, url, headers, data, body, journey),
            repeatable=lambda: journey.method in _REPEATABLE and not journey.started and data is None,
        )

    async def _answer(
        self,
        upstream: Upstream,
        url: URL,
        headers: CIMultiDict[str],
        data: bytes | AsyncIterator[bytes] | None,
        body: RequestBody,
        journey: Journey,
    ) -> None:
        request = upstream.session.request(journey.method, url, headers=headers, data=data, allow_redirects=False)
        async with request as response:
            passed = returning(response)
            length = response.content_length
            if journey.method == "HEAD":
                await journey.start(response.status, passed)
                await journey.send_body(b"", more=False)
                return
            small = compressor_for(journey.headers, journey.place, response.status, passed)
            if length is not None and length <= GATHERED_UP_TO:
                whole = await response.read()
                if small is not None:
                    whole = small.whole(whole)
                    passed.append((b"content-length", str(len(whole)).encode()))
                await journey.start(response.status, passed)
                await journey.send_body(whole, more=False)
                return
            await journey.start(response.status, passed)
            await _pump(response, body, journey, small)


async def _pump(
    response: aiohttp.ClientResponse, body: RequestBody, journey: Journey, small: Compressor | None
) -> None:
    """Pass a long answer on piece by piece, until it ends or nobody listens."""

    async def pass_on() -> None:
        async for chunk in response.content.iter_any():
            sent = chunk if small is None else small.piece(chunk)
            if sent:
                await journey.send_body(sent, more=True)
        await journey.send_body(b"" if small is None else small.rest(), more=False)

    passing = asyncio.create_task(pass_on())
    listening = asyncio.create_task(body.abandoned())
    try:
        await asyncio.wait((passing, listening), return_when=asyncio.FIRST_COMPLETED)
        if not passing.done():
            raise ClientGone
        await passing
    finally:
        for task in (passing, listening):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


def _target(scope: Scope) -> URL:
    raw_path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return URL.build(path=raw_path.decode("ascii"), query_string=query.decode("ascii", "replace"), encoded=True)


def _away(service: str) -> Unavailable:
    return Unavailable(f"The {service} service is away for the moment.")


def _broken(service: str, method: str) -> Unavailable:
    advice = (
        ""
        if method in _REPEATABLE
        else " Whether it did what you asked is not known: look, or repeat with the same key."
    )
    return Unavailable(f"The {service} service went away before it answered.{advice}")


def _slow(service: str) -> Answer:
    return problem(504, "upstream_slow", f"The {service} service did not answer in time. Look before you repeat.")


def wrong_body(failure: TooLarge | ClientSlow, limit: int) -> Answer:
    # The rest of the body is not read, so this connection cannot be used again.
    close = (b"connection", b"close")
    if isinstance(failure, TooLarge):
        return problem(413, "body_too_large", f"The body may have at most {limit} bytes.", close)
    return problem(408, "body_too_slow", "The body did not arrive in time.", close)


def failure_kind(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return "away"
    if isinstance(error, TimeoutError):
        return "slow"
    return "broken" if isinstance(error, BROKEN) else "unreadable"
