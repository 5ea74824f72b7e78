"""Traces: one provider for the process, W3C context in and out, spans to OTLP or to a file of JSON lines.

Of the W3C context `traceparent` alone is taken and given. `tracestate` and `baggage` are free text of whoever calls:
taken over, they would reach spans, events, the audit log and TPGateway with whatever stands in them.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanContext, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from libs.telemetry.names import SCOPE

log = structlog.get_logger()

TRACEPARENT = "traceparent"
_LONGEST_PARENT = 128
FILE_LIMIT = 64 * 1024 * 1024
_QUEUE, _BATCH, _DELAY_MS = 16_384, 1_024, 1_000
LAST_SPANS_S = 5.0
"""So long a process that ends waits for its last spans to be taken; a collector that hangs holds nobody back."""
_json = json.JSONEncoder(default=str, separators=(",", ":"), check_circular=False).encode
_propagator = TraceContextTextMapPropagator()


def configure_tracing(
    service: str, telemetry_dir: str = "", otlp_endpoint: str = "", *, version: str = "development"
) -> Callable[[], None]:
    """Send this process's spans to OTLP when an endpoint is set, else to `<telemetry_dir>/spans-<service>.jsonl`.

    With neither, spans are made (ids flow on) and kept nowhere. Sending is a thread's own affair: a collector that is
    away or slow costs spans and nothing else. Returns what flushes and stops the sending.
    """
    provider = _provider(service, version)
    processor = _processor(service, telemetry_dir, otlp_endpoint)
    if processor is None:
        return _nothing
    provider.add_span_processor(processor)
    return partial(_end, processor)


def _nothing() -> None:
    """There is nothing to flush."""


def _end(processor: SpanProcessor) -> None:
    """Send what is left, for as long as a process that ends has time for it."""
    ending = threading.Thread(target=processor.shutdown, name="last spans", daemon=True)
    ending.start()
    ending.join(LAST_SPANS_S)


def _provider(service: str, version: str) -> TracerProvider:
    """The process's provider; OpenTelemetry lets it be set once."""
    existing = trace.get_tracer_provider()
    if isinstance(existing, TracerProvider):
        return existing
    resource = {"service.name": service, "service.namespace": SCOPE, "service.version": version}
    provider = TracerProvider(resource=Resource(resource))
    trace.set_tracer_provider(provider)
    return provider


def _processor(service: str, telemetry_dir: str, otlp_endpoint: str) -> SpanProcessor | None:
    if otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces")
        return BatchSpanProcessor(
            exporter, max_queue_size=_QUEUE, max_export_batch_size=_BATCH, schedule_delay_millis=_DELAY_MS
        )
    return SpanFile(Path(telemetry_dir) / f"spans-{service}.jsonl", service) if telemetry_dir else None


@cache
def tracer() -> Tracer:
    """The one tracer of this process; it may be taken before tracing is configured."""
    return trace.get_tracer(SCOPE)


def inject(headers: MutableMapping[str, str]) -> None:
    """Add `traceparent` of the current span to outgoing headers, and nothing else."""
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        headers[TRACEPARENT] = traceparent_of(span)


def traceparent_of(span: SpanContext) -> str:
    """The header's value that names this span as the parent."""
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-{int(span.trace_flags):02x}"


def extract(headers: Mapping[str, str]) -> Context:
    """The trace these headers (lower-case names) name, by its ids; an unreadable one starts a new trace."""
    given = headers.get(TRACEPARENT)
    if given is None or len(given) > _LONGEST_PARENT:
        return Context()
    return _propagator.extract({TRACEPARENT: given})


class SpanFile(SpanProcessor):
    """Appends spans as JSON lines in OpenTelemetry's own JSON shape; keeps one earlier file when it grows large.

    A span becomes text the moment it ends, which costs less than keeping it; a thread writes the text twice a second.
    When the disk refuses or cannot keep up, lines are dropped rather than gathered without end.
    """

    def __init__(self, path: Path, service: str, *, limit: int = FILE_LIMIT) -> None:
        self._path = path
        self._resource = _json({"attributes": {"service.name": service}})
        self._limit = limit
        self._lines: deque[str] = deque(maxlen=_QUEUE)
        self._stopping = threading.Event()
        self._writing = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = threading.Thread(target=self._write_now_and_then, name="spans", daemon=True)
        self._writer.start()

    def on_end(self, span: ReadableSpan) -> None:
        if not self._stopping.is_set():
            self._lines.append(self._line(span))

    def shutdown(self) -> None:
        """Write what is left and stop."""
        self._stopping.set()
        self._writer.join()
        self._write()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - the interface names it
        self._write()
        return True

    def _write_now_and_then(self) -> None:
        while not self._stopping.wait(_DELAY_MS / 2000):
            self._write()

    def _write(self) -> None:
        with self._writing:
            self._append_to_file()

    def _append_to_file(self) -> None:
        # Other threads add meanwhile; what is counted now is taken now.
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        if not lines:
            return
        try:
            if self._path.exists() and self._path.stat().st_size > self._limit:
                self._path.replace(self._path.with_suffix(".jsonl.1"))
            with self._path.open("a", encoding="utf-8") as file:
                file.write("".join(lines))
        except OSError as error:
            log.warning("spans could not be written", error=type(error).__name__, dropped=len(lines))

    def _line(self, span: ReadableSpan) -> str:
        context, parent = span.get_span_context(), span.parent
        if context is None:
            return ""
        parent_id = f'"0x{parent.span_id:016x}"' if parent else "null"
        events = [{"name": event.name, "timestamp": _iso(event.timestamp)} for event in span.events]
        links = [{"context": {"trace_id": f"0x{link.context.trace_id:032x}"}} for link in span.links]
        # Put together by hand where nothing needs escaping: this runs once for every request.
        return (
            f'{{"name":{_json(span.name)},"context":{{"trace_id":"0x{context.trace_id:032x}",'
            f'"span_id":"0x{context.span_id:016x}"}},"kind":"{span.kind.name}","parent_id":{parent_id},'
            f'"start_time":"{_iso(span.start_time)}","end_time":"{_iso(span.end_time)}",'
            f'"status":{{"status_code":"{span.status.status_code.name}"}},'
            f'"attributes":{_json(dict(span.attributes or {}))},"events":{_json(events)},"links":{_json(links)},'
            f'"resource":{self._resource}}}\n'
        )


def _iso(nanoseconds: int | None) -> str:
    return datetime.fromtimestamp((nanoseconds or 0) / 1e9, tz=UTC).isoformat()
