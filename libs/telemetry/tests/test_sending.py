"""Spans over OTLP to a real collector: they arrive whole; one that is down or hangs costs spans only."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind, Tracer

from libs.telemetry import tracing
from libs.telemetry.names import CORRELATION_ID
from libs.testing.collector import Collector, Trouble, collecting
from libs.testing.sample.process import until

COMPRESSION = "OTEL_EXPORTER_OTLP_COMPRESSION"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@contextmanager
def sending_to(collector: Collector) -> Iterator[Tracer]:
    """A process's way of sending, until it ends as a process does."""
    processor = tracing._processor("course", "", collector.endpoint)
    assert processor is not None
    provider = TracerProvider(shutdown_on_exit=False, resource=Resource({"service.name": "course"}))
    provider.add_span_processor(processor)
    yield provider.get_tracer("test")
    tracing._end(processor)


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_what_was_sent_is_what_is_collected(
    compression: str, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given spans with a parent, a link, an event and a failure, when the process has ended, then all is there."""
    monkeypatch.setenv(COMPRESSION, compression)
    with sending_to(collector) as tracer:
        with tracer.start_as_current_span("before") as before:
            pass
        with tracer.start_as_current_span("outer", attributes={CORRELATION_ID: "c", "n": 1, "b": True}) as outer:
            links = [trace.Link(before.get_span_context())]
            with tracer.start_as_current_span("inner", kind=SpanKind.CLIENT, links=links) as inner:
                inner.add_event("tried")
                inner.set_status(trace.StatusCode.ERROR)
    context = outer.get_span_context()
    first, second = collector.of_correlation("c")
    assert (first.name, first.parent_id, first.failed) == ("outer", None, False)
    assert (first.trace_id, first.span_id) == (f"{context.trace_id:032x}", f"{context.span_id:016x}")
    assert first.attributes == {CORRELATION_ID: "c", "n": 1, "b": True}
    assert (second.name, second.kind, second.parent_id) == ("inner", "client", first.span_id)
    assert (second.failed, second.events) == (True, ("tried",))
    assert second.links == (f"{before.get_span_context().trace_id:032x}",)
    assert {span.service for span in collector.everything()} == {"course"}
    assert collector.of_trace(second.links[0])[0].name == "before"


@pytest.mark.parametrize("trouble", list(Trouble))
@pytest.mark.timeout(9)  # one hanging request alone is waited for ten seconds
def test_a_process_ends_though_its_collector_does_not_answer(
    trouble: Trouble, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "LAST_SPANS_S", 0.1)
    with collector.in_trouble(trouble):
        with sending_to(collector) as tracer, tracer.start_as_current_span("step"):
            pass
        assert collector.everything() == []


def test_more_spans_than_can_wait_push_the_oldest_out(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a collector that hangs, when more spans end than may wait, then nobody waits and the newest are kept."""
    for name, value in (("_QUEUE", 64), ("_BATCH", 16), ("LAST_SPANS_S", 60)):
        monkeypatch.setattr(tracing, name, value)
    with sending_to(collector) as tracer, collector.in_trouble(Trouble.HANGS):
        for number in range(200):
            tracer.start_span(f"step {number}").end()
        assert collector.everything() == []
    kept = {int(span.name.removeprefix("step ")) for span in collector.everything()}
    assert set(range(200 - 64, 200)) <= kept
    assert len(kept) < 200


async def test_spans_go_on_when_the_collector_is_back(collector: Collector) -> None:
    async def felt() -> bool:
        return collector.failed == {"course"}

    with sending_to(collector) as tracer:
        with collector.in_trouble(Trouble.REFUSES):
            tracer.start_span("lost or late").end()
            await until(felt, what="the trouble")
        tracer.start_span("after").end()
    assert "after" in {span.name for span in collector.everything()}
