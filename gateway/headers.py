"""Headers on their way through: what belongs to one connection stays there, and nobody else speaks for us."""

import aiohttp
from multidict import CIMultiDict
from starlette.types import Scope

from gateway.answers import API_POLICY, Headers
from gateway.journey import Journey
from libs.telemetry.tracing import traceparent_of

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_REPLACED = frozenset(
    {
        b"host",
        b"content-length",
        b"expect",
        b"forwarded",
        b"traceparent",
        b"x-correlation-id",
        b"x-real-ip",
    }
)
_FREE_TEXT = frozenset({b"tracestate", b"baggage"})
"""What tracing would carry on to everyone, down to TPGateway, whatever a caller has put in it."""
_OURS_TO_SAY = frozenset({b"date", b"server", b"x-correlation-id", b"x-trace-id", b"content-security-policy"})


def outgoing(scope: Scope, journey: Journey) -> CIMultiDict[str]:
    """The caller's headers without what is this connection's or what only we may say, and with our own."""
    named = _named_by_connection(journey.headers.get(b"connection"))
    headers: CIMultiDict[str] = CIMultiDict()
    for name, value in scope["headers"]:
        if name in _HOP_BY_HOP or name in _REPLACED or name in named or name.startswith(b"x-forwarded-"):
            continue
        if name in _FREE_TEXT:
            continue
        headers.add(name.decode("latin-1"), value.decode("latin-1"))
    client = scope.get("client")
    headers["X-Forwarded-For"] = client[0] if client else "unknown"
    headers["X-Forwarded-Proto"] = scope["scheme"]
    headers["X-Forwarded-Host"] = journey.headers.get(b"host", b"").decode("latin-1")
    headers["X-Correlation-Id"] = journey.correlation_text
    headers["traceparent"] = traceparent_of(journey.span.get_span_context())
    return headers


def returning(response: aiohttp.ClientResponse) -> Headers:
    """The service's headers without what is that connection's, and with a policy; by default nothing is kept."""
    raw = response.raw_headers
    named = _named_by_connection(response.headers.get("Connection", "").encode("latin-1"))
    passed: Headers = []
    says_cache = False
    for name, value in raw:
        lower = name.lower()
        if lower in _HOP_BY_HOP or lower in _OURS_TO_SAY or lower in named:
            continue
        says_cache = says_cache or lower == b"cache-control"
        passed.append((lower, value))
    if not says_cache:
        passed.append((b"cache-control", b"no-store"))
    passed.append((b"content-security-policy", API_POLICY))
    return passed


def _named_by_connection(value: bytes | None) -> frozenset[bytes]:
    if not value or value.lower() in (b"keep-alive", b"close"):
        return frozenset()
    return frozenset(name.strip().lower() for name in value.split(b","))


_SINGLE = frozenset({b"authorization", b"content-length", b"content-type", b"host", b"idempotency-key", b"if-match"})


def repeated(raw: Headers) -> bool:
    """Whether a header that must stand once stands twice: we and the service might each believe another one."""
    names = [name for name, _ in raw if name in _SINGLE]
    return len(names) != len(set(names))
