"""What a row of a spreadsheet would do, judged without doing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from libs.contracts.attendance import MarkState
from libs.database.unit_of_work import UnitOfWork
from libs.errors import FieldError
from services.attendance.models.attendance import Attendance
from services.attendance.models.batch import Batch, BatchRow, Verdict
from services.attendance.models.codes import MarkNote
from services.attendance.models.lifecycle import SET_ASIDE, UNJUDGED
from services.attendance.models.run import ClassSession, Run
from services.attendance.models.seat import Seat
from services.attendance.queries.batches import earlier_row
from services.attendance.queries.marks import find_line
from services.attendance.queries.runs import is_funded, session_numbered
from services.attendance.queries.seats import seat_called, seats_at
from services.attendance.queries.sheets import present_elsewhere
from services.attendance.schemas.words import Evidence

_EVIDENCE: TypeAdapter[str] = TypeAdapter(Evidence)


@dataclass(frozen=True, slots=True)
class Wished:
    """What the cells say of one person."""

    state: MarkState
    minutes: int | None
    note: MarkNote | None
    evidence: str | None


class _Wrong(Exception):
    def __init__(self, field: str, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.finding = FieldError(field, code, message, fix)


def wished_of(values: Mapping[str, str]) -> Wished:
    return Wished(
        state=MarkState(values["state"]),
        minutes=int(values["minutes"]) if "minutes" in values else None,
        note=MarkNote(values["note"]) if "note" in values else None,
        evidence=values.get("evidence"),
    )


def named_run(batch: Batch, values: Mapping[str, str]) -> UUID | None:
    """The run a row is about; None when it names none that can be read."""
    if "run_id" not in values:
        return batch.run_id
    try:
        return UUID(values["run_id"])
    except ValueError:
        return None


async def judge_row(
    uow: UnitOfWork, batch: Batch, row: BatchRow, values: Mapping[str, str], matched: UUID | None
) -> Sequence[FieldError]:
    """What is wrong with a row; else its verdict stands on it. `matched` is whose identity number it names."""
    if row.findings:
        return ()  # it could not even be read
    try:
        run = await _run(uow, batch, values)
        session = await _session(uow, run, int(values["session"]))
        row.session_id = session.id
        row.enrolment_id = await _enrolment(uow, run, values, matched)
        wished = wished_of(values)
        row.state_wished = wished.state
        await _require_proof(uow, batch, run, wished)
        _require_sense(wished, session)
        seat, line = await _seat(uow, session, row.enrolment_id), await find_line(uow, session.id, row.enrolment_id)
        row.state_now = line.state if line else MarkState.UNMARKED
        await _require_first(uow, row)
        row.verdict = await _verdict(uow, wished, session, seat, line)
    except _Wrong as wrong:
        return [wrong.finding]
    return ()


async def _run(uow: UnitOfWork, batch: Batch, values: Mapping[str, str]) -> Run:
    run_id = named_run(batch, values)
    if run_id is None:
        message = "Neither the row nor the import names a course run that can be read."
        raise _Wrong("run_id", "missing", message, "Choose a run, or add a column run_id.")
    run = await uow.find(Run, run_id)
    if run is None:
        raise _Wrong("run_id", "unknown", "This course run is not known here.", "Copy its id from the run's page.")
    return run


async def _session(uow: UnitOfWork, run: Run, sequence: int) -> ClassSession:
    session = await session_numbered(uow, run.id, sequence)
    if session is None:
        raise _Wrong("session", "unknown", "The run has no session of this number.", "Compare with the run's page.")
    if session.cancelled or not run.takes_place:
        raise _Wrong("session", "session_cancelled", "This session does not take place.", "Leave the row out.")
    if not session.begun(uow.now()):
        raise _Wrong("session", "session_not_begun", "This session has not begun.", "Send the row once it has.")
    return session


async def _enrolment(uow: UnitOfWork, run: Run, values: Mapping[str, str], matched: UUID | None) -> UUID:
    if "enrolment" in values:
        found, field = await seat_called(uow, run.id, values["enrolment"]), "enrolment"
    elif "id_number" in values:
        found, field = matched, "id_number"
    else:
        message = "Neither an enrolment nor an identity number is given."
        raise _Wrong("enrolment", "missing", message, "Fill in one of the two.")
    if found is None:
        raise _Wrong(field, "unknown", "Nobody on this run has it.", "Compare with the run's enrolments.")
    return found


async def _require_proof(uow: UnitOfWork, batch: Batch, run: Run, wished: Wished) -> None:
    evidence = wished.evidence or batch.evidence
    if evidence is None:
        if await is_funded(uow, run.course_id):
            message = "Grants hang on this run: attendance that is imported needs its proof named."
            raise _Wrong("evidence", "missing", message, "Name the file or form, here or for the whole import.")
        return
    try:
        _EVIDENCE.validate_python(evidence)
    except ValidationError:
        message = "The reference is too long, or holds personal data."
        raise _Wrong("evidence", "unusable", message, "Use the number of the file or form.") from None


def _require_sense(wished: Wished, session: ClassSession) -> None:
    present = wished.state is MarkState.PRESENT
    if wished.minutes is not None and not present:
        raise _Wrong("minutes", "contradiction", "Nobody absent is credited minutes.", "Leave the cell empty.")
    if wished.minutes is not None and not 1 <= wished.minutes <= session.minutes:
        raise _Wrong("minutes", "out_of_range", "That is no part of the session.", f"Use 1 to {session.minutes}.")
    if wished.note is not None and (wished.note is MarkNote.EXCUSED) is present:
        message = "Late and left early go with present, excused with absent."
        raise _Wrong("note", "contradiction", message, "Change one of the two cells.")


async def _seat(uow: UnitOfWork, session: ClassSession, enrolment_id: UUID) -> Seat:
    for seat in await seats_at(uow, session.run_id, session.start_at):
        if seat.id == enrolment_id:
            return seat
    message = "This enrolment did not hold its seat when the session began."
    raise _Wrong("enrolment", "not_seated", message, "Leave the row out, or reinstate the enrolment.")


async def _require_first(uow: UnitOfWork, row: BatchRow) -> None:
    await uow.session.flush()
    earlier = await earlier_row(uow, row)
    if earlier is not None:
        message = f"Row {earlier} is about the same person in the same session."
        raise _Wrong("row", "duplicate", message, "Keep one of the two.")


async def _verdict(
    uow: UnitOfWork, wished: Wished, session: ClassSession, seat: Seat, line: Attendance | None
) -> Verdict:
    present = wished.state is MarkState.PRESENT
    if line is not None:
        if line.state in SET_ASIDE:
            message = f"This attendance is {line.state}: it is marked again one by one, with a reason."
            raise _Wrong("state", "action_not_allowed", message, "Mark it again on its own page.")
        if line.state is MarkState.PRESENT and line.scanned and not present:
            message = "TPGateway holds an official scan: no import overwrites it."
            raise _Wrong("state", "official_scan", message, "Void it on its own page, with a reason.")
        minutes = (wished.minutes or session.minutes) if present else 0
        note = wished.note.value if wished.note else None
        if (line.state, line.minutes_credited, line.note) == (wished.state, minutes, note):
            return Verdict.SAME
    if present and (line is None or line.state is not MarkState.PRESENT):
        elsewhere = await present_elsewhere(uow, session, {seat.trainee_id})
        if elsewhere:
            message = f"The person is present in session {elsewhere[seat.trainee_id]} at the same time."
            raise _Wrong("state", "present_elsewhere", message, "Correct one of the two.")
    return Verdict.CREATE if line is None or line.state in UNJUDGED else Verdict.CHANGE
