"""What TPGateway scanned is taken note of; it is a fact of theirs, and no local mark overwrites it."""

from libs.contracts.attendance import MarkState
from libs.contracts.tpg_sync import OfficialScanSeen
from libs.database.unit_of_work import UnitOfWork
from services.attendance.commands.registers import at_register
from services.attendance.commands.seating import new_line
from services.attendance.models.seat import Seat


async def note_scan(uow: UnitOfWork, event: OfficialScanSeen) -> None:
    """Present by an official scan, unless somebody judged otherwise; then both stand and a person decides.

    Raises NotFound when session or enrolment are not heard of yet: the word comes again. Repeating it changes nothing.
    """
    seat = await uow.get(Seat, event.enrolment_id)
    async with at_register(uow, event.session_id, early=True) as register:
        line = register.lines.get(seat.id)
        if line is None:
            line = new_line(uow, register.session, seat, seated=False)
            register.lines[seat.id] = line
        if line.state is not MarkState.PRESENT:
            await register.look_around([line.trainee_id])
        elsewhere = line.trainee_id in register.elsewhere
        register.record(line, line.scan(uow.now(), event.remote_row, register.session, elsewhere=elsewhere))
