"""Let Postgres judge what only it can judge, and say its verdict in our words.

Overlaps are excluded by constraints, not by reading first. Their check is deferred so that a whole run may shift over
itself; `settle_run` makes it happen inside the command, where the answer can still name what clashes.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from libs.contracts.course import SessionStatus
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Refused
from services.course.errors import BookingRaced, SlotTaken
from services.course.models.run import CourseRun
from services.course.queries.calendar import Booking, find_trainer_booking, find_venue_booking

OVERLAPS = frozenset({"session_run_overlap", "session_venue_overlap", "session_trainer_overlap"})


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A session as it was to be written; the objects themselves are gone after the rollback."""

    start_at: datetime
    end_at: datetime
    venue_id: UUID | None
    trainer_ids: Sequence[UUID]


async def settle_run(uow: UnitOfWork, run: CourseRun) -> None:
    """Write the run and have its bookings checked now. Raises SlotTaken with the session that is in the way."""
    run_id = run.id
    wanted = [
        _Wanted(session.start_at, session.end_at, session.venue_id, session.trainer_ids)
        for session in run.sessions
        if session.status is SessionStatus.PLANNED
    ]
    try:
        async with uow.session.begin_nested():
            await uow.session.flush()
            await uow.session.execute(text("set constraints all immediate"))
    except IntegrityError as error:
        if _constraint(error) not in OVERLAPS:
            raise
        raise await _clash(uow, run_id, wanted) from error


@asynccontextmanager
async def settled(uow: UnitOfWork, refusals: Mapping[str, Refused]) -> AsyncIterator[None]:
    """Write what the block added or changed; a broken constraint named here is refused in its words."""
    try:
        async with uow.session.begin_nested():
            yield
            await uow.session.flush()
    except IntegrityError as error:
        refusal = refusals.get(_constraint(error))
        if refusal is None:
            raise
        raise refusal from error


def _constraint(error: IntegrityError) -> str:
    """The name of the broken constraint, as the driver reports it."""
    return str(getattr(getattr(error.orig, "__cause__", None), "constraint_name", ""))


async def _clash(uow: UnitOfWork, run_id: UUID, wanted: Sequence[_Wanted]) -> Refused:
    """Who or what is taken, and by which session; BookingRaced when that has vanished meanwhile."""
    for slot in wanted:
        for trainer_id in slot.trainer_ids:
            busy = await find_trainer_booking(uow, trainer_id, slot.start_at, slot.end_at, outside_run=run_id)
            if busy:
                return SlotTaken("trainer", trainer_id, _words(busy))
        if slot.venue_id is not None:
            busy = await find_venue_booking(uow, slot.venue_id, slot.start_at, slot.end_at, outside_run=run_id)
            if busy:
                return SlotTaken("venue", slot.venue_id, _words(busy))
    return BookingRaced()


def _words(busy: Booking) -> tuple[UUID, UUID, datetime, datetime]:
    return busy.run_id, busy.session_id, busy.start_at, busy.end_at
