"""Assessments: S1 to S5."""

from functools import partial

from infra.tpg_simulator.assessments.change import update, void
from infra.tpg_simulator.assessments.create import create
from infra.tpg_simulator.assessments.views import search, view
from infra.tpg_simulator.envelope import Family
from infra.tpg_simulator.operation import Operation

BASE = "/tpg/assessments"
DETAILS = f"{BASE}/details/{{ref}}"

_operation = partial(Operation, family=Family.TPG, version_family="tpg", encrypted_reply=True)
_write = partial(_operation, encrypted_request=True)

OPERATIONS = (
    _write("S1", "POST", BASE, handler=create),
    _write("S2", "POST", DETAILS, handler=update, action="update", status_as_text=True),
    _write("S3", "POST", DETAILS, handler=void, action="void", status_as_text=True),
    _write("S4", "POST", f"{BASE}/search", handler=search, status_as_text=True),
    _operation("S5", "GET", DETAILS, handler=view, status_as_text=True),
)
