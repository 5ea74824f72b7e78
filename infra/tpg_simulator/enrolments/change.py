"""E2, E3 and E6: change, cancel, and tell of fees. A cancelled enrolment stays as it is."""

from typing import Any

from infra.tpg_simulator.belonging import find_own, open_root, own_run, problems_of
from infra.tpg_simulator.enrolments import shapes
from infra.tpg_simulator.enrolments.create import NAMES, ROOT
from infra.tpg_simulator.enrolments.record import CANCELLED, Contact, Employer, Enrolment, Fees, Phone, Trainee
from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.refusals import Detail, Problems, Refusal

HEADLINE = "Enrolment cannot be updated"
NO_MORE = "TGS-439 - enrolment cannot be updated"


def update(call: Call) -> Answer:
    """E2: what was left out or sent empty stays; who, which course and who pays can never change."""
    root = open_root(call, ROOT, HEADLINE)
    standing = find_own(call, call.world.store.enrolments, ROOT)
    problems = problems_of(HEADLINE)
    given = read_fields(shapes.EDIT, root, ROOT, problems)
    run_id = _moved_to(call, standing, given, problems)
    problems.refuse_if_any()
    fees = _edited_fees(standing.fees, given.get("fees", {}))
    _must_be_open(standing, fees.collection_status)
    changed = {
        "run_id": run_id,
        "trainee": _edited_trainee(standing.trainee, given.get("trainee", {})),
        "employer": _edited_employer(standing.employer, given.get("employer", {})),
        "fees": fees,
    }
    kept = _keep(call, standing, changed, "enrolments_updated")
    return _answer(call, kept, {"referenceNumber": kept.reference, "status": kept.status})


def cancel(call: Call) -> Answer:
    """E3: whatever else was sent is ignored."""
    open_root(call, ROOT, HEADLINE)
    standing = find_own(call, call.world.store.enrolments, ROOT)
    _must_be_open(standing)
    kept = _keep(call, standing, {"status": CANCELLED}, "enrolments_cancelled")
    return _answer(call, kept, {"referenceNumber": kept.reference, "status": kept.status})


def tell_fees(call: Call) -> Answer:
    """E6: set the fee collection status alone."""
    root = open_root(call, ROOT, HEADLINE)
    standing = find_own(call, call.world.store.enrolments, ROOT)
    problems = problems_of(HEADLINE)
    given = read_fields(shapes.FEE_COLLECTION, root, ROOT, problems)
    problems.refuse_if_any()
    fees = _edited_fees(standing.fees, given["fees"])
    _must_be_open(standing, fees.collection_status)
    kept = _keep(call, standing, {"fees": fees}, "fees_told")
    return _answer(call, kept, {"referenceNumber": kept.reference})


def _must_be_open(standing: Enrolment, fee_status: str | None = None) -> None:
    if not standing.confirmed:
        raise Refusal(400, HEADLINE, [Detail("", NO_MORE)])
    if standing.grant_approved and fee_status not in {None, standing.fees.collection_status}:
        raise Refusal(400, HEADLINE, [Detail("enrolment.fees.collectionStatus", NO_MORE)])


def _moved_to(call: Call, standing: Enrolment, given: Json, problems: Problems) -> int:
    """Another run id moves the enrolment, within its course."""
    run_id = given.get("course", {}).get("run", {}).get("id")
    if not run_id or int(run_id) == standing.run_id:
        return standing.run_id
    run = own_run(call, run_id, standing.course_reference, NAMES, problems)
    return run.run_id if run else standing.run_id


def _filled(given: Json, names: dict[str, str]) -> dict[str, Any]:
    """The stored names and values of those fields that were sent with something in them."""
    return {stored: given[name] for name, stored in names.items() if given.get(name)}


def _edited_phone(standing: Phone, given: Json) -> Phone:
    names = {"countryCode": "country_code", "phone": "phone_number", "phoneNumber": "phone_number"}
    # An area code alone may be emptied: most numbers have none.
    area = {"area_code": given["areaCode"]} if "areaCode" in given else {}
    return standing.model_copy(update=_filled(given, names) | area)


def _edited_trainee(standing: Trainee, given: Json) -> Trainee:
    phone = _edited_phone(standing.phone, given.get("contactNumber", {}))
    return standing.model_copy(update=_filled(given, {"email": "email"}) | {"phone": phone})


def _edited_employer(standing: Employer | None, given: Json) -> Employer | None:
    """A contact person for somebody who pays alone is ignored, like any field that does not belong."""
    if standing is None:
        return None
    contact: Json = given.get("contact", {})
    phone = _edited_phone(standing.contact.phone, contact.get("contactNumber", {}))
    edited: Contact = standing.contact.model_copy(
        update=_filled(contact, {"fullName": "full_name", "email": "email"}) | {"phone": phone}
    )
    return standing.model_copy(update={"contact": edited})


def _edited_fees(standing: Fees, given: Json) -> Fees:
    status = given.get("collectionStatus") or given.get("feecollectionStatus") or standing.collection_status
    discount = given.get("discountAmount", standing.discount)
    return standing.model_copy(update={"collection_status": status, "discount": discount})


def _keep(call: Call, standing: Enrolment, changed: dict[str, Any], counted: str) -> Enrolment:
    stamps = {"updated_at": call.world.clock.now(), "changed_by": "api", "edits": standing.edits + 1}
    kept = standing.model_copy(update=changed | stamps)
    call.world.store.keep(records=[kept], counted={counted: 1})
    return kept


def _answer(call: Call, kept: Enrolment, shown: Json) -> Answer:
    return Answer({ROOT: shown}, meta=kept.stamps_in_utc(call.world.clock.now()), stored=True)
