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


def _latest(path: str) -> Callable[[Read], str | None]:
    """The first record of a list."""
    return lambda read: _first(read(f"{path}{'&' if '?' in path else '?'}limit=1"), "id")


def _week(read: Read) -> str | None:
    """A day of a week in which something is held."""
    return _first(read("/course-runs?status=open&status=ended&limit=1"), "start_on")


def _session(*statuses: str) -> Callable[[Read], str | None]:
    """The first session of the latest such run."""

    def find(read: Read) -> str | None:
        run_id = _run(*statuses)(read)
        return run_id and str(read(f"/course-runs/{run_id}/sessions")[0]["id"])

    return find


def _submitted(field: str) -> Callable[[Read], str | None]:
    return lambda read: _first(read("/sync/jobs?limit=1"), field)


def _found(path: str) -> Callable[[Read], str | None]:
    return lambda read: _first(read(path), "id")


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
    Page("run-rescheduled", "/runs/{run}?change=reschedule", needs={"run": _run("open")}),
    Page("run-other-room", "/runs/{run}?change=change_venue", needs={"run": _run("open")}),
    Page("run-other-people", "/runs/{run}?change=change_trainers", needs={"run": _run("open")}),
    Page("run-details", "/runs/{run}?change=edit", needs={"run": _run("open")}),
    Page("run-session-added", "/runs/{run}?tab=sessions&change=add_session", needs={"run": _run("open")}),
    Page(
        "run-session-changed",
        "/runs/{run}?tab=sessions&change=move_session&session={session}",
        needs={"run": _run("open"), "session": _session("open")},
    ),
    Page("run-draft", "/runs/{run}", needs={"run": _run("draft")}),
    Page("run-new", "/runs/new"),
    Page("run-copied", "/runs/new?from={run}", needs={"run": _run("ended", "open")}),
    Page("run-plan", "/runs/{run}/plan", needs={"run": _run("draft")}),
    Page("calendar", "/calendar?week={week}", needs={"week": _week}),
    Page("calendar-people", "/calendar?week={week}&lanes=people", needs={"week": _week}),
    Page("enrolments", "/enrolments"),
    Page("enrolment", "/enrolments?open={place}", needs={"place": _latest("/enrolments?status=confirmed")}),
    Page("enrolment-new", "/enrolments/new?trainee_id={trainee}", needs={"trainee": _latest("/trainees")}),
    Page("waiting-list", "/enrolments/waitlist"),
    Page("import-upload", "/enrolments/import"),
    Page("import", "/enrolments/imports/{file}", needs={"file": _latest("/enrolments/imports")}),
    Page("attendance-import-upload", "/attendance/import"),
    Page("trainees", "/trainees"),
    Page("trainee", "/trainees/{trainee}", role="admin", needs={"trainee": _latest("/trainees")}),
    Page("employers", "/employers"),
    Page("employer", "/employers?open={employer}", needs={"employer": _latest("/employers")}),
    Page("courses", "/courses"),
    Page("course", "/courses?open={course}", needs={"course": _latest("/courses")}),
    Page("course-read", "/courses?open={course}", role="trainer", needs={"course": _latest("/courses")}),
    Page("trainers", "/trainers"),
    Page("trainer", "/trainers?open={trainer}", needs={"trainer": _latest("/trainers")}),
    Page("trainer-read", "/trainers?open={trainer}", role="auditor", needs={"trainer": _latest("/trainers")}),
    Page("venues", "/venues"),
    Page("venue", "/venues?open={venue}", needs={"venue": _latest("/venues")}),
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
    Page("dead-letters", "/dead-letters"),
    Page("dead-letters-one-by-one", "/dead-letters?view=letters", role="sre"),
    Page("consumers", "/dead-letters?view=consumers", role="sre"),
    Page("discrepancies", "/sync/discrepancies"),
    Page("comparisons", "/sync/discrepancies?view=comparisons"),
    Page("discrepancy", "/sync/discrepancies?open={one}", needs={"one": _found("/sync/discrepancies?limit=1")}),
    Page("deadlines", "/compliance"),
    Page("duties", "/compliance?view=list"),
    Page("duty", "/compliance?open={one}", role="admin", needs={"one": _found("/compliance/obligations?limit=1")}),
    Page("policy", "/compliance/policy"),
    Page("what-if", "/compliance/simulate?hours=36"),
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
