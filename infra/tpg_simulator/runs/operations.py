"""Course runs and sessions: C1 to C6."""

from infra.tpg_simulator.envelope import Family
from infra.tpg_simulator.operation import Operation
from infra.tpg_simulator.runs.edit import delete, edit
from infra.tpg_simulator.runs.publish import publish
from infra.tpg_simulator.runs.views import list_runs, list_sessions, view_run

EDIT = "/courses/courseRuns/edit/{runId}"
FAMILY = Family.COURSES

OPERATIONS = (
    Operation("C1", "POST", "/courses/courseRuns/publish", FAMILY, "courseRuns", publish, encrypted_request=True),
    Operation("C2", "POST", EDIT, FAMILY, "courseRuns", edit, encrypted_request=True, action="update"),
    Operation("C3", "POST", EDIT, FAMILY, "courseRuns", delete, encrypted_request=True, action="delete"),
    Operation("C4", "GET", "/courses/courseRuns/id/{runId}", FAMILY, "courseRuns", view_run),
    Operation("C5", "GET", "/courses/courseRuns/reference", FAMILY, "courseRuns", list_runs, open_read=True),
    Operation("C6", "GET", "/courses/runs/{runId}/sessions", FAMILY, "sessions", list_sessions),
)
