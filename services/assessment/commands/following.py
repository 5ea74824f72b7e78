"""What course, enrolment and attendance say becomes the projections results are judged by."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from libs.contracts.attendance import RateChanged
from libs.contracts.course import CourseEvent, CourseFact, RunEvent
from libs.contracts.enrolment import EnrolmentEvent
from libs.database.changes import change
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from services.assessment.commands.settling import settle_outcome
from services.assessment.models.enrolment import Enrolment, Rate
from services.assessment.models.rule import Rule, RuleSource
from services.assessment.models.run import Course, Run, accounts_of, known_of
from services.assessment.queries.assessments import enrolments_with_results, lock_enrolments
from services.assessment.queries.rules import default_rule, last_rule_of, next_rule_number, rule_on
from services.assessment.queries.runs import forget_accounts

FROM_THE_START = date(2020, 1, 1)
"""A course's first rule also judges what lies before the day it was heard of."""
COPIED = ("bands", "competency_only", "exempt_allowed", "amend_days", "makeup_days", "auto_certificate")


async def follow_course(uow: UnitOfWork, event: CourseEvent) -> None:
    """Keep the course; what it says of passing becomes the next version of its rule, unless a person's is in force."""
    fact = event.course
    course = await uow.find(Course, event.course_id, for_update=True)
    if course is None:
        course = Course(id=event.course_id, reference=fact.reference, title=fact.title, skill_codes=[])
        uow.add(course)
    course.follow(fact)
    await uow.session.flush()
    await _derive_rule(uow, event.course_id, fact)


async def follow_run(uow: UnitOfWork, event: RunEvent) -> None:
    """Keep the run as it stands now, and who assesses it."""
    run = await uow.find(Run, event.run_id, for_update=True)
    if run is None:
        uow.add(Run(id=event.run_id, **known_of(event.run)))
    else:
        run.follow(event.run)
    await uow.session.flush()
    await forget_accounts(uow, event.run_id)
    for account in accounts_of(event.run_id, event.run):
        uow.add(account)


async def follow_enrolment(uow: UnitOfWork, event: EnrolmentEvent) -> None:
    """Keep whose place it is and whether it is held."""
    fact = event.enrolment
    known = (await lock_enrolments(uow, [event.enrolment_id])).get(event.enrolment_id)
    if known is None:
        known = Enrolment(id=event.enrolment_id, run_id=fact.run_id, trainee_id=fact.trainee_id, status=fact.status)
        uow.add(known)
    known.follow(fact)


async def follow_rate(uow: UnitOfWork, event: RateChanged) -> None:
    """Keep how much was attended."""
    rate = await uow.find(Rate, event.enrolment_id, for_update=True)
    if rate is None:
        rate = Rate(enrolment_id=event.enrolment_id, credited_minutes=0, held_minutes=0, scheduled_minutes=0)
        uow.add(rate)
    rate.follow(event)


async def _derive_rule(uow: UnitOfWork, course_id: UUID, fact: CourseFact) -> None:
    today = singapore_day(uow.now())
    if (await rule_on(uow, course_id, today)).source is RuleSource.PERSON:
        return
    last = await last_rule_of(uow, course_id)
    before = last or await default_rule(uow)
    said: dict[str, Any] = {
        "pass_mark": fact.pass_mark,
        "min_attendance_pct": fact.min_attendance_pct,
        "skill_codes": list(fact.skill_codes),
    }
    if last is not None and all(getattr(last, name) == value for name, value in said.items()):
        return
    rule = Rule(
        **lineage(uow),
        **said,
        **{name: getattr(before, name) for name in COPIED},
        number=await next_rule_number(uow),
        course_id=course_id,
        source=RuleSource.COURSE,
        effective_from=FROM_THE_START if last is None else today,
    )
    uow.add(rule)
    await uow.session.flush()
    changes = [
        change(name, getattr(before, name), value) for name, value in said.items() if getattr(before, name) != value
    ]
    uow.emit(rule.introduced("as the course says", changes))
    await _settle_again(uow, await enrolments_with_results(uow, course_id, rule.effective_from))


async def _settle_again(uow: UnitOfWork, enrolment_ids: Iterable[UUID]) -> None:
    """What must be passed is another now: judge anew whoever has results already."""
    for enrolment_id, enrolment in (await lock_enrolments(uow, enrolment_ids)).items():
        await settle_outcome(uow, enrolment_id, await uow.get(Run, enrolment.run_id))
