"""What course says of a run becomes the projection, and moves the places on it."""

from libs.contracts.course import CourseEvent, RunEvent, RunFact
from libs.contracts.enrolment import EnrolmentStatus
from libs.database.unit_of_work import UnitOfWork
from services.enrolment.commands.judging import complete_one, judge_one
from services.enrolment.commands.leaving import cancel_at
from services.enrolment.commands.seating import Desk, at_desk
from services.enrolment.models.run import CALLED_OFF, CourseTerms, Run, RunAccount, known_of
from services.enrolment.models.run_seats import RunSeats
from services.enrolment.queries.enrolments import lock_active_on
from services.enrolment.queries.runs import forget_accounts


async def follow_run(uow: UnitOfWork, event: RunEvent) -> None:
    """Keep the run as it stands now. A run called off takes its enrolments with it; one that ended completes them.

    Goes by the state told, not by the kind of event: when newer words overtake older ones, nothing is missed.
    """
    fact = event.run
    if await uow.find(Run, event.run_id) is None:
        uow.add(Run(id=event.run_id, **known_of(fact)))
        planned = _places(fact)
        await uow.session.flush()
        uow.add(RunSeats(run_id=event.run_id, planned=planned, capacity=planned))
        await _link_accounts(uow, event)
        return
    async with at_desk(uow, event.run_id) as desk:
        desk.run.follow(fact)
        desk.seats.resize(_places(fact))
        await _link_accounts(uow, event)
        if desk.run.status in CALLED_OFF:
            await _call_off(desk)
        elif desk.run.over:
            await _settle(desk)


async def follow_course(uow: UnitOfWork, event: CourseEvent) -> None:
    """Keep whether grants are paid for the course."""
    terms = await uow.find(CourseTerms, event.course_id)
    if terms is None:
        uow.add(CourseTerms(course_id=event.course_id, funded=event.course.funded))
    else:
        terms.funded = event.course.funded


async def _call_off(desk: Desk) -> None:
    for enrolment in await lock_active_on(desk.uow, desk.run.id):
        if enrolment.status is EnrolmentStatus.COMPLETED:
            continue
        enrolment.touch(desk.uow)
        cancel_at(desk, enrolment, "the run does not take place")


async def _settle(desk: Desk) -> None:
    """Who never got a seat is dropped; who had one is completed once the outcome is known."""
    for enrolment in await lock_active_on(desk.uow, desk.run.id):
        if enrolment.unseated:
            enrolment.touch(desk.uow)
            cancel_at(desk, enrolment, "the run has ended")
            continue
        await complete_one(desk.uow, enrolment, desk.run)
        await judge_one(desk.uow, enrolment, desk.run)


async def _link_accounts(uow: UnitOfWork, event: RunEvent) -> None:
    await forget_accounts(uow, event.run_id)
    for user_id in sorted({link.user_id for link in event.run.trainers if link.user_id is not None}):
        uow.add(RunAccount(run_id=event.run_id, user_id=user_id))


def _places(fact: RunFact) -> int:
    return fact.intake_size + fact.threshold
