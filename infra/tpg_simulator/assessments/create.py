"""S1: tell one result. The gateway finds the enrolment it belongs to by itself."""

from infra.tpg_simulator.assessments.record import Assessment, Candidate
from infra.tpg_simulator.assessments.shapes import CREATE
from infra.tpg_simulator.belonging import NOT_THE_CALLER, Names, check_partner, find_run, open_root, problems_of
from infra.tpg_simulator.enrolments.record import Enrolment
from infra.tpg_simulator.envelope import Answer
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.identifiers import is_right
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json
from infra.tpg_simulator.refusals import Problems, RunUnknown
from infra.tpg_simulator.stored import person, reference, touched
from infra.tpg_simulator.world import World

ROOT = "assessment"
HEADLINE = "Assessment cannot be created"
# Singular and plural stand beside each other in the real gateway's replies too.
NAMES = Names(
    uen="assessment.trainingPartner.uen",
    code="assessments.trainingPartner.code",
    course="assessments.course.referenceNumber",
    run="assessment.course.run.id",
)


def create(call: Call) -> Answer:
    root = open_root(call, ROOT, HEADLINE)
    problems = problems_of(HEADLINE)
    found = read_fields(CREATE, root, ROOT, problems)
    run = find_run(call, found.get("course", {}), NAMES, problems)
    check_outcome(call, found, run, problems)
    _check_trainee(call, found.get("trainee", {}), run, problems)
    check_partner(call, found.get("trainingPartner", {}), NAMES, problems)
    _doubt_partner(problems)
    problems.refuse_if_any()
    if run is None:
        raise RunUnknown
    assessment = make_assessment(call.world, found, run)
    call.world.store.keep(records=[assessment], counted={"assessments_created": 1})
    stamps = assessment.stamps_in_utc(call.world.clock.now())
    return Answer({ROOT: {"referenceNumber": assessment.reference}}, meta=stamps, stored=True)


def _doubt_partner(problems: Problems) -> None:
    """With no course to compare with, the real gateway finds the partner wrong as well."""
    blank = f"{ROOT}.course.referenceNumber"
    if any(detail.field == blank and detail.message == problems.blank_text for detail in problems.details):
        told = {detail.field for detail in problems.details}
        for field in (NAMES.uen, NAMES.code):
            if field not in told:
                problems.add(field, NOT_THE_CALLER)


def check_outcome(call: Call, found: Json, run: CourseRun | None, problems: Problems) -> None:
    """Check skill and date against course and run, where switches ask for it."""
    if run is None:
        return
    course = call.world.seed.find_course(run.course_reference)
    skill = found.get("skillCode")
    if skill and call.world.switches.checks("skill_code") and course and skill not in course.skill_codes:
        problems.add(f"{ROOT}.skillCode", "Skill does not belong to this course")
    day = found.get("assessmentDate", "").replace("-", "")
    if not day or not call.world.switches.checks_dates_strictly:
        return
    dates = run.content.get("courseDates")
    start = str(dates.get("start", "")) if isinstance(dates, dict) else ""
    if not start <= day <= f"{call.world.clock.singapore_today():%Y%m%d}":
        problems.add(f"{ROOT}.assessmentDate", "Must lie between the course start and today")


def _check_trainee(call: Call, trainee: Json, run: CourseRun | None, problems: Problems) -> None:
    path = f"{ROOT}.trainee.id"
    number = trainee.get("id")
    if number is None:
        return
    if call.world.switches.checks("nric") and not is_right(number, trainee.get("idType", "").upper()):
        problems.add(path, "Has the wrong check letter")
    if run is not None and call.world.switches.checks("enrolled"):
        seat = call.world.store.enrolments.having("seat", run.run_id, person(number))
        if not any(enrolment.confirmed for enrolment in seat):
            problems.add(path, "Trainee is not enrolled on this course run")


def make_assessment(world: World, found: Json, run: CourseRun) -> Assessment:
    """Give a well-formed request its reference, its stamps and its enrolment; nothing is stored yet."""
    now = world.clock.now()
    number = world.store.assessments.next_number()
    trainee, partner_code = found["trainee"], found["trainingPartner"]["code"]
    enrolment = _linked(world, run, trainee["id"])
    return Assessment(
        number=number,
        reference=reference("ASM", now, number),
        provider_uen=run.provider_uen,
        created_at=now,
        updated_at=now,
        touch_at=touched(now, world.switches.meta_touch_delay_s),
        run_id=run.run_id,
        course_reference=run.course_reference,
        partner_code=partner_code,
        trainee=Candidate(id=trainee["id"], id_type=trainee["idType"].upper(), full_name=trainee["fullName"]),
        result=found["result"],
        grade=found.get("grade") or None,
        score=found.get("score"),
        assessment_date=found["assessmentDate"],
        skill_code=found.get("skillCode") or None,
        conferring_code=found.get("conferringInstitute", {}).get("code") or partner_code,
        enrolment_reference=enrolment.reference if enrolment else None,
    )


def _linked(world: World, run: CourseRun, number: str) -> Enrolment | None:
    """The person's enrolment on this course: the oldest, even if it is on another run, or by switch the run's own."""
    ledger = world.store.enrolments
    if world.switches.assessments_link == "run":
        found = ledger.having("seat", run.run_id, person(number))
    else:
        found = ledger.having("learner", run.provider_uen, run.course_reference, person(number))
    return next((enrolment for enrolment in found if enrolment.confirmed), None)
