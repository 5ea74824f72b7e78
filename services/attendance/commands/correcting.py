"""Changing one mark that somebody has in view: corrected, rejected, voided, marked again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from libs.contracts.attendance import MarkMethod, MarkState
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Forbidden, WrongWords
from libs.telemetry.context import current
from services.attendance.commands.registers import Register, at_register
from services.attendance.errors import NotSeated
from services.attendance.models.attendance import Attendance
from services.attendance.models.codes import MarkNote
from services.attendance.models.judgement import Judgement
from services.attendance.models.lifecycle import MarkAction, require
from services.attendance.queries.marks import get_mark
from services.attendance.queries.runs import Scope
from services.attendance.schemas.mark import MarkPatch, ReMarkWish

_NOT_OF = {
    MarkState.PRESENT: frozenset({MarkNote.EXCUSED}),
    MarkState.ABSENT: frozenset({MarkNote.LATE, MarkNote.LEFT_EARLY}),
}


@asynccontextmanager
async def _holding(
    uow: UnitOfWork, attendance_id: UUID, *, version: int, scope: Scope | None
) -> AsyncIterator[tuple[Register, Attendance]]:
    """The register and the line in it, at the version the caller read; everybody else's hands are off."""
    seen = await get_mark(uow, attendance_id, scope=scope)
    async with at_register(uow, seen.session_id, scope=scope) as register:
        line = await get_mark(uow, attendance_id)
        line.expect(version)
        yield register, line


async def correct(
    uow: UnitOfWork, attendance_id: UUID, patch: MarkPatch, *, version: int, scope: Scope | None, may_correct: bool
) -> Attendance:
    """Mark one person, or correct what was marked; after the sheet is locked with a reason, by who may."""
    async with _holding(uow, attendance_id, version=version, scope=scope) as (register, line):
        register.require_begun(uow.now())
        register.require_changeable(may_correct=may_correct, reason=patch.reason)
        sent = patch.model_dump(exclude_unset=True, exclude={"reason"})
        state = sent.get("state", line.state)
        if not isinstance(state, MarkState) or state not in _NOT_OF:
            raise WrongWords("state", "missing", "Nobody has judged it yet.", "Send state present or absent.")
        await _require_possible(register, line, state)
        register.record(line, line.judge(_patched(register, line, state, sent, patch.reason), register.session))
    return line


async def reject(
    uow: UnitOfWork, attendance_id: UUID, reason: str, *, version: int, scope: Scope | None, may_correct: bool
) -> Attendance:
    """The check-in is not believed: not in the room, or another person."""
    async with _holding(uow, attendance_id, version=version, scope=scope) as (register, line):
        register.require_changeable(may_correct=may_correct, reason=reason)
        by, rank = current().actor_id, register.now_by_hand(line)
        register.record(line, line.reject(uow.now(), by, rank, reason))
    return line


async def void(uow: UnitOfWork, attendance_id: UUID, reason: str, *, version: int) -> Attendance:
    """Declared wrong and kept forever; what was submitted is taken back."""
    async with _holding(uow, attendance_id, version=version, scope=None) as (register, line):
        by, rank = current().actor_id, register.now_by_hand(line)
        register.record(line, line.void(uow.now(), by, rank, reason))
    return line


async def re_mark(
    uow: UnitOfWork, attendance_id: UUID, wish: ReMarkWish, *, version: int, may_reinstate: bool
) -> Attendance:
    """Present after all. What was voided only by who may."""
    async with _holding(uow, attendance_id, version=version, scope=None) as (register, line):
        require(MarkAction.RE_MARK, line.state)
        if line.state is MarkState.VOIDED and not may_reinstate:
            raise Forbidden("Marking present again what was voided needs a role with that right.")
        register.require_begun(uow.now())
        await _require_possible(register, line, MarkState.PRESENT)
        words: dict[str, Any] = {"minutes_credited": wish.minutes_credited, "note": wish.note}
        judgement = _patched(register, line, MarkState.PRESENT, words, wish.reason)
        register.record(line, line.re_mark(judgement, register.session))
    return line


async def _require_possible(register: Register, line: Attendance, state: MarkState) -> None:
    if not line.seated:
        raise NotSeated(line.enrolment_id)
    if state is MarkState.PRESENT and line.state is not MarkState.PRESENT:
        await register.look_around([line.trainee_id])
        register.require_here(line)


def _patched(
    register: Register, line: Attendance, state: MarkState, sent: dict[str, Any], reason: str | None
) -> Judgement:
    """What was sent upon what stands; a note or minutes of the other state are left behind."""
    same = state is line.state
    note = sent["note"] if "note" in sent else (MarkNote(line.note) if same and line.note else None)
    if note in _NOT_OF[state]:
        raise WrongWords("note", "contradiction", f"Nobody is {state} and {note}.", "Send another note, or none.")
    minutes = 0
    if state is MarkState.PRESENT:
        stands = line.minutes_credited if same and "minutes_credited" not in sent else None
        minutes = stands if stands is not None else register.minutes(sent.get("minutes_credited"))
    elif sent.get("minutes_credited") is not None:
        raise WrongWords("minutes_credited", "contradiction", "Nobody absent is credited minutes.", "Leave it out.")
    return Judgement(
        state=state,
        minutes=minutes,
        note=note,
        method=MarkMethod.TRAINER,
        by=current().actor_id,
        at=register.uow.now(),
        precedence=register.now_by_hand(line),
        reason=reason,
        late=register.sheet.locked,
    )
