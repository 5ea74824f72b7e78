"""Events in: what the owners of records say decides what is owed to TPGateway.

In order for each record, so each job is made exactly once. Between records no order is relied on: what hangs on
something that is not there yet waits for it.
"""

from typing import Final

from libs.contracts import attendance, course
from libs.contracts.assessment import AssessmentAmended, AssessmentFinalised, AssessmentVoided
from libs.contracts.course import (
    RunCancelled,
    RunChanged,
    RunEnded,
    RunEvent,
    RunPublished,
    RunRescheduled,
    RunSessionsChanged,
    RunStatus,
)
from libs.contracts.enrolment import (
    EnrolmentCancelled,
    EnrolmentChanged,
    EnrolmentCompleted,
    EnrolmentConfirmed,
    EnrolmentFeeChanged,
    EnrolmentReplaced,
    EnrolmentTransferred,
    EnrolmentWithdrawn,
    TraineeErased,
)
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handlers
from services.tpg_sync.commands.assessments import owe_assessment
from services.tpg_sync.commands.attendance import owe_attendance
from services.tpg_sync.commands.enrolments import owe_cancellation, owe_enrolment, owe_fee
from services.tpg_sync.commands.erasing import erase
from services.tpg_sync.commands.runs import keep_calendar, owe_run
from services.tpg_sync.commands.scans import keep_funding, watch_session
from services.tpg_sync.models import JobKind

PUBLISHED: Final = frozenset({RunStatus.OPEN, RunStatus.CONFIRMED, RunStatus.IN_PROGRESS, RunStatus.ENDED})

handlers = Handlers(
    modes={
        "run": "ordered",
        "enrolment": "ordered",
        "attendance": "ordered",
        "assessment": "ordered",
        "course": "latest",
        "trainee": "any",
    }
)
# --------------------------------------------------------------------------------------------------------------- runs


@handlers.on(RunPublished)
async def owe_publish(event: RunPublished, uow: UnitOfWork) -> None:
    await keep_calendar(uow, event)
    await owe_run(uow, event, JobKind.RUN_PUBLISH)


@handlers.on(RunChanged)
async def owe_edit_of_fields(event: RunChanged, uow: UnitOfWork) -> None:
    await _owe_edit(event, uow)


@handlers.on(RunSessionsChanged)
async def owe_edit_of_sessions(event: RunSessionsChanged, uow: UnitOfWork) -> None:
    await _owe_edit(event, uow)


@handlers.on(RunRescheduled)
async def owe_edit_of_dates(event: RunRescheduled, uow: UnitOfWork) -> None:
    await _owe_edit(event, uow)


@handlers.on(RunEnded)
async def owe_edit_of_cut_run(event: RunEnded, uow: UnitOfWork) -> None:
    """A run cut short has lost sessions; one that simply ended is at a revision already owed, and adds nothing."""
    await _owe_edit(event, uow)


@handlers.on(RunCancelled)
async def owe_removal(event: RunCancelled, uow: UnitOfWork) -> None:
    await keep_calendar(uow, event)
    await owe_run(uow, event, JobKind.RUN_DELETE)


async def _owe_edit(event: RunEvent, uow: UnitOfWork) -> None:
    """Drafts are nobody's business yet, and what is cancelled is removed, not edited."""
    await keep_calendar(uow, event)
    if event.run.status in PUBLISHED:
        await owe_run(uow, event, JobKind.RUN_EDIT)


async def note_time(event: RunEvent, uow: UnitOfWork) -> None:
    """Nothing is owed; only the run's dates and state are kept."""
    await keep_calendar(uow, event)


for _told in (course.RunConfirmed, course.RunStarted, course.RunClosed, course.RunReopened):
    handlers.on(_told)(note_time)


@handlers.on(course.RunSessionHeld)
async def await_scans(event: course.RunSessionHeld, uow: UnitOfWork) -> None:
    """What was scanned with Singpass in that session arrives at TPGateway by and by."""
    await keep_calendar(uow, event)
    await watch_session(uow, event)


async def note_funding(event: course.CourseEvent, uow: UnitOfWork) -> None:
    """Only funded courses owe official scans."""
    await keep_funding(uow, event)


for _course in (course.CourseCreated, course.CourseChanged, course.CourseRetired):
    handlers.on(_course)(note_funding)

# ---------------------------------------------------------------------------------------------------------- enrolments


@handlers.on(EnrolmentConfirmed)
async def owe_creation(event: EnrolmentConfirmed, uow: UnitOfWork) -> None:
    """Also after a reinstatement: created anew where it was cancelled there, kept where it never left."""
    await owe_enrolment(uow, event, JobKind.ENROLMENT_CREATE)


@handlers.on(EnrolmentChanged)
async def owe_update(event: EnrolmentChanged, uow: UnitOfWork) -> None:
    await owe_enrolment(uow, event, JobKind.ENROLMENT_UPDATE)


@handlers.on(EnrolmentCompleted)
async def owe_last_update(event: EnrolmentCompleted, uow: UnitOfWork) -> None:
    await owe_enrolment(uow, event, JobKind.ENROLMENT_UPDATE)


@handlers.on(EnrolmentWithdrawn)
async def owe_nothing_but_an_update(event: EnrolmentWithdrawn, uow: UnitOfWork) -> None:
    """Who leaves a run under way stays enrolled at TPGateway: their attendance hangs on it, and so does the grant."""
    await owe_enrolment(uow, event, JobKind.ENROLMENT_UPDATE)


@handlers.on(EnrolmentCancelled)
async def take_back_cancelled(event: EnrolmentCancelled, uow: UnitOfWork) -> None:
    await owe_cancellation(uow, event)


@handlers.on(EnrolmentTransferred)
async def take_back_transferred(event: EnrolmentTransferred, uow: UnitOfWork) -> None:
    await owe_cancellation(uow, event)


@handlers.on(EnrolmentReplaced)
async def take_back_replaced(event: EnrolmentReplaced, uow: UnitOfWork) -> None:
    """Its successor waits until this is done."""
    await owe_cancellation(uow, event)


@handlers.on(EnrolmentFeeChanged)
async def owe_collection(event: EnrolmentFeeChanged, uow: UnitOfWork) -> None:
    await owe_fee(uow, event)


# ---------------------------------------------------------------------------------------------------------- attendance


async def owe_presence(event: attendance.AttendanceEvent, uow: UnitOfWork) -> None:
    """Whatever happened to a mark: a grown submission revision is owed, and nothing else."""
    await owe_attendance(uow, event)


for _mark in (
    attendance.AttendanceCheckedIn,
    attendance.AttendanceMarked,
    attendance.AttendanceCorrected,
    attendance.AttendanceRejected,
    attendance.AttendanceVoided,
    attendance.AttendanceMoved,
):
    handlers.on(_mark)(owe_presence)

# --------------------------------------------------------------------------------------------------------- assessments


@handlers.on(AssessmentFinalised)
async def owe_result(event: AssessmentFinalised, uow: UnitOfWork) -> None:
    await owe_assessment(uow, event, JobKind.ASSESSMENT_CREATE)


@handlers.on(AssessmentAmended)
async def owe_amendment(event: AssessmentAmended, uow: UnitOfWork) -> None:
    await owe_assessment(uow, event, JobKind.ASSESSMENT_UPDATE)


@handlers.on(AssessmentVoided)
async def owe_voiding(event: AssessmentVoided, uow: UnitOfWork) -> None:
    await owe_assessment(uow, event, JobKind.ASSESSMENT_VOID)


# ------------------------------------------------------------------------------------------------------------- people


@handlers.on(TraineeErased)
async def erase_copies(event: TraineeErased, uow: UnitOfWork) -> None:
    await erase(uow, event)
