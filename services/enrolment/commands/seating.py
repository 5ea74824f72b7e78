"""The desk at which seats are given out: one run's counters locked, so that whoever moves a seat waits in line.

Locks are always taken in one order: the trainee, the seats of runs by id, enrolments. Whoever waits at a desk holds
nothing another at the desk could need.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.contracts.enrolment import EnrolmentEvent, EnrolmentStatus
from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from services.enrolment.errors import RunFull
from services.enrolment.models.enrolment import Enrolment, Held
from services.enrolment.models.lifecycle import EnrolmentAction
from services.enrolment.models.policy import Policy
from services.enrolment.models.run import Run
from services.enrolment.models.run_seats import RunSeats
from services.enrolment.queries.enrolments import lock_enrolment, lock_first_waiting, whereabouts
from services.enrolment.queries.policy import policy_in_force
from services.enrolment.queries.runs import lock_seats, runs_with_funding


@dataclass(frozen=True, slots=True)
class Desk:
    """One run with its seats, locked until the transaction ends."""

    uow: UnitOfWork
    run: Run
    seats: RunSeats
    policy: Policy
    funded: bool
    """Whether grants are paid for the run's course."""

    @property
    def now(self) -> datetime:
        return self.uow.now()

    @property
    def begun(self) -> bool:
        return self.run.begun(self.now)

    def require(self, enrolment: Enrolment, action: EnrolmentAction) -> None:
        enrolment.require(action, begun=self.begun)

    async def reread(self) -> None:
        """The counters as they stand in the database, after a savepoint was rolled back."""
        await self.uow.session.refresh(self.seats)

    async def look_at(self, enrolment_id: UUID, *, version: int) -> Enrolment:
        """The enrolment, locked, at the version the caller read."""
        enrolment = await lock_enrolment(self.uow, enrolment_id)
        enrolment.expect(version)
        return enrolment

    async def hold(self, enrolment_id: UUID, *, version: int | None) -> Enrolment:
        """The same, noted as changed; without a version it is the system that changes it."""
        enrolment = await lock_enrolment(self.uow, enrolment_id)
        if version is not None:
            enrolment.expect(version)
        enrolment.touch(self.uow)
        return enrolment

    def has_room(self) -> bool:
        """Whether a seat is free that nobody waits for."""
        return self.seats.free > 0 and self.seats.waitlisted == 0

    def seat(self, enrolment: Enrolment, *, reason: str | None = None) -> None:
        """Give it a seat: the one held for it, or a free one. Raises RunFull."""
        self._take_seat(enrolment)
        self.uow.emit(enrolment.confirm(self.now, self.policy.number, reason=reason))

    def seat_again(self, enrolment: Enrolment, reason: str) -> None:
        """Give a seat to somebody who had given theirs up. Raises RunFull, also while others wait."""
        if not self.has_room():
            raise RunFull(self.run.id)
        self.seats.take()
        self.uow.emit(enrolment.reinstate(self.now, self.policy.number, reason))

    def adopt(self, enrolment: Enrolment, held: Held, reason: str, *, over_capacity: bool) -> None:
        """Give a seat to somebody who has it at TPGateway already, waiting or not. Raises RunFull."""
        if over_capacity and self.seats.free < 1 and enrolment.status is not EnrolmentStatus.OFFERED:
            self.seats.squeeze_in()
            if enrolment.status is EnrolmentStatus.WAITLISTED:
                self.seats.leave()
        else:
            self._take_seat(enrolment)
        self.uow.emit(enrolment.adopt(held, self.now, self.policy.number, reason))

    def queue(self, enrolment: Enrolment, *, reason: str | None = None) -> None:
        """Put it at the end of the queue; a seat held for it is free again."""
        if enrolment.status is EnrolmentStatus.OFFERED:
            self.seats.give_back_held()
        self.uow.emit(enrolment.wait(self.seats.join(), reason=reason))

    def offer(self, enrolment: Enrolment, *, reason: str | None = None) -> None:
        """Hold a free seat for somebody who waits. Raises RunFull."""
        self.seats.hold()
        self.seats.leave()
        ends_at = min(self.now + self.policy.offer_time, self.run.starts_at)
        self.uow.emit(enrolment.offer(ends_at, self.policy.number, reason=reason))

    def vacate(self, event: EnrolmentEvent, was: EnrolmentStatus) -> None:
        """Take back what somebody had in state `was`, and tell how they left."""
        match was:
            case EnrolmentStatus.CONFIRMED:
                self.seats.give_back()
            case EnrolmentStatus.OFFERED:
                self.seats.give_back_held()
            case EnrolmentStatus.WAITLISTED:
                self.seats.leave()
            case _:
                pass
        self.uow.emit(event)

    async def promote(self) -> None:
        """Offer every free seat to those who wait, longest first."""
        while self.seats.free > 0 and self.seats.waitlisted > 0 and self.run.promotes(self.now):
            await self.uow.session.flush()  # the queue is read from the table
            first = await lock_first_waiting(self.uow, self.run.id)
            first.touch(self.uow)
            self.offer(first)

    def _take_seat(self, enrolment: Enrolment) -> None:
        if enrolment.status is EnrolmentStatus.OFFERED:
            self.seats.take_held()
            return
        self.seats.take()
        if enrolment.status is EnrolmentStatus.WAITLISTED:
            self.seats.leave()


@asynccontextmanager
async def at_desks(uow: UnitOfWork, run_ids: Iterable[UUID]) -> AsyncIterator[dict[UUID, Desk]]:
    """Desks of several runs at once. At the end free seats are offered, and each count that changed is told once."""
    wanted = set(run_ids)
    locked = await lock_seats(uow, wanted)
    runs, policy = await runs_with_funding(uow, wanted), await policy_in_force(uow)
    if missing := wanted - locked.keys():
        raise NotFound("course run", min(missing))
    async with AsyncExitStack() as stack:
        yield {
            run_id: await stack.enter_async_context(_open(_desk(uow, runs[run_id], locked[run_id], policy)))
            for run_id in sorted(wanted)
        }


@asynccontextmanager
async def at_desk(uow: UnitOfWork, run_id: UUID) -> AsyncIterator[Desk]:
    """The desk of one run."""
    async with at_desks(uow, [run_id]) as desks:
        yield desks[run_id]


@asynccontextmanager
async def at_desk_of(uow: UnitOfWork, enrolment_id: UUID) -> AsyncIterator[Desk]:
    """The desk of the run an enrolment is on."""
    async with at_desk(uow, (await whereabouts(uow, enrolment_id)).run_id) as desk:
        yield desk


def _desk(uow: UnitOfWork, known: tuple[Run, bool], seats: RunSeats, policy: Policy) -> Desk:
    run, funded = known
    return Desk(uow, run, seats, policy, funded)


@asynccontextmanager
async def _open(desk: Desk) -> AsyncIterator[Desk]:
    before = desk.seats.counts()
    yield desk
    await desk.promote()
    if desk.seats.counts() != before:
        desk.uow.emit(desk.seats.counted())
