"""Spans from files, chosen by correlation or trace id, drawn as a tree in time."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import StatusCode
from rich.console import Console

from infra.local.waterfall import draw, read_spans, select
from libs.telemetry.tracing import SpanFile

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TRACE = "e67faf44c520c8e56e2126eba322ab94"
CORRELATION = "1d25f755-2808-4cb7-8992-7ed23f561444"


def line(span_id: str, name: str, *, parent: str | None, after_ms: int, took_ms: int, failed: bool = False) -> str:
    start_at = START + timedelta(milliseconds=after_ms)
    document = {
        "name": name,
        "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{span_id}"},
        "parent_id": f"0x{parent}" if parent else None,
        "start_time": start_at.isoformat(),
        "end_time": (start_at + timedelta(milliseconds=took_ms)).isoformat(),
        "status": {"status_code": "ERROR" if failed else "UNSET"},
        "attributes": {"tms.correlation_id": CORRELATION},
        "resource": {"attributes": {"service.name": "course"}},
    }
    return json.dumps(document)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [
        line("aaaaaaaaaaaaaaa1", "POST /publish", parent=None, after_ms=0, took_ms=50),
        line("aaaaaaaaaaaaaaa2", "process run.published", parent="aaaaaaaaaaaaaaa1", after_ms=60, took_ms=10),
        line("aaaaaaaaaaaaaaa3", "tpgateway publish", parent="aaaaaaaaaaaaaaa2", after_ms=70, took_ms=5, failed=True),
        '{"name": "cut short by a ki',
    ]
    (tmp_path / "spans-course.jsonl").write_text("\n".join(lines))
    return tmp_path


@pytest.mark.parametrize("wanted", [TRACE, CORRELATION, CORRELATION.upper()])
def test_a_journey_is_found_by_either_id_and_a_torn_line_is_passed_over(folder: Path, wanted: str) -> None:
    names = [span.name for span in select(read_spans(folder), wanted)]
    assert names == ["POST /publish", "process run.published", "tpgateway publish"]


def test_an_unknown_id_finds_nothing(folder: Path) -> None:
    assert select(read_spans(folder), "f" * 32) == []


@pytest.mark.parametrize("width", [80, 140])
def test_every_column_is_readable_on_narrow_and_wide_terminals(folder: Path, width: int) -> None:
    console = Console(width=width)
    with console.capture() as capture:
        draw(select(read_spans(folder), TRACE), console)
    text = capture.get()
    for word in ("course", "POST /publish", "  process run.published", "60.0", "10.0", "━"):
        assert word in text
    assert max(len(row) for row in text.splitlines()) <= width


def test_what_a_process_writes_is_what_is_read(tmp_path: Path) -> None:
    """Given spans as a process without a collector writes them, then they are found with their parents."""
    written = SpanFile(tmp_path / "spans-course.jsonl", "course")
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(written)
    tracer = provider.get_tracer("test")
    outer = tracer.start_as_current_span("outer", attributes={"tms.correlation_id": CORRELATION})
    with outer, tracer.start_as_current_span("inner") as inner:
        inner.set_status(StatusCode.ERROR)
    written.shutdown()
    outer_read, inner_read = select(read_spans(tmp_path), CORRELATION)
    assert (outer_read.name, outer_read.parent_id, outer_read.service) == ("outer", None, "course")
    assert (inner_read.name, inner_read.parent_id, inner_read.failed) == ("inner", outer_read.span_id, True)
