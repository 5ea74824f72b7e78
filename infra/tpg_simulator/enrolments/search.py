"""E4: search the caller's own enrolments."""

from infra.tpg_simulator.belonging import check_partner, open_root, problems_of
from infra.tpg_simulator.enrolments.create import NAMES, ROOT
from infra.tpg_simulator.enrolments.record import Enrolment
from infra.tpg_simulator.enrolments.shapes import WANTED
from infra.tpg_simulator.enrolments.wire import show_enrolment
from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.searching import is_wanted, read_search

HEADLINE = "Enrolments cannot be searched"
SORT_FIELDS = ("updatedOn", "createdOn")


def search(call: Call) -> Answer:
    root = open_root(call, ROOT, HEADLINE)
    problems = problems_of(HEADLINE)
    wanted = read_fields(WANTED, root, ROOT, problems)
    asked = read_search(call.body, problems, sort_fields=SORT_FIELDS, page_required=False)
    check_partner(call, wanted.get("trainingPartner", {}), NAMES, problems)
    problems.refuse_if_any()
    now = call.world.clock.now()
    of_run = call.world.store.enrolments.of_run(wanted.get("course", {}).get("run", {}).get("id", ""))
    own = (one for one in of_run if one.provider_uen == call.provider_uen)
    hits = asked.narrow((one for one in own if _matches(one, wanted)), now)
    shown = [
        {ROOT: show_enrolment(call, one), "meta": one.stamps_in_singapore(now)}
        for one in asked.page.cut(asked.order(hits, now))
    ]
    return Answer(shown, meta={"totalRecords": len(hits)})


def _matches(one: Enrolment, wanted: Json) -> bool:
    course, trainee = wanted.get("course", {}), wanted.get("trainee", {})
    pairs = (
        (wanted["trainingPartner"]["code"], one.partner_code),
        (course.get("referenceNumber"), one.course_reference),
        (wanted.get("status"), one.status),
        (trainee.get("id", "").strip(), one.trainee.id.strip()),
        (trainee.get("idType", {}).get("type"), one.trainee.id_type),
        (trainee.get("fees", {}).get("feeCollectionStatus"), one.fees.collection_status),
        (trainee.get("employer", {}).get("uen"), one.employer.uen if one.employer else ""),
        (trainee.get("enrolmentDate"), one.enrolment_date),
        (trainee.get("sponsorshipType"), one.sponsorship),
    )
    return all(is_wanted(filter_, actual) for filter_, actual in pairs)
