"""E1: enrol one trainee on one run. A repeated one is accepted without a word, unless a switch refuses it."""

from datetime import datetime
from typing import Any

from infra.tpg_simulator.belonging import (
    BLANK,
    FOREIGN_COURSE,
    FOREIGN_COURSE_FIELD,
    Names,
    check_partner,
    find_run,
    open_root,
    problems_of,
)
from infra.tpg_simulator.enrolments import shapes
from infra.tpg_simulator.enrolments.record import EMPLOYER, Enrolment
from infra.tpg_simulator.enrolments.wire import read_employer, read_fees, read_trainee
from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.identifiers import is_right
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json
from infra.tpg_simulator.refusals import Detail, Problems, Refusal, RunUnknown
from infra.tpg_simulator.stored import person, reference, touched
from infra.tpg_simulator.world import World

ROOT = "enrolment"
HEADLINE = "Enrolment cannot be created"
NAMES = Names(
    uen="enrolment.trainingPartner.uen",
    code="enrolment.trainingPartner.code",
    course="enrolment.course.referenceNumber",
    run="enrolment.course.run.id",
)


def create(call: Call) -> Answer:
    root = open_root(call, ROOT, HEADLINE)
    problems = problems_of(HEADLINE)
    found = read_create(root, problems)
    if Detail(NAMES.uen, BLANK) in problems.details:
        # With no partner to compare with, the real gateway finds the course to be nobody's.
        problems.add(FOREIGN_COURSE_FIELD, FOREIGN_COURSE)
    run = find_run(call, found.get("course", {}), NAMES, problems)
    _check_trainee(call, found.get("trainee", {}), problems)
    check_partner(call, found.get("trainingPartner", {}), NAMES, problems)
    problems.refuse_if_any()
    if run is None:
        raise RunUnknown
    enrolment = make_enrolment(call.world, found, run)
    _refuse_duplicate(call, enrolment)
    call.world.store.keep(records=[enrolment], counted={"enrolments_created": 1})
    shown = {"referenceNumber": enrolment.reference, "status": enrolment.status}
    return Answer({ROOT: shown}, meta=enrolment.stamps_in_utc(call.world.clock.now()), stored=True)


def read_create(root: Json, problems: Problems) -> Json:
    """Read the words of a create; which employer fields it needs depends on who pays."""
    trainee: Any = root.get("trainee")
    sponsorship = trainee.get("sponsorshipType") if isinstance(trainee, dict) else None
    return read_fields(shapes.create(by_employer=sponsorship == EMPLOYER), root, ROOT, problems)


def make_enrolment(world: World, found: Json, run: CourseRun) -> Enrolment:
    """Give a well-formed request its reference and stamps; nothing is stored yet."""
    now: datetime = world.clock.now()
    number = world.store.enrolments.next_number()
    trainee = found["trainee"]
    sponsored = trainee["sponsorshipType"] == EMPLOYER
    return Enrolment(
        number=number,
        reference=reference("ENR", now, number),
        provider_uen=run.provider_uen,
        created_at=now,
        updated_at=now,
        touch_at=touched(now, world.switches.meta_touch_delay_s),
        run_id=run.run_id,
        course_reference=run.course_reference,
        partner_code=found["trainingPartner"]["code"],
        trainee=read_trainee(trainee),
        enrolment_date=trainee.get("enrolmentDate") or world.clock.singapore_today().isoformat(),
        sponsorship=trainee["sponsorshipType"],
        employer=read_employer(trainee["employer"]) if sponsored else None,
        fees=read_fees(trainee["fees"]),
    )


def _check_trainee(call: Call, trainee: Json, problems: Problems) -> None:
    switches = call.world.switches
    id_type = trainee.get("idType", {}).get("type", "").upper()
    if switches.checks("nric") and "id" in trainee and not is_right(trainee["id"], id_type):
        problems.add("enrolment.trainee.id", "Has the wrong check letter")
    today = call.world.clock.singapore_today().isoformat()
    if switches.checks_dates_strictly and trainee.get("dateOfBirth", "") >= today:
        problems.add("enrolment.trainee.dateOfBirth", "Must be in the past")


def _refuse_duplicate(call: Call, enrolment: Enrolment) -> None:
    if call.world.switches.duplicates_enrolment == "allow":
        return
    seat = call.world.store.enrolments.having("seat", enrolment.run_id, person(enrolment.trainee.id))
    if any(other.confirmed for other in seat):
        call.world.store.count("enrolments_refused_as_duplicate")
        raise Refusal(400, HEADLINE, [Detail("enrolment.trainee.id", "Trainee is already enrolled on this course run")])
