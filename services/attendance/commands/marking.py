"""Marks for a session in one request: every line for itself, and nothing lost.

What comes from a device that was offline is merged by precedence (`models/precedence.py`): in any order, any number of
times, the sheet is the same. A scan of TPGateway is never overwritten.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from libs.contracts.attendance import MarkMethod, MarkState
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Conflict as Refusal
from libs.errors import Refused, WrongWords
from libs.telemetry.context import current
from services.attendance.commands.registers import Register, at_register
from services.attendance.errors import NotSeated, OfficialScan
from services.attendance.models.attendance import Attendance
from services.attendance.models.history import Fate, Operation
from services.attendance.models.judgement import Judgement
from services.attendance.models.lifecycle import SET_ASIDE
from services.attendance.models.precedence import Care, Precedence
from services.attendance.queries.marks import known_operations
from services.attendance.queries.runs import Scope
from services.attendance.schemas.mark import LineOutcome, LineWish, MarksWish, Outcome

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far a device's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Who marks, and how far that reaches."""

    scope: Scope | None
    may_correct: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """One line asked for, with whatever the request says for all of them."""

    wish: LineWish
    care: Care
    method: MarkMethod
    evidence: str | None
    reason: str | None


async def mark(uow: UnitOfWork, wish: MarksWish, marker: Marker) -> tuple[Register, list[LineOutcome]]:
    """Take what can be taken, and say of each line what became of it."""
    async with at_register(uow, wish.session_id, scope=marker.scope) as register:
        items = _items(register, wish)
        await _look_around(register, items)
        known = await _known(register, items)
        outcomes = [_outcome(register, item, marker, known) for item in items]
    return register, outcomes


def _items(register: Register, wish: MarksWish) -> list[_Item]:
    """The single lines first, then the room: so `all present` fills what is left in one request, too."""
    singles = [
        _Item(line, Care.PERSON, wish.method, wish.evidence, line.reason or wish.reason)
        for line in (*wish.lines, *wish.exceptions)
    ]
    if not wish.all_present:
        return singles
    excepted = {line.enrolment_id for line in wish.exceptions}
    room = [
        LineWish(
            enrolment_id=line.enrolment_id,
            state=MarkState.PRESENT,
            operation_id=wish.operation_id,
            made_at=wish.made_at,
        )
        for line in register.lines.values()
        if line.seated and line.enrolment_id not in excepted and line.state not in SET_ASIDE
    ]
    return [*singles, *(_Item(line, Care.ROOM, wish.method, wish.evidence, wish.reason) for line in room)]


async def _look_around(register: Register, items: list[_Item]) -> None:
    present = [item.wish.enrolment_id for item in items if item.wish.state is MarkState.PRESENT]
    lines = [register.lines[each] for each in present if each in register.lines]
    await register.look_around(line.trainee_id for line in lines)


async def _known(register: Register, items: list[_Item]) -> set[tuple[UUID, UUID]]:
    operations = [item.wish.operation_id for item in items if item.wish.operation_id is not None]
    if not operations:
        return set()
    return await known_operations(register.uow, (line.id for line in register.lines.values()), operations)


def _outcome(register: Register, item: _Item, marker: Marker, known: set[tuple[UUID, UUID]]) -> LineOutcome:
    line = register.lines.get(item.wish.enrolment_id)
    if line is None:
        return _said(item, None, Outcome.REFUSED, NotSeated(item.wish.enrolment_id))
    operation_id = item.wish.operation_id
    if operation_id is not None and (line.id, operation_id) in known:
        return _said(item, line, Outcome.DUPLICATE)
    try:
        outcome = _merge(register, line, item, marker)
    except OfficialScan as refusal:
        return _said(item, line, Outcome.CONFLICT, refusal)
    except Refused as refusal:
        return _said(item, line, Outcome.REFUSED, refusal)
    if operation_id is not None and outcome in {Outcome.APPLIED, Outcome.SUPERSEDED}:
        known.add((line.id, operation_id))
        _note(register, line, operation_id, outcome)
    return _said(item, line, outcome)


def _merge(register: Register, line: Attendance, item: _Item, marker: Marker) -> Outcome:
    wish, now = item.wish, register.uow.now()
    made_at = wish.made_at or now
    _require_believable(made_at, now)
    register.require_begun(min(made_at, now))
    if not line.seated:
        raise NotSeated(line.enrolment_id)
    register.require_changeable(may_correct=marker.may_correct, reason=item.reason)
    online = wish.operation_id is None
    if online and wish.base_revision is not None and wish.base_revision != line.mark_revision:
        return Outcome.CONFLICT
    precedence = _precedence(register, line, item)
    if line.precedence is not None and precedence <= line.precedence:
        return Outcome.SUPERSEDED
    if wish.state is MarkState.PRESENT and line.state is not MarkState.PRESENT:
        register.require_here(line)
    register.record(line, line.judge(_judgement(register, item, precedence), register.session))
    return Outcome.APPLIED


def _precedence(register: Register, line: Attendance, item: _Item) -> Precedence:
    wish = item.wish
    if wish.operation_id is None or wish.made_at is None:
        return register.now_by_hand(line, item.care)
    return Precedence(item.care, wish.base_revision or 0, wish.made_at, wish.operation_id)


def _judgement(register: Register, item: _Item, precedence: Precedence) -> Judgement:
    present = item.wish.state is MarkState.PRESENT
    return Judgement(
        state=item.wish.state,
        minutes=register.minutes(item.wish.minutes_credited) if present else 0,
        note=item.wish.note,
        method=item.method,
        by=current().actor_id,
        at=register.uow.now(),
        precedence=precedence,
        reason=item.reason,
        evidence=item.evidence,
        late=register.sheet.locked,
    )


def _require_believable(made_at: datetime, now: datetime) -> None:
    if made_at > now + CLOCK_SKEW:
        message = "It says it was made in the future."
        raise WrongWords("made_at", "in_the_future", message, "Set the clock of the device.")


def _note(register: Register, line: Attendance, operation_id: UUID, outcome: Outcome) -> None:
    fate = Fate.APPLIED if outcome is Outcome.APPLIED else Fate.SUPERSEDED
    now = register.uow.now()
    register.uow.add(Operation(attendance_id=line.id, operation_id=operation_id, fate=fate, heard_at=now))


def _said(item: _Item, line: Attendance | None, outcome: Outcome, refusal: Refused | None = None) -> LineOutcome:
    code, message = (refusal.code, refusal.message) if refusal else (None, None)
    if outcome is Outcome.CONFLICT and refusal is None:
        code, message = "stale", "It has changed since you read it. Read it again and compare."
    return LineOutcome(
        enrolment_id=item.wish.enrolment_id,
        operation_id=item.wish.operation_id,
        outcome=outcome,
        code=code,
        message=message,
        allowed=list(refusal.allowed) if isinstance(refusal, Refusal) else [],
        attendance_id=line.id if line else None,
        state=line.state if line else None,
        revision=line.mark_revision if line else None,
    )
