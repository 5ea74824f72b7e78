"""`make demo` and `make trace`: one true journey, and its picture across all services."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, NoReturn

import httpx
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.demo import training
from infra.demo.cast import Cast
from infra.demo.client import Refusal
from infra.demo.journey import Journey, JourneyStopped, steps
from infra.local import waterfall
from infra.local.clock import NotMoved
from infra.local.layout import Layout
from libs.sources import SINGAPORE

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
PIPED_WIDTH = 130
console = Console(highlight=False)
if not console.is_terminal:
    console.width = PIPED_WIDTH
SPANS_WITHIN_S = 10.0
NEWEST = 5
DAYS_AHEAD = 4
"""How long from today the told run begins; the time is moved there."""


@cli.command()
def run() -> None:
    """A course run, its people, attendance and results: through the gateway, to TPGateway and back."""
    layout = Layout.from_environment()
    cast = Cast(layout)
    journey = Journey(cast, cast.simulator, days_ahead=DAYS_AHEAD, plan={"intake_size": training.SEATS, "threshold": 0})
    story = training.Training(journey, other=Journey(cast, cast.simulator, days_ahead=DAYS_AHEAD + 14))
    console.print(f"\n[bold]A training's way to TPGateway[/]\n[dim]correlation {cast.correlation_id}[/]\n")
    try:
        _walk(((title, partial(act, journey)) for title, act in steps()), cast)
        _lend_catalogue(journey, story.other)
        _walk(((title, partial(act, story)) for title, act in training.steps()), cast)
        _show_all(layout, story)
    except (Refusal, JourneyStopped, NotMoved) as stopped:
        _explain(str(stopped), cast)
    except httpx.HTTPError:
        console.print(f"\n  [red]✗[/] nothing answers at {cast.gateway}. Start the system with [bold]make up[/].\n")
        raise typer.Exit(1) from None
    finally:
        cast.close()
    console.print(
        f"\n  The evidence: [bold]make verify-audit FILE={story.evidence}[/]; index.html in it is for people"
        f"\n  Again:       [bold]make demo[/]\n  All of it:   [bold]make trace ID={cast.correlation_id}[/]"
        "\n  What time the system has now:  [bold]make clock[/]\n"
    )


def _lend_catalogue(journey: Journey, other: Journey) -> None:
    """Both runs are of one course, at one venue, with the same trainers."""
    other.course_id, other.venue_id, other.trainers = journey.course_id, journey.venue_id, journey.trainers


def _walk(walk: Iterable[tuple[str, Callable[[], str]]], cast: Cast) -> None:
    for title, act in walk:
        began = time.monotonic()
        with console.status(title):
            told = act()
        at = cast.now().astimezone(SINGAPORE)
        took = f"[dim]{at:%d %b %H:%M} {time.monotonic() - began:6.1f} s[/]"
        console.print(f"  [green]✓[/] {title:<43} {took}  {told}", soft_wrap=True)


def _show_all(layout: Layout, story: training.Training) -> None:
    for title, record in story.told_records():
        _show_timeline(title, story.ops.get(f"/sync/records/{record}"))
    _show_audit(story.journey)
    wanted = {"gateway", "assessment", "tpg-sync", "enrolment", "audit"}
    _show_trace(layout, story.trace_of_last_result(), wanted=wanted)


def _explain(reason: str, cast: Cast) -> NoReturn:
    console.print("\n  [red]✗[/]", Text(reason), "\n")
    console.print(f"  [bold]Look:[/] make trace ID={cast.correlation_id} · make status · make logs S=tpg_sync\n")
    raise typer.Exit(1)


def _show_timeline(title: str, timeline: dict[str, Any]) -> None:
    table = Table(title=f"\nTimeline: {title}", title_justify="left", title_style="bold", header_style="dim", box=None)
    for heading in ("job", "state", "call", "outcome", "HTTP", "took", "at (SGT)"):
        table.add_column(heading)
    for job in timeline["jobs"]:
        for attempt in job["attempts"] or [{}]:
            table.add_row(
                job["kind"], job["state"], str(attempt.get("operation", "-")), str(attempt.get("outcome", "-")),
                str(attempt.get("http_status") or "-"), f"{attempt.get('duration_ms', 0)} ms",
                _clock(attempt.get("started_at")),
            )  # fmt: skip
    console.print(table)


def _show_audit(journey: Journey) -> None:
    table = Table(title="\nAudit entries", title_justify="left", title_style="bold", header_style="dim", box=None)
    for heading in ("seq", "at (SGT)", "action", "role", "hash"):
        table.add_column(heading)
    for entry in journey.audit:
        at = _clock(entry["happened_at"])
        table.add_row(str(entry["seq"]), at, entry["action"], entry["actor_role"], entry["hash"][:16] + "…")
    console.print(table)


def _clock(text: Any) -> str:
    return datetime.fromisoformat(text).astimezone(SINGAPORE).strftime("%d %b %H:%M:%S") if text else "-"


def _show_trace(layout: Layout, trace_id: str, *, wanted: set[str]) -> None:
    """Draw one trace; spans reach their files a second or so after they end."""
    deadline = time.monotonic() + SPANS_WITHIN_S
    while True:
        spans = waterfall.select(waterfall.read_spans(layout.telemetry), trace_id)
        if wanted <= {span.service for span in spans} or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    console.print()
    waterfall.draw(spans, console)


@cli.command()
def trace(
    wanted: Annotated[str, typer.Argument(help="a correlation id or a trace id")] = "",
) -> None:
    """One request across all services, as a waterfall."""
    layout = Layout.from_environment()
    spans = list(waterfall.read_spans(layout.telemetry))
    found = waterfall.select(spans, wanted) if wanted else []
    if found:
        console.print()
        waterfall.draw(found, console)
        return
    console.print(f"\n  No spans of {wanted or '(no id given)'} under {layout.telemetry}.")
    console.print(
        "  An id is a correlation id (X-Correlation-Id) or a trace id of 32 hex digits. The newest correlations:\n"
    )
    for correlation in _newest(spans):
        console.print(f"    make trace ID={correlation}")
    console.print()
    raise typer.Exit(1)


def _newest(spans: list[waterfall.Span]) -> list[str]:
    ordered = sorted(spans, key=lambda span: span.start_at, reverse=True)
    ids = [str(span.attributes[waterfall.CORRELATION]) for span in ordered if waterfall.CORRELATION in span.attributes]
    return list(dict.fromkeys(ids))[:NEWEST]


if __name__ == "__main__":
    cli()
