"""Enrolments: E1 to E6."""

from functools import partial

from infra.tpg_simulator.enrolments.change import cancel, tell_fees, update
from infra.tpg_simulator.enrolments.create import create
from infra.tpg_simulator.enrolments.search import search
from infra.tpg_simulator.enrolments.view import view
from infra.tpg_simulator.envelope import Family
from infra.tpg_simulator.operation import Operation

BASE = "/tpg/enrolments"
DETAILS = f"{BASE}/details/{{ref}}"

_operation = partial(Operation, family=Family.TPG, version_family="tpg", encrypted_reply=True)
_write = partial(_operation, encrypted_request=True)

OPERATIONS = (
    _write("E1", "POST", BASE, handler=create),
    _write("E2", "POST", DETAILS, handler=update, action="update"),
    _write("E3", "POST", DETAILS, handler=cancel, action="cancel"),
    _write("E4", "POST", f"{BASE}/search", handler=search, status_as_text=True),
    _operation("E5", "GET", DETAILS, handler=view, status_as_text=True),
    _write("E6", "POST", f"{BASE}/feeCollections/{{ref}}", handler=tell_fees),
)
