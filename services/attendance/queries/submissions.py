"""The claim check: one mark as TPGateway is to hold it. Only tpg-sync may ask."""

from decimal import Decimal
from uuid import UUID

from libs.contracts.attendance import MarkState
from libs.contracts.submissions import AttendanceSubmission
from libs.database.unit_of_work import UnitOfWork
from services.attendance.errors import ActionNotAllowed
from services.attendance.models.codes import ON_THE_JOB
from services.attendance.models.run import ClassSession
from services.attendance.queries.marks import get_mark

MINUTES = 60
SAID = frozenset({MarkState.PRESENT, MarkState.ABSENT})
"""Told as they are; everything else takes back what was told. TPGateway has no word for absence either, but somebody
absent here and scanned there is another matter than a presence that was declared wrong."""
_HUNDREDTHS = Decimal("0.01")


async def attendance_submission(uow: UnitOfWork, attendance_id: UUID) -> AttendanceSubmission:
    """The mark at its submission revision. Raises ActionNotAllowed for what was never owed."""
    line = await get_mark(uow, attendance_id)
    if line.submitted_at is None:
        raise ActionNotAllowed("submit", line.state.value, allowed=("mark present",))
    session = await uow.get(ClassSession, line.session_id)
    present = line.state is MarkState.PRESENT
    on_the_job = session.mode_of_training == ON_THE_JOB
    # What is taken back keeps the hours of the whole session: TPGateway wants some with every row of this mode.
    minutes = line.minutes_credited if present else session.minutes
    return AttendanceSubmission(
        attendance_id=line.id,
        revision=line.revision,
        state=line.state if line.state in SAID else MarkState.VOIDED,
        session_id=line.session_id,
        run_id=line.run_id,
        enrolment_id=line.enrolment_id,
        hours=hours_of(minutes) if on_the_job else None,
        method=line.method,
    )


def hours_of(minutes: int) -> Decimal:
    """Hours to the hundredth, as TPGateway's own application writes them."""
    return (Decimal(minutes) / MINUTES).quantize(_HUNDREDTHS)
