"""Spans as they ended, for tests that look at what tracing tells."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider

from libs.telemetry.tracing import configure_tracing


class Spans(SpanProcessor):
    """Remembers what ends while a test looks; a provider cannot forget a processor again."""

    def __init__(self) -> None:
        self.looking = True
        self.ended: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        if self.looking:
            self.ended.append(span)


@contextmanager
def watched(service: str) -> Iterator[Spans]:
    """The spans this process ends until the block does."""
    configure_tracing(service)
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    spans = Spans()
    provider.add_span_processor(spans)
    try:
        yield spans
    finally:
        spans.looking = False
