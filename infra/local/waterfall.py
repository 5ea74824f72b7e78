"""One request across all services, drawn in the terminal from the span files under `.run/telemetry/`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

NARROW, BAR_NARROW, BAR_WIDE = 110, 18, 40
COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green", "bright_magenta")
CORRELATION = "tms.correlation_id"


@dataclass(slots=True)
class Span:
    """One timed step, as a service wrote it down."""

    trace_id: str
    span_id: str
    parent_id: str | None
    links: tuple[str, ...]
    name: str
    service: str
    start_at: datetime
    end_at: datetime
    failed: bool
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def duration(self) -> timedelta:
        return self.end_at - self.start_at


def read_spans(folder: Path) -> Iterator[Span]:
    """Every span in the folder; a line that was cut short by a kill is passed over."""
    for path in sorted(folder.glob("spans-*.jsonl*")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    yield _span(json.loads(line))
                except (ValueError, KeyError):
                    continue


def _span(document: dict[str, Any]) -> Span:
    def plain(identifier: str | None) -> str | None:
        return identifier.removeprefix("0x") if identifier else None

    context = document["context"]
    return Span(
        trace_id=plain(context["trace_id"]) or "",
        span_id=plain(context["span_id"]) or "",
        parent_id=plain(document.get("parent_id")),
        links=tuple(plain(link["context"]["trace_id"]) or "" for link in document.get("links", [])),
        name=document["name"],
        service=document.get("resource", {}).get("attributes", {}).get("service.name", "?"),
        start_at=_instant(document["start_time"]),
        end_at=_instant(document["end_time"]),
        failed=document.get("status", {}).get("status_code") == "ERROR",
        attributes=document.get("attributes", {}),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def select(spans: Iterable[Span], wanted: str) -> list[Span]:
    """The spans of a trace id, or of every trace that a correlation id touched, in order of time."""
    everything = list(spans)
    wanted = wanted.strip().lower()
    traces = {span.trace_id for span in everything if span.trace_id == wanted.replace("-", "")}
    traces |= {span.trace_id for span in everything if span.attributes.get(CORRELATION) == wanted}
    return sorted((span for span in everything if span.trace_id in traces), key=lambda span: span.start_at)


def _in_tree_order(spans: list[Span]) -> Iterator[tuple[int, Span]]:
    known = {span.span_id for span in spans}
    children: dict[str | None, list[Span]] = defaultdict(list)
    for span in spans:
        children[span.parent_id if span.parent_id in known else None].append(span)

    def walk(parent: str | None, depth: int) -> Iterator[tuple[int, Span]]:
        for span in children[parent]:
            yield depth, span
            yield from walk(span.span_id, depth + 1)

    yield from walk(None, 0)


def _bar(span: Span, start: datetime, total: timedelta, colour: str, width: int) -> Text:
    before = int(width * ((span.start_at - start) / total)) if total else 0
    length = max(1, round(width * (span.duration / total))) if total else 1
    before = min(before, width - 1)
    return Text(" " * before + "━" * min(length, width - before), style="red" if span.failed else colour)


def _milliseconds(duration: timedelta) -> str:
    return f"{duration / timedelta(milliseconds=1):,.1f}"


def _table(title: str, bar: int) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, padding=(0, 1))
    table.add_column("service", no_wrap=True, min_width=10)
    table.add_column("step", overflow="ellipsis", no_wrap=True, ratio=1)
    table.add_column("from ms", justify="right", no_wrap=True, min_width=7)
    table.add_column("took ms", justify="right", no_wrap=True, min_width=7)
    table.add_column("", width=bar, min_width=bar)
    return table


def draw(spans: list[Span], console: Console) -> None:
    """Print one waterfall per trace: indentation is causality, the bar is time, red is failure."""
    by_trace: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        by_trace[span.trace_id].append(span)
    colours = {service: COLOURS[i % len(COLOURS)] for i, service in enumerate(sorted({s.service for s in spans}))}
    for trace_id, members in by_trace.items():
        start = min(span.start_at for span in members)
        total = max(span.end_at for span in members) - start
        bar = BAR_NARROW if console.width < NARROW else BAR_WIDE
        table = _table(f"Trace {trace_id}   {_milliseconds(total)} ms, {len(members)} spans", bar)
        for depth, span in _in_tree_order(members):
            colour = colours[span.service]
            step = Text("  " * depth + span.name, style="red" if span.failed else "")
            row = (
                _milliseconds(span.start_at - start),
                _milliseconds(span.duration),
                _bar(span, start, total, colour, bar),
            )
            table.add_row(Text(span.service, style=colour), step, *row)
        console.print(table)
