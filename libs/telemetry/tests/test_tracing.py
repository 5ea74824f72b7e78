import json
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import baggage, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind

from libs.telemetry.names import CORRELATION_ID
from libs.telemetry.tracing import SpanFile, configure_tracing, extract, inject, tracer

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def provider(spans: SpanFile) -> TracerProvider:
    made = TracerProvider(shutdown_on_exit=False)
    made.add_span_processor(spans)
    return made


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_spans_land_in_the_services_file_once_flushed(tmp_path: Path) -> None:
    stop = configure_tracing("course", str(tmp_path / "telemetry"))
    with tracer().start_as_current_span("outer", attributes={CORRELATION_ID: "c"}) as outer:
        with tracer().start_as_current_span("inner", kind=SpanKind.CLIENT):
            pass
        expected = f"0x{outer.get_span_context().span_id:016x}"
    stop()
    inner_line, outer_line = read(tmp_path / "telemetry" / "spans-course.jsonl")
    assert (inner_line["name"], inner_line["kind"], inner_line["parent_id"]) == ("inner", "CLIENT", expected)
    assert (outer_line["name"], outer_line["parent_id"]) == ("outer", None)
    assert outer_line["attributes"] == {CORRELATION_ID: "c"}
    assert outer_line["resource"] == {"attributes": {"service.name": "course"}}


def test_the_trace_goes_on_through_headers() -> None:
    configure_tracing("course")
    incoming = extract({"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01"})
    outgoing: dict[str, str] = {}
    with tracer().start_as_current_span("step", context=incoming) as span:
        inject(outgoing)
        own = f"{span.get_span_context().span_id:016x}"
    assert outgoing["traceparent"] == f"00-{TRACE_ID}-{own}-01"


def test_nothing_but_ids_comes_in_or_goes_out() -> None:
    configure_tracing("course")
    given = {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01", "tracestate": "vendor=canary", "baggage": "person=canary"}
    incoming = extract(given)
    assert not trace.get_current_span(incoming).get_span_context().trace_state
    assert not baggage.get_all(incoming)
    stuffed = trace.SpanContext(
        int(TRACE_ID, 16), int(SPAN_ID, 16), is_remote=True, trace_state=trace.TraceState([("vendor", "canary")])
    )
    outgoing: dict[str, str] = {}
    with trace.use_span(trace.NonRecordingSpan(stuffed)):
        inject(outgoing)
    assert outgoing == {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-00"}


def test_an_unreadable_tracestate_is_not_even_complained_about(caplog: pytest.LogCaptureFixture) -> None:
    extract({"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01", "tracestate": "a canary = b, a=1, a=canary"})
    assert caplog.records == []


def test_a_broken_traceparent_is_no_parent() -> None:
    for broken in ("", "nonsense", f"00-{'0' * 32}-{SPAN_ID}-01", f"ff-{TRACE_ID}-{SPAN_ID}-01"):
        context = extract({"traceparent": broken})
        assert not trace.get_current_span(context).get_span_context().is_valid


def test_without_a_place_to_send_to_ids_still_flow() -> None:
    stop = configure_tracing("course")
    headers: dict[str, str] = {}
    with tracer().start_as_current_span("step"):
        inject(headers)
    stop()
    assert "traceparent" in headers


def test_a_file_that_grew_large_makes_room(tmp_path: Path) -> None:
    path = tmp_path / "spans-course.jsonl"
    path.write_text("x" * 11)
    spans = SpanFile(path, "course", limit=10)
    with provider(spans).get_tracer("test").start_as_current_span('a "quoted" name', attributes={"n": 1}):
        pass
    spans.shutdown()
    (line,) = read(path)
    assert (line["name"], line["attributes"]) == ('a "quoted" name', {"n": 1})
    assert (tmp_path / "spans-course.jsonl.1").read_text() == "x" * 11


def test_a_disk_that_refuses_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "spans-course.jsonl"
    path.mkdir()
    spans = SpanFile(path, "course")
    with provider(spans).get_tracer("test").start_as_current_span("step"):
        pass
    spans.shutdown()
    assert path.is_dir()


def test_links_and_failures_are_kept(tmp_path: Path) -> None:
    spans = SpanFile(tmp_path / "spans.jsonl", "course")
    made = provider(spans).get_tracer("test")
    with made.start_as_current_span("first") as first:
        pass
    with made.start_as_current_span("second", links=[trace.Link(first.get_span_context())]) as second:
        second.set_status(trace.StatusCode.ERROR)
        second.add_event("tried")
    spans.shutdown()
    first_line, second_line = read(tmp_path / "spans.jsonl")
    assert second_line["links"] == [{"context": {"trace_id": first_line["context"]["trace_id"]}}]
    assert second_line["status"] == {"status_code": "ERROR"}
    assert [event["name"] for event in second_line["events"]] == ["tried"]
