"""Session attendance: A1 and A2."""

from infra.tpg_simulator.attendance.upload import upload
from infra.tpg_simulator.attendance.view import view
from infra.tpg_simulator.envelope import Family
from infra.tpg_simulator.operation import Operation

PATH = "/courses/runs/{runId}/sessions/attendance"

OPERATIONS = (
    Operation("A1", "GET", PATH, Family.COURSES, "attendance", view, encrypted_reply=True),
    Operation("A2", "POST", PATH, Family.COURSES, "attendance", upload, encrypted_request=True),
)
