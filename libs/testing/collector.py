"""An OpenTelemetry collector for tests: takes spans as every process sends them, and can be told to misbehave.

Real to whoever sends: OTLP over HTTP, protobuf, plain or gzip. What it took is kept and found again by trace or by
correlation id.
"""

import gzip
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from libs.telemetry.names import CORRELATION_ID

PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True, slots=True)
class CollectedSpan:
    """One span as it came over the wire."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: str
    start_ns: int
    end_ns: int
    failed: bool
    attributes: dict[str, Any]
    events: tuple[str, ...]
    links: tuple[str, ...]
    resource: dict[str, Any]

    @property
    def service(self) -> str:
        return str(self.resource["service.name"])


class Trouble(StrEnum):
    """How a collector can fail those who send to it."""

    REFUSES = "refuses"
    HANGS = "hangs"


class Collector:
    """Keeps what it is sent, until told to misbehave."""

    def __init__(self) -> None:
        self.endpoint = ""
        self._traces: dict[bytes, list[tuple[dict[str, Any], WireSpan]]] = defaultdict(list)
        self._by_correlation: dict[str, set[bytes]] = defaultdict(set)
        self._trouble: Trouble | None = None
        self._well = threading.Event()
        self._well.set()
        self.failed: set[str] = set()
        """The services that got no good answer since the last trouble began."""

    def of_correlation(self, correlation_id: str) -> list[CollectedSpan]:
        """Every span of every trace that this id has touched, in order of time."""
        return self._read(set(self._by_correlation.get(correlation_id, ())))

    def of_trace(self, trace_id: str) -> list[CollectedSpan]:
        return self._read({bytes.fromhex(trace_id)})

    def everything(self) -> list[CollectedSpan]:
        return self._read(set(self._traces))

    @contextmanager
    def in_trouble(self, trouble: Trouble) -> Iterator[None]:
        """Until the block ends, answer every request with 503, or none at all."""
        self.failed.clear()
        self._well.clear()
        self._trouble = trouble
        try:
            yield
        finally:
            self._trouble = None
            self._well.set()

    def answer(self, body: bytes) -> HTTPStatus:
        """Take one request's spans, or fail it."""
        request, trouble = ExportTraceServiceRequest.FromString(body), self._trouble
        if trouble is None:
            self._keep(request)
            return HTTPStatus.OK
        self.failed |= {_plain(sender.resource.attributes)["service.name"] for sender in request.resource_spans}
        if trouble is Trouble.HANGS:
            self._well.wait()
        return HTTPStatus.SERVICE_UNAVAILABLE

    def _keep(self, request: ExportTraceServiceRequest) -> None:
        for of_process in request.resource_spans:
            resource = _plain(of_process.resource.attributes)
            for span in (span for scope in of_process.scope_spans for span in scope.spans):
                self._traces[span.trace_id].append((resource, span))
                for attribute in span.attributes:
                    if attribute.key == CORRELATION_ID:
                        self._by_correlation[attribute.value.string_value].add(span.trace_id)

    def _read(self, traces: set[bytes]) -> list[CollectedSpan]:
        found = [_span(*kept) for trace in traces for kept in list(self._traces.get(trace, ()))]
        return sorted(found, key=lambda span: span.start_ns)


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens on a loopback port of its own until the block ends."""
    collector = Collector()

    class Handler(_Handler):
        takes = collector

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector.endpoint = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, name="collector", daemon=True)
    serving.start()
    try:
        yield collector
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    takes: Collector

    def do_POST(self) -> None:  # the base class finds it by this name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/v1/traces":
            self._end(HTTPStatus.NOT_FOUND)
        elif self.headers["Content-Type"] != PROTOBUF:
            self._end(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        else:
            plain = gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body
            self._end(self.takes.answer(plain))

    def _end(self, status: HTTPStatus) -> None:
        body = ExportTraceServiceResponse().SerializeToString()
        self.send_response(status)
        self.send_header("Content-Type", PROTOBUF)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Nobody reads who sent what when."""


def _span(resource: dict[str, Any], span: WireSpan) -> CollectedSpan:
    return CollectedSpan(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        name=span.name,
        kind=WireSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        attributes=_plain(span.attributes),
        events=tuple(event.name for event in span.events),
        links=tuple(link.trace_id.hex() for link in span.links),
        resource=resource,
    )


def _plain(attributes: Any) -> dict[str, Any]:
    return {attribute.key: _value(attribute) for attribute in attributes}


def _value(attribute: KeyValue) -> Any:
    value: AnyValue = attribute.value
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind is not None else None
