"""The register of one session, open on the table: everything that changes a mark goes through it.

Locks are always taken in one order: run, sheet, people. What has changed is told, kept as a revision and counted into
the rates when the register is put away.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from libs.contracts.attendance import AttendanceEvent
from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import WrongWords
from libs.telemetry.context import SYSTEM_ACTOR, current, entered
from services.attendance.commands.rating import refresh_rates
from services.attendance.commands.seating import ONCE, refresh_lines
from services.attendance.errors import PresentElsewhere, SessionCancelled, SessionNotBegun, SheetNotDue, SheetNotOpen
from services.attendance.models.attendance import Attendance
from services.attendance.models.history import revision_of
from services.attendance.models.policy import Policy
from services.attendance.models.precedence import Care, Precedence
from services.attendance.models.run import ClassSession, Run
from services.attendance.models.sheet import Sheet
from services.attendance.queries.policy import policy_in_force
from services.attendance.queries.runs import Scope, get_session, lock_run
from services.attendance.queries.sheets import find_sheet, lock_sheet, present_elsewhere

# In the order of the keys themselves, so that two registers never wait for each other.
_LOCK_PEOPLE = text(
    "select pg_advisory_xact_lock(key) from (select distinct hashtextextended(cast(person as text), 0) as key"
    " from unnest(cast(:people as uuid[])) as person order by key) as keys"
)


@dataclass(slots=True)
class Register:
    """One session's sheet with its lines, locked until the end of the transaction."""

    uow: UnitOfWork
    run: Run
    session: ClassSession
    sheet: Sheet
    lines: dict[UUID, Attendance]
    elsewhere: dict[UUID, UUID] = field(default_factory=dict)
    """Which people are present in another session meanwhile; known once `look_around` was called."""
    _changed: set[UUID] = field(default_factory=set)

    def require_begun(self, at: datetime) -> None:
        """Raise unless the session takes place and had begun."""
        if self.session.cancelled or not self.run.takes_place:
            raise SessionCancelled(self.session.id)
        if not self.session.begun(at):
            raise SessionNotBegun(self.session.id, self.session.start_at)

    def require_changeable(self, *, may_correct: bool, reason: str | None) -> None:
        """A locked sheet is changed only by who may, and with a reason."""
        if not self.sheet.locked:
            return
        if not may_correct:
            raise SheetNotOpen(self.session.id)
        if reason is None:
            message = "The sheet is locked: a change of it needs a reason."
            raise WrongWords("reason", "missing", message, "Say why.")

    async def look_around(self, people: Iterable[UUID]) -> None:
        """Keep these people from being found present anywhere else meanwhile, and see where they are."""
        wanted = sorted(set(people))
        await self.uow.session.execute(_LOCK_PEOPLE, {"people": wanted})
        self.elsewhere = await present_elsewhere(self.uow, self.session, set(wanted))

    def require_here(self, line: Attendance) -> None:
        """Raise PresentElsewhere, naming where; `look_around` was called."""
        if line.trainee_id in self.elsewhere:
            raise PresentElsewhere(self.elsewhere[line.trainee_id])

    def minutes(self, wished: int | None) -> int:
        """What is credited to somebody present: what was said, at most the session."""
        if wished is None:
            return self.session.minutes
        if wished > self.session.minutes:
            fix = f"Use at most {self.session.minutes}."
            raise WrongWords("minutes_credited", "too_many", "That is longer than the session.", fix)
        return wished

    def now_by_hand(self, line: Attendance, care: Care = Care.PERSON) -> Precedence:
        """The precedence of what is said here and now, with the line in view: it outranks all before it."""
        return Precedence(care, line.mark_revision, self.uow.now(), self.uow.new_id())

    def record(self, line: Attendance, event: AttendanceEvent | None) -> None:
        """Keep and tell a change; None is none."""
        if event is None:
            return
        line.touch(self.uow)
        self.uow.add(revision_of(line, event.type, current(), self.uow.now()))
        self.uow.emit(event)
        self._changed.add(line.enrolment_id)

    async def put_away(self) -> None:
        """Write what has changed and judge the rates anew."""
        async with refusing(self.uow, {ONCE: PresentElsewhere(self.session.id)}):
            await self.uow.session.flush()
        if self._changed:
            await refresh_rates(self.uow, self.run, self._changed)


@asynccontextmanager
async def at_register(
    uow: UnitOfWork, session_id: UUID, *, scope: Scope | None = None, early: bool = False
) -> AsyncIterator[Register]:
    """The register of a session, opened now if it is due. Raises NotFound outside `scope`, SheetNotDue before its time.

    `early` opens it whatever the time: TPGateway has already seen somebody there.
    """
    seen = await get_session(uow, session_id, scope=scope)
    run = await lock_run(uow, seen.run_id)
    session = await get_session(uow, session_id)
    sheet = await find_sheet(uow, session_id)
    if sheet is None:
        sheet, lines = await _open(uow, run, session, await policy_in_force(uow), early=early)
    else:
        sheet = await lock_sheet(uow, session_id)
        lines = await refresh_lines(uow, session)
    register = Register(uow, run, session, sheet, lines)
    yield register
    await register.put_away()


async def _open(
    uow: UnitOfWork, run: Run, session: ClassSession, policy: Policy, *, early: bool
) -> tuple[Sheet, dict[UUID, Attendance]]:
    if session.cancelled or not run.takes_place:
        raise SessionCancelled(session.id)
    opens_at = session.start_at - policy.early
    if not early and uow.now() < opens_at:
        raise SheetNotDue(session.id, opens_at)
    with entered(current().acting(SYSTEM_ACTOR, SYSTEM_ACTOR)):
        sheet = Sheet(
            **{**lineage(uow), "id": session.id},
            run_id=run.id,
            policy_version=policy.number,
            lock_due_at=max(session.end_at + policy.lock_after, uow.now()),
        )
        uow.add(sheet)
        await uow.session.flush()
        lines = await refresh_lines(uow, session)
        uow.emit(sheet.opened(len(lines)))
    return sheet, lines
