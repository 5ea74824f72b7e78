"""S2 and S3: correct a result, or void it. A voided one stays as it is."""

from typing import Any

from infra.tpg_simulator.assessments.create import ROOT, check_outcome
from infra.tpg_simulator.assessments.record import Assessment
from infra.tpg_simulator.assessments.shapes import EDIT
from infra.tpg_simulator.belonging import find_own, open_root, problems_of
from infra.tpg_simulator.codes import VOID
from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.refusals import Detail, Refusal

HEADLINE = "Assessment cannot be updated"
OUTCOME_NAMES = {
    "result": "result",
    "grade": "grade",
    "score": "score",
    "assessmentDate": "assessment_date",
    "skillCode": "skill_code",
}


def update(call: Call) -> Answer:
    """S2: what was left out or sent empty stays; person, course, run and partner can never change."""
    root = open_root(call, ROOT, HEADLINE)
    standing = find_own(call, call.world.store.assessments, ROOT)
    problems = problems_of(HEADLINE)
    given = read_fields(EDIT, root, ROOT, problems)
    check_outcome(call, given, call.world.store.runs.get(standing.run_id), problems)
    problems.refuse_if_any()
    _must_stand(standing)
    changed = {stored: given[name] for name, stored in OUTCOME_NAMES.items() if given.get(name) not in {None, ""}}
    if name := given.get("trainee", {}).get("fullName"):
        changed["trainee"] = standing.trainee.model_copy(update={"full_name": name})
    return _answer(call, _keep(call, standing, changed, "assessments_updated"))


def void(call: Call) -> Answer:
    """S3: whatever else was sent is ignored."""
    open_root(call, ROOT, HEADLINE)
    standing = find_own(call, call.world.store.assessments, ROOT)
    _must_stand(standing)
    kept = _keep(call, standing, {"result": VOID}, "assessments_voided")
    return _answer(call, kept, {"createdBy": kept.provider_uen, "updatedBy": kept.provider_uen})


def _must_stand(standing: Assessment) -> None:
    if not standing.standing:
        raise Refusal(400, HEADLINE, [Detail("", "Assessment is void")])


def _keep(call: Call, standing: Assessment, changed: dict[str, Any], counted: str) -> Assessment:
    stamps = {"updated_at": call.world.clock.now(), "changed_by": "api", "edits": standing.edits + 1}
    kept = standing.model_copy(update=changed | stamps)
    call.world.store.keep(records=[kept], counted={counted: 1})
    return kept


def _answer(call: Call, kept: Assessment, more: Json | None = None) -> Answer:
    stamps = kept.stamps_in_singapore(call.world.clock.now())
    return Answer({ROOT: {"referenceNumber": kept.reference}}, meta=stamps | (more or {}), stored=True)
