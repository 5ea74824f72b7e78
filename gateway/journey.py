"""One request on its way through the gateway: its ids, its trace, its measure and its one log line."""

import time
from uuid import UUID

from opentelemetry.context import Context as TraceContext
from opentelemetry.trace import Span, SpanKind, StatusCode
from starlette.types import Message, Scope, Send

from gateway.answers import SECURITY, Answer
from libs.sources import Ids
from libs.telemetry import names
from libs.telemetry.correlation import read_correlation
from libs.telemetry.lines import Lines
from libs.telemetry.metrics import observe_request
from libs.telemetry.tracing import extract, tracer

NAME = "gateway"
_FAILED = 500
_UNMATCHED = "(unmatched)"
_ENDS = ((b"connection", b"close"),)


class Journey:
    """Made when a request arrives, finished when its answer has left; the `last` one of its connection says so."""

    def __init__(self, scope: Scope, send: Send, ids: Ids, *, last: bool = False) -> None:
        self._began = time.perf_counter()
        self._last = last
        self._send = send
        self.method: str = scope["method"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.correlation_id: UUID = read_correlation(self._text(b"x-correlation-id")) or ids.new()
        self.correlation_text = str(self.correlation_id)
        self.place = _UNMATCHED
        self.service: str | None = None
        self.actor_id: str | None = None
        self.status = _FAILED
        self.started = False
        self.span: Span = tracer().start_span(self.method, context=self._incoming_trace(), kind=SpanKind.SERVER)

    def _text(self, name: bytes) -> str | None:
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def _incoming_trace(self) -> TraceContext:
        traceparent = self._text(b"traceparent")
        if traceparent is None:
            return TraceContext()
        return extract({"traceparent": traceparent})

    @property
    def trace_id(self) -> str:
        return f"{self.span.get_span_context().trace_id:032x}"

    async def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Begin the answer; every answer gets the security headers and the ids by which it is found again."""
        self.status, self.started = status, True
        ids = ((b"x-correlation-id", self.correlation_text.encode()), (b"x-trace-id", self.trace_id.encode()))
        ends = _ENDS if self._last else ()
        await self._send(
            {"type": "http.response.start", "status": status, "headers": [*headers, *SECURITY, *ids, *ends]}
        )

    async def send_body(self, chunk: bytes, *, more: bool) -> None:
        message: Message = {"type": "http.response.body", "body": chunk, "more_body": more}
        await self._send(message)

    async def answer(self, answer: Answer) -> None:
        await self.start(answer.status, answer.all_headers())
        await self.send_body(b"" if self.method == "HEAD" else answer.body, more=False)

    def finish(self, log: Lines) -> None:
        """Count, trace and log the request. Paths are named by their prefix: they may hold what a log must not."""
        seconds = time.perf_counter() - self._began
        observe_request(NAME, self.method, self.place, self.status, seconds)
        span = self.span
        span.update_name(f"{self.method} {self.place}")
        span.set_attributes(self._attributes())
        if self.status >= _FAILED:
            span.set_status(StatusCode.ERROR)
        span.end()
        log.add(
            "http",
            method=self.method,
            route=self.place,
            upstream=self.service,
            status=self.status,
            ms=round(seconds * 1000, 2),
            actor_id=self.actor_id,
            correlation_id=self.correlation_text,
            trace_id=self.trace_id,
        )

    def _attributes(self) -> dict[str, str | int]:
        attributes: dict[str, str | int] = {
            names.HTTP_METHOD: self.method,
            names.HTTP_ROUTE: self.place,
            names.HTTP_STATUS: self.status,
            names.CORRELATION_ID: self.correlation_text,
        }
        if self.service is not None:
            attributes[names.PEER_SERVICE] = self.service
        if self.actor_id is not None:
            attributes[names.ACTOR_ID] = self.actor_id
        return attributes
