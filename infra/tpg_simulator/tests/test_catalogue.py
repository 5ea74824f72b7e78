"""Every documented route is known; those not built say so, and all others are not there."""

import re

import pytest

from infra.tpg_simulator.catalogue import NOT_BUILT, OPERATIONS, match
from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.operation import Operation

DOCUMENTED = {
    *("C1", "C2", "C3", "C4", "C5", "C6"),
    *("T1", "T2", "T3"),
    *("E1", "E2", "E3", "E4", "E5", "E6"),
    *("A1", "A2"),
    *("S1", "S2", "S3", "S4", "S5"),
}


FEE_STATUSES = ("Pending Payment", "Partial Payment", "Full Payment", "Cancelled")
RESULTS = ("Pass", "Fail", "Exempt", "Void")


def test_every_documented_operation_is_in_the_catalogue_once() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert set(names) >= DOCUMENTED
    assert len(names) == len(set(names))


@pytest.mark.parametrize("operation", NOT_BUILT, ids=lambda operation: operation.name)
async def test_what_is_not_built_answers_501(gateway: Driver, operation: Operation) -> None:
    path = re.sub(r"\{\w+\}", "1", operation.path)
    content = gateway.seal({"root": {"action": operation.action}}) if operation.encrypted_request else ""
    reply = await gateway.http.request(operation.method, path, content=content)
    assert reply.status_code == 501
    assert gateway.world.journal.find()[-1].operation == operation.name


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/tpg/nothing", 404), ("DELETE", "/courses/courseRuns/publish", 405)],
)
async def test_anything_else_is_not_there(gateway: Driver, method: str, path: str, status: int) -> None:
    assert (await gateway.http.request(method, path)).status_code == status


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/tpg/codes/error/tgs-441", {"code": "TGS-441", "description": "Required fields cannot be blank"}),
        ("/tpg/codes/enrolments/idtype", [{"code": code, "description": code} for code in ("NRIC", "FIN", "OTHERS")]),
        ("/tpg/codes/assessments/grade", [{"code": code, "description": code} for code in "ABCDEF"]),
        (
            "/tpg/codes/enrolments/feecollectionstatus",
            [{"code": word, "description": word} for word in FEE_STATUSES],
        ),
        ("/tpg/codes/assessments/result", [{"code": word, "description": word} for word in RESULTS]),
        ("/tpg/codes/grants/component", [{"code": code, "description": code} for code in ("CF", "AF", "AP", "TA")]),
    ],
)
async def test_code_tables_can_be_read(gateway: Driver, path: str, data: object) -> None:
    assert (await gateway.http.get(path)).json()["data"] == data


@pytest.mark.parametrize("path", ["/tpg/codes/error/TGS-999", "/tpg/codes/enrolments/none"])
async def test_unknown_codes_are_404(gateway: Driver, path: str) -> None:
    assert (await gateway.http.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"course": {"run": {"action": "DELETE"}}}, "C3"),
        ({"course": {"run": {"action": "update"}}}, "C2"),
        ({"course": {"run": {"action": 7}}}, "C2"),
        ({"course": []}, "C2"),
        (None, "C2"),
    ],
)
def test_the_action_chooses_between_operations_of_one_path(body: object, name: str) -> None:
    found = match("POST", "/courses/courseRuns/edit/7")
    assert found is not None
    assert found.choose(body).name == name
    assert found.path == {"runId": "7"}
