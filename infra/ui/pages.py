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


def _submitted(field: str) -> Callable[[Read], str | None]:
    return lambda read: _first(read("/sync/jobs?limit=1"), field)


def _assessed(field: str) -> Callable[[Read], str | None]:
    """Of the newest result; a system in which nobody was assessed has none."""
    return lambda read: _first(read("/assessments?limit=1"), field)


def _newest_run(read: Read) -> str | None:
    return _assessed("run_id")(read) or _run("ended", "open")(read)


def _entry(field: str) -> Callable[[Read], str | None]:
    return lambda read: _first(read("/audit/entries?action=run.published&limit=1"), field)


def _account(read: Read) -> str | None:
    return _first(read("/auth/users?role=trainer&limit=1"), "id")


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
    Page("sync", "/sync"),
    Page(
        "sync-record",
        "/sync/{type}/{record}",
        needs={"type": _submitted("record_type"), "record": _submitted("record_id")},
    ),
    Page("assessments", "/assessments"),
    Page("results", "/assessments/runs/{run}", needs={"run": _newest_run}),
    Page("certificates", "/assessments/runs/{run}?tab=certificates", needs={"run": _newest_run}),
    Page("verify", "/verify/AAAA-AAAA-AAAA-AAAA"),
    Page("audit", "/audit", role="auditor"),
    Page("audit-entry", "/audit?open={seq}", role="auditor", needs={"seq": _entry("seq")}),
    Page("audit-reads", "/audit?tab=reads", role="auditor"),
    Page("everything", "/ids/{id}", role="admin", needs={"id": _entry("correlation_id")}),
    Page("users", "/admin/users", role="admin"),
    Page("user", "/admin/users?open={id}", role="admin", needs={"id": _account}),
    Page("roles", "/admin/roles", role="admin"),
    Page("clients", "/admin/clients", role="admin"),
    Page("not-for-role", "/sync", role="trainer"),
    Page("no-such-page", "/nowhere"),
)
