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


def _run(status: str) -> Callable[[Read], str | None]:
    return lambda read: _first(read(f"/course-runs?status={status}&limit=1"), "id")


def _enrolment_submitted(read: Read) -> str | None:
    return _first(read("/sync/jobs?record_type=enrolment&limit=1"), "record_id")


def _first(page: Any, field: str) -> str | None:
    return next((str(item[field]) for item in page["items"]), None)


PAGES = (
    Page("compliance", "/"),
    Page("runs", "/runs"),
    Page("runs-nothing-found", "/runs?q=nothing%20has%20this%20name"),
    Page("run", "/runs/{run}", needs={"run": _run("ended")}),
    Page("run-sessions", "/runs/{run}?tab=sessions", needs={"run": _run("ended")}),
    Page("run-sync", "/runs/{run}?tab=sync", needs={"run": _run("ended")}),
    Page("run-draft", "/runs/{run}", needs={"run": _run("draft")}),
    Page("sync", "/sync"),
    Page("sync-record", "/sync/enrolment/{record}", needs={"record": _enrolment_submitted}),
    Page("not-for-role", "/sync", role="trainer"),
    Page("no-such-page", "/nowhere"),
)
