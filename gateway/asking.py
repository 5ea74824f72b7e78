"""Questions of the gateway's own to services, on the word of whoever asked it: their token, journey and trace."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from yarl import URL

from gateway.answers import Answer
from gateway.journey import Journey
from gateway.proxy import Proxy, Upstream, failure_kind, upstream_failures
from libs.telemetry.tracing import traceparent_of
from libs.web.documents import MEDIA_TYPE

log = structlog.get_logger()

PATIENCE_S = 10.0
_JSON = "application/json"
_NO_STORE = ((b"cache-control", b"no-store"),)
_FAILED = 400


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service said. One that could not be asked says 503 and why, like one that refuses."""

    service: str
    status: int
    document: Any
    etag: str | None = None

    @property
    def ok(self) -> bool:
        return self.status < _FAILED

    @property
    def error(self) -> dict[str, Any]:
        """Why not, for the list of sources."""
        told = self.document if isinstance(self.document, dict) else {}
        return {
            "status": self.status,
            "code": str(told.get("code", "upstream_unreadable")),
            "detail": str(told.get("detail", "The service gave an answer that cannot be read.")),
        }

    def answer(self) -> Answer:
        """The same answer to the caller."""
        body = json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode()
        etag = ((b"etag", self.etag.encode()),) if self.etag else ()
        return Answer(self.status, body, _JSON if self.ok else MEDIA_TYPE, (*_NO_STORE, *etag))


class Asker:
    """Asks one service one thing, with the patience the proxy has."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(self._proxy.upstreams)

    async def ask(
        self,
        journey: Journey,
        service: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """GET, or POST when there is a body. Never raises for what the service does."""
        upstream = self._proxy.upstreams.get(service)
        if upstream is None:
            return _away(service, "is not known here")
        sent = {**_lineage(journey), **(headers or {})}
        try:
            return await upstream.patience.through(
                lambda: _exchange(upstream, path, query, body, sent), repeatable=lambda: body is None
            )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            kind = failure_kind(error)
            upstream_failures.labels(service, kind).inc()
            log.warning("upstream failed", upstream=service, kind=kind, error=type(error).__name__)
            known = "" if body is None else " Whether it did what was asked is not known: look before you repeat."
            return _away(service, f"is {kind}.{known}")


async def _exchange(
    upstream: Upstream,
    path: str,
    query: Mapping[str, str] | None,
    body: Mapping[str, Any] | None,
    headers: Mapping[str, str],
) -> Reply:
    url = upstream.origin.join(URL.build(path=path, query=query or {}))
    data = None if body is None else json.dumps(body).encode()
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S, sock_connect=upstream.session.timeout.sock_connect)
    method = "GET" if data is None else "POST"
    request = upstream.session.request(method, url, headers=headers, data=data, timeout=timeout, allow_redirects=False)
    async with request as response:
        raw = await response.read()
        document = json.loads(raw) if raw else None
        return Reply(upstream.name, response.status, document, response.headers.get("ETag"))


def _lineage(journey: Journey) -> dict[str, str]:
    return {
        "Authorization": journey.headers.get(b"authorization", b"").decode("latin-1"),
        "Accept": _JSON,
        "Content-Type": _JSON,
        "X-Correlation-Id": journey.correlation_text,
        "traceparent": traceparent_of(journey.span.get_span_context()),
    }


def _away(service: str, how: str) -> Reply:
    document = {"code": "unavailable", "detail": f"The {service} service {how}"}
    return Reply(service, HTTPStatus.SERVICE_UNAVAILABLE, document)
