"""Which lines a sheet has: one for everybody who held a seat when the session began."""

from uuid import UUID

from libs.contracts.attendance import MarkState
from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Conflict
from libs.telemetry.context import current
from services.attendance.errors import PresentElsewhere
from services.attendance.models.attendance import Attendance
from services.attendance.models.history import revision_of
from services.attendance.models.run import ClassSession
from services.attendance.models.seat import Seat
from services.attendance.queries.marks import find_line, lines_of_enrolment
from services.attendance.queries.seats import seats_at
from services.attendance.queries.sheets import lines_of

ONCE = "attendance_present_once"
"""The exclusion constraint: nobody is present twice at once."""


async def refresh_lines(uow: UnitOfWork, session: ClassSession) -> dict[UUID, Attendance]:
    """Add who is missing, and note who did not hold a seat after all; by enrolment. The run is locked.

    No line is ever taken away: what was marked stays marked, whatever becomes of the seat.
    """
    seats = {seat.id: seat for seat in await seats_at(uow, session.run_id, session.start_at)}
    lines = {line.enrolment_id: line for line in await lines_of(uow, session.id)}
    for enrolment_id, line in lines.items():
        line.seated = enrolment_id in seats
    for enrolment_id in seats.keys() - lines.keys():
        lines[enrolment_id] = new_line(uow, session, seats[enrolment_id])
    await uow.session.flush()
    return lines


def new_line(uow: UnitOfWork, session: ClassSession, seat: Seat, *, seated: bool = True) -> Attendance:
    line = Attendance(
        **lineage(uow),
        session_id=session.id,
        run_id=session.run_id,
        enrolment_id=seat.id,
        trainee_id=seat.trainee_id,
        seated=seated,
    )
    uow.add(line)
    return line


async def move_lines(uow: UnitOfWork, replaced_id: UUID, seat: Seat) -> None:
    """Attendance goes with the seat when an enrolment is replaced by another on it.

    What would make the successor's person present twice at once stays where it was, for a person to decide.
    """
    for line in await lines_of_enrolment(uow, replaced_id):
        known = await find_line(uow, line.session_id, seat.id)
        if known is not None:
            if known.state is not MarkState.UNMARKED or line.state is MarkState.UNMARKED:
                continue
            await uow.session.delete(known)  # nobody ever judged or heard of it
            await uow.session.flush()
        await _move(uow, line, seat)


async def _move(uow: UnitOfWork, line: Attendance, seat: Seat) -> None:
    if line.state is MarkState.UNMARKED:
        line.enrolment_id, line.trainee_id = seat.id, seat.trainee_id
        return
    try:
        async with refusing(uow, {ONCE: PresentElsewhere(line.session_id)}):
            event = line.move_to(seat.id, seat.trainee_id, uow.now())
            line.touch(uow)
    except Conflict:
        await uow.session.refresh(line)
        return
    uow.add(revision_of(line, event.type, current(), uow.now()))
    uow.emit(event)
