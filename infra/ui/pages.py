"""Every page of the UI with somebody who may open it: for pictures, and for checks of accessibility."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Read = Callable[[str], Any]
"""Reads a path of the API, as an administrator."""


@dataclass(frozen=True, slots=True)
class Page:
    """`path` may hold names in braces; `needs` says how each is found through the API."""

    name: str
    path: str
    role: str = "ops"
    needs: Mapping[str, Callable[[Read], str | None]] | None = None

    def url(self, read: Read) -> str | None:
        """None when this system has no record for it."""
        found = {name: find(read) for name, find in (self.needs or {}).items()}
        return None if None in found.values() else self.path.format(**found)


def _run(*statuses: str) -> Callable[[Read], str | None]:
    """The latest run in the first of these states that has any."""

    def find(read: Read) -> str | None:
        found = (_first(read(f"/course-runs?status={status}&limit=1"), "id") for status in statuses)
        return next((run_id for run_id in found if run_id), None)

    return find


def _session(*statuses: str) -> Callable[[Read], str | None]:
    """The first session of the latest such run."""

    def find(read: Read) -> str | None:
        run_id = _run(*statuses)(read)
        return run_id and str(read(f"/course-runs/{run_id}/sessions")[0]["id"])

    return find


def _submitted(field: str) -> Callable[[Read], str | None]:
    return lambda read: _first(read("/sync/jobs?limit=1"), field)


def _first(page: Any, field: str) -> str | None:
    return next((str(item[field]) for item in page["items"]), None)


PAGES = (
    Page("compliance", "/"),
    Page("runs", "/runs"),
    Page("runs-nothing-found", "/runs?q=nothing%20has%20this%20name"),
    Page("run", "/runs/{run}", needs={"run": _run("ended", "open")}),
    Page("run-sessions", "/runs/{run}?tab=sessions", needs={"run": _run("ended", "open")}),
    Page("run-sync", "/runs/{run}?tab=sync", needs={"run": _run("ended", "open")}),
    Page("run-draft", "/runs/{run}", needs={"run": _run("draft")}),
    Page("run-attendance", "/runs/{run}?tab=attendance", needs={"run": _run("ended", "open")}),
    Page("attendance", "/attendance?to_mark=false"),
    Page("attendance-run", "/attendance/runs/{run}", needs={"run": _run("in_progress", "ended")}),
    Page(
        "attendance-register",
        "/attendance/sessions/{session}/register",
        needs={"session": _session("in_progress", "ended")},
    ),
    Page(
        "attendance-check-in",
        "/attendance/sessions/{session}/check-in",
        needs={"session": _session("in_progress", "ended")},
    ),
    Page("check-in", "/check-in"),
    Page("sync", "/sync"),
    Page(
        "sync-record",
        "/sync/{type}/{record}",
        needs={"type": _submitted("record_type"), "record": _submitted("record_id")},
    ),
    Page("not-for-role", "/sync", role="trainer"),
    Page("no-such-page", "/nowhere"),
)
