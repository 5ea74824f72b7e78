"""`make demo` and `make trace`: one true journey, and its picture across all services."""

import time
from collections import Counter
from datetime import datetime
from typing import Annotated, Any, NoReturn

import httpx
import typer
from rich.console import Console
from rich.table import Table

from infra.demo.client import Api, Refusal
from infra.demo.journey import Journey, JourneyStopped, steps
from infra.local import waterfall
from infra.local.environment import email_of
from infra.local.layout import Layout
from infra.local.secrets import read_or_make
from libs.sources import SINGAPORE

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
console = Console(highlight=False)
SPANS_WITHIN_S = 10.0
NEWEST = 5


@cli.command()
def run() -> None:
    """A course run through the gateway, to TPGateway and back; prints its timeline, audit entries and trace."""
    layout = Layout.from_environment()
    gateway = f"http://127.0.0.1:{layout.port('gateway')}"
    journey: Journey | None = None
    try:
        journey = _begin(layout, gateway)
        console.print(f"\n[bold]A course run's way to TPGateway[/]\n[dim]correlation {journey.api.correlation_id}[/]\n")
        _walk(journey)
    except (Refusal, JourneyStopped) as stopped:
        _explain(str(stopped), journey)
    except httpx.HTTPError:
        console.print(f"\n  [red]✗[/] nothing answers at {gateway}. Start the system with [bold]make up[/].\n")
        raise typer.Exit(1) from None
    _show_timeline(journey)
    _show_audit(journey)
    _show_trace(layout, str(journey.api.correlation_id), wanted={"gateway", "course", "tpg-sync", "audit"})
    console.print(
        f"\n  Again:         [bold]make demo[/]\n  This picture:  [bold]make trace ID={journey.api.correlation_id}[/]\n"
    )


def _begin(layout: Layout, gateway: str) -> Journey:
    secrets = read_or_make(layout.secrets, layout.services())
    ops = Api(gateway)
    auditor = Api(gateway)
    ops.sign_in(email_of("ops"), secrets.people["ops"])
    auditor.sign_in(email_of("auditor"), secrets.people["auditor"])
    return Journey(ops, auditor, f"http://127.0.0.1:{layout.port('simulator')}", console.print)


def _walk(journey: Journey) -> None:
    for title, act in steps():
        began = time.monotonic()
        with console.status(title):
            told = act(journey)
        console.print(f"  [green]✓[/] {title:<32} [dim]{time.monotonic() - began:5.1f} s[/]  {told}", soft_wrap=True)


def _explain(reason: str, journey: Journey | None) -> NoReturn:
    console.print(f"\n  [red]✗[/] {reason}\n")
    if journey is not None:
        console.print(
            f"  [bold]Look:[/] make trace ID={journey.api.correlation_id} · make status · make logs S=tpg_sync\n"
        )
    raise typer.Exit(1)


def _show_timeline(journey: Journey) -> None:
    table = Table(title="\nSync timeline", title_justify="left", title_style="bold", header_style="dim", box=None)
    for heading in ("job", "state", "call", "outcome", "HTTP", "took", "at (SGT)"):
        table.add_column(heading)
    for job in journey.timeline["jobs"]:
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


def _show_trace(layout: Layout, wanted_id: str, *, wanted: set[str]) -> None:
    """Draw the journey's largest trace; spans reach their files a second or so after they end."""
    deadline = time.monotonic() + SPANS_WITHIN_S
    while True:
        spans = waterfall.select(waterfall.read_spans(layout.telemetry), wanted_id)
        largest = _largest_trace(spans)
        if wanted <= {span.service for span in largest} or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    console.print()
    waterfall.draw(largest, console)


def _largest_trace(spans: list[waterfall.Span]) -> list[waterfall.Span]:
    sizes = Counter(span.trace_id for span in spans)
    newest = max(sizes, key=lambda trace_id: sizes[trace_id], default="")
    return [span for span in spans if span.trace_id == newest]


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
