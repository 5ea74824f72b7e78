"""S4 and S5: the record itself is the reply, without an object around it."""

from infra.tpg_simulator.assessments.create import NAMES, ROOT
from infra.tpg_simulator.assessments.record import Assessment
from infra.tpg_simulator.assessments.shapes import WANTED
from infra.tpg_simulator.belonging import check_partner, find_own, open_root, problems_of
from infra.tpg_simulator.enrolments.wire import show_course
from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.searching import is_wanted, read_search

SEARCH_ROOT = "assessments"
HEADLINE = "Assessments cannot be searched"
SORT_FIELDS = ("updatedOn", "createdOn", "assessmentDate")


def view(call: Call) -> Answer:
    """S5: the score a number, the skill left out where there is none."""
    one = find_own(call, call.world.store.assessments, ROOT)
    score = {} if one.score is None else {"score": one.score}
    skill = {} if one.skill_code is None else {"skillCode": one.skill_code}
    return Answer({**_show(call, one), **score, **skill}, meta=one.stamps_in_singapore(call.world.clock.now()))


def search(call: Call) -> Answer:
    """S4: the caller's own; the score a text, the skill empty where there is none, each hit with its own stamps."""
    root = open_root(call, SEARCH_ROOT, HEADLINE)
    problems = problems_of(HEADLINE)
    wanted = read_fields(WANTED, root, SEARCH_ROOT, problems)
    asked = read_search(call.body, problems, sort_fields=SORT_FIELDS, page_required=True)
    check_partner(call, wanted.get("trainingPartner", {}), NAMES, problems)
    problems.refuse_if_any()
    now = call.world.clock.now()
    of_run = call.world.store.assessments.of_run(wanted.get("course", {}).get("run", {}).get("id", ""))
    own = (one for one in of_run if one.provider_uen == call.provider_uen)
    hits = asked.narrow((one for one in own if _matches(one, wanted)), now)
    ordered = asked.order(hits, now, more=lambda one: one.assessment_date)
    return Answer([_show_hit(call, one) for one in asked.page.cut(ordered)], meta={"totalRecords": len(hits)})


def _show_hit(call: Call, one: Assessment) -> Json:
    return {
        **_show(call, one),
        "score": "" if one.score is None else str(one.score),
        "skillCode": one.skill_code or "",
        "meta": one.stamps_in_singapore(call.world.clock.now()),
    }


def _show(call: Call, one: Assessment) -> Json:
    seed = call.world.seed
    conferring_uen = one.conferring_code.rpartition("-")[0] or one.conferring_code
    grade = {} if one.grade is None else {"grade": one.grade}
    enrolment = {} if one.enrolment_reference is None else {"enrolment": {"referenceNumber": one.enrolment_reference}}
    return {
        "referenceNumber": one.reference,
        "trainingPartner": {
            "code": one.partner_code,
            "uen": one.provider_uen,
            "name": seed.name_of(one.provider_uen),
        },
        "course": show_course(call, one.course_reference, one.run_id),
        "trainee": {
            "idType": {"type": one.trainee.id_type},
            "id": one.trainee.id,
            "fullName": one.trainee.full_name,
        },
        "result": one.result,
        **grade,
        "assessmentDate": one.assessment_date,
        "conferringInstitute": {
            "code": one.conferring_code,
            "uen": conferring_uen,
            "name": seed.name_of(conferring_uen),
        },
        **enrolment,
    }


def _matches(one: Assessment, wanted: Json) -> bool:
    pairs = (
        (wanted["trainingPartner"]["code"], one.partner_code),
        (wanted.get("course", {}).get("referenceNumber"), one.course_reference),
        (wanted.get("trainee", {}).get("id", "").strip(), one.trainee.id.strip()),
        (wanted.get("enrolment", {}).get("referenceNumber"), one.enrolment_reference or ""),
        (wanted.get("skillCode"), one.skill_code or ""),
    )
    return all(is_wanted(filter_, actual) for filter_, actual in pairs)
