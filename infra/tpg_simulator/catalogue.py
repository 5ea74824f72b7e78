"""Every documented operation. Those not built yet are known by name and answer 501; anything else is 404."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.tpg_simulator import codes
from infra.tpg_simulator.assessments import operations as assessments
from infra.tpg_simulator.attendance import operations as attendance
from infra.tpg_simulator.enrolments import operations as enrolments
from infra.tpg_simulator.envelope import Family
from infra.tpg_simulator.operation import Operation
from infra.tpg_simulator.runs import operations as runs

TRAINERS = "/trainingProviders/{uen}/trainers"
CLAIMS = "/skillsFutureCredits/claims"


def _later(name: str, method: str, path: str, encryption: str, *, version: str = "tpg", **more: Any) -> Operation:
    """Describe an operation without a handler; `encryption` is request then reply, `E` or `-`."""
    family = Family.TPG if path.startswith("/tpg/") else Family.COURSES
    request, reply = (mark == "E" for mark in encryption)
    return Operation(name, method, path, family, version, encrypted_request=request, encrypted_reply=reply, **more)


NOT_BUILT = (
    _later("T1", "GET", TRAINERS, "-E", version="trainers"),
    _later("T2", "POST", TRAINERS, "E-", version="trainers"),
    _later("T3", "POST", f"{TRAINERS}/{{trainerId}}", "E-", version="trainers"),
    _later("F1", "POST", f"{CLAIMS}/encryptRequests", "EE", version="claims"),
    _later("F2", "POST", f"{CLAIMS}/decryptRequests", "EE", version="claims"),
    _later("F3", "POST", f"{CLAIMS}/{{claimId}}/supportingdocuments", "EE", version="claims"),
    _later("F4", "GET", f"{CLAIMS}/{{claimId}}", "-E", version="claims"),
    _later("F5", "POST", f"{CLAIMS}/{{claimId}}", "EE", version="claims"),
    _later("R1", "GET", "/trainingproviders/{uen}/courses", "--", version="registry", open_read=True),
    _later("R2", "GET", "/tpg/courses/registry/details/{ref}", "--", version="registry"),
    _later("R3", "POST", "/tpg/courses/registry/search", "--", version="registry"),
    _later("R4", "GET", "/courses/directory", "--", version="registry", open_read=True),
    _later("G1", "POST", "/tpg/grants/search", "EE"),
    _later("G2", "GET", "/tpg/grants/details/{ref}", "-E"),
)
OPERATIONS: tuple[Operation, ...] = (
    *runs.OPERATIONS,
    *enrolments.OPERATIONS,
    *attendance.OPERATIONS,
    *assessments.OPERATIONS,
    *codes.OPERATIONS,
    *NOT_BUILT,
)


@dataclass(frozen=True, slots=True)
class Match:
    """The operations one method and path can mean (more than one where `action` decides) and the path's values."""

    candidates: tuple[Operation, ...]
    path: dict[str, str]

    def choose(self, body: Any) -> Operation:
        """Pick by the body's action, compared without regard to case; the first when it names none of them."""
        action = _find_action(body)
        return next((one for one in self.candidates if one.action == action), self.candidates[0])


def match(method: str, path: str) -> Match | None:
    found = tuple(one for one in OPERATIONS if one.method == method and one.pattern.match(path))
    if not found:
        return None
    hit = found[0].pattern.match(path)
    return Match(found, hit.groupdict() if hit else {})


def methods_of(path: str) -> set[str]:
    return {one.method for one in OPERATIONS if one.pattern.match(path)}


def _find_action(body: Any) -> str | None:
    for part in _objects(body):
        if isinstance(action := part.get("action"), str):
            return action.lower()
    return None


def _objects(body: Any) -> Iterator[dict[str, Any]]:
    """Yield the root object (`course`, `enrolment`, ...) and the `run` inside it: the two places an action stands."""
    if not isinstance(body, dict):
        return
    for root in body.values():
        if isinstance(root, dict):
            yield root
            if isinstance(run := root.get("run"), dict):
                yield run
