"""What becomes of a seat once it is known how the training went: completion, and the verdict on the grant."""

from libs.contracts.assessment import OutcomeChanged
from libs.contracts.attendance import RateChanged
from libs.contracts.enrolment import EnrolmentStatus
from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from services.enrolment.commands.seating import at_desk_of
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.funding import judge
from services.enrolment.models.progress import Progress
from services.enrolment.models.run import Run
from services.enrolment.queries.enrolments import lock_enrolment
from services.enrolment.queries.policy import policy_numbered
from services.enrolment.queries.runs import is_funded

JUDGED = frozenset({EnrolmentStatus.CONFIRMED, EnrolmentStatus.COMPLETED, EnrolmentStatus.WITHDRAWN})


async def follow_rate(uow: UnitOfWork, event: RateChanged) -> None:
    """Keep what attendance says, and judge by it."""
    async with at_desk_of(uow, event.enrolment_id) as desk:
        enrolment = await lock_enrolment(uow, event.enrolment_id)
        (await _progress(uow, enrolment)).follow_rate(event)
        await judge_one(uow, enrolment, desk.run)


async def follow_outcome(uow: UnitOfWork, event: OutcomeChanged) -> None:
    """Keep what assessment says, complete what can be, and judge by it."""
    async with at_desk_of(uow, event.enrolment_id) as desk:
        enrolment = await lock_enrolment(uow, event.enrolment_id)
        (await _progress(uow, enrolment)).follow_outcome(event)
        await complete_one(uow, enrolment, desk.run)
        await judge_one(uow, enrolment, desk.run)


async def complete_one(uow: UnitOfWork, enrolment: Enrolment, run: Run) -> None:
    """The run is over and the outcome known; else nothing happens."""
    if enrolment.status is not EnrolmentStatus.CONFIRMED or not run.over:
        return
    if (await _progress(uow, enrolment)).outcome_decided:
        enrolment.touch(uow)
        uow.emit(enrolment.complete())


async def judge_one(uow: UnitOfWork, enrolment: Enrolment, run: Run) -> None:
    """Compute the verdict anew and tell it when it says something new; courses without grants have none."""
    if enrolment.status not in JUDGED or not await is_funded(uow, run.course_id):
        return
    policy = await policy_numbered(uow, enrolment.policy_version)
    verdict = judge(
        await _progress(uow, enrolment),
        over=run.over,
        left=enrolment.status is EnrolmentStatus.WITHDRAWN,
        accepted_at=enrolment.accepted_at,
        last_day=policy.last_submission_day(run.start_on),
        today=singapore_day(uow.now()),
    )
    event = enrolment.judged(verdict)
    if event is not None:
        uow.emit(event)


async def _progress(uow: UnitOfWork, enrolment: Enrolment) -> Progress:
    """What is known so far; the enrolment is locked, so nobody else begins to know at once."""
    progress = await uow.find(Progress, enrolment.id)
    if progress is None:
        progress = Progress(enrolment_id=enrolment.id)
        uow.add(progress)
        await uow.session.flush()
    return progress
