"""The door of a service: every request gets its journey, its trace, its measure, its log line and its limits here."""

import time

import structlog
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.sources import Ids
from libs.telemetry import names
from libs.telemetry.context import Context, entered, find_current
from libs.telemetry.correlation import read_correlation
from libs.telemetry.metrics import http_in_progress, observe_request
from libs.telemetry.tracing import extract, tracer
from libs.web.body import MIB, limited
from libs.web.problems import unforeseen_response

log = structlog.get_logger()

QUIET = frozenset({"/livez", "/readyz", "/metrics"})
_UNMATCHED = "(unmatched)"
_FAILED = 500
CORRELATION_HEADER = b"x-correlation-id"


class Door:
    """Pure ASGI middleware around one service's app.

    Takes `X-Correlation-Id` when it is a UUID, else makes one, and returns it; continues the caller's W3C trace; keeps
    bodies within the limit; answers what nobody foresaw with a problem and an error in the log.
    """

    def __init__(self, app: ASGIApp, *, service: str, ids: Ids, body_limit: int = MIB) -> None:
        self._app = app
        self._service = service
        self._ids = ids
        self._body_limit = body_limit
        self._tracer = tracer()
        self._in_progress = http_in_progress.labels(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        correlation_id = read_correlation(headers.get("x-correlation-id")) or self._ids.new()
        span = self._tracer.start_span(
            scope["method"],
            context=extract(headers),
            kind=SpanKind.SERVER,
            attributes={names.HTTP_METHOD: scope["method"], names.CORRELATION_ID: str(correlation_id)},
        )
        visit = _Visit(self._service, scope, send, str(correlation_id).encode())
        declared = headers.get("content-length")
        limit = limited(scope, receive, declared.encode() if declared else None, self._body_limit)
        with (
            entered(Context(correlation_id)),
            trace.use_span(span, record_exception=False, set_status_on_exception=False),
            self._in_progress.track_inprogress(),
        ):
            try:
                await self._app(scope, limit, visit.send)
            except Exception:
                log.exception("unforeseen", method=scope["method"], route=visit.route)
                if visit.status is not None:
                    raise  # the answer has begun: only a broken connection can tell the caller
                await unforeseen_response()(scope, receive, visit.send)
            finally:
                visit.finish(span)


class _Visit:
    """One request on its way through."""

    def __init__(self, service: str, scope: Scope, send: Send, correlation_id: bytes) -> None:
        self._service = service
        self._scope = scope
        self._send = send
        self._correlation_id = correlation_id
        self._began = time.perf_counter()
        self.status: int | None = None

    @property
    def route(self) -> str:
        """The route's template: the filled-in path may hold what a log must not."""
        return getattr(self._scope.get("route"), "path_format", _UNMATCHED)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (CORRELATION_HEADER, self._correlation_id)]
        await self._send(message)

    def finish(self, span: Span) -> None:
        seconds = time.perf_counter() - self._began
        method, route, status = self._scope["method"], self.route, self.status or _FAILED
        observe_request(self._service, method, route, status, seconds)
        span.update_name(f"{method} {route}")
        span.set_attribute(names.HTTP_ROUTE, route)
        span.set_attribute(names.HTTP_STATUS, status)
        if status >= _FAILED:
            span.set_status(StatusCode.ERROR)
        principal = self._scope.get("tms.principal")
        actor = {"actor_id": str(principal.subject)} if principal is not None else {}
        if find_current() is not None and principal is not None:
            span.set_attribute(names.ACTOR_ID, actor["actor_id"])
        log.info("http", method=method, route=route, status=status, ms=round(seconds * 1000, 2), **actor)
        span.end()


def _headers(scope: Scope) -> dict[str, str]:
    wanted = (b"x-correlation-id", b"traceparent", b"content-length")
    return {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in wanted}
