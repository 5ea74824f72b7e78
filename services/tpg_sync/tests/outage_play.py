"""A provider's fortnight played on a whole desk: the real engine, a simulator that can be away, and the real calendar.

Some runs are over and told in part, some wait for people, one is about to begin; then TPGateway goes away.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import text

from libs.contracts.assessment import OutcomeChanged
from libs.contracts.course import RunEnded, RunStatus, SessionStatus
from libs.contracts.envelope import Envelope
from libs.contracts.submissions import RunSubmission, SessionPart
from libs.contracts.tpg_sync import ObligationLevel
from libs.sources import SINGAPORE, singapore_day
from libs.testing.stage import Stage
from services.tpg_sync.engine.calendar import turn
from services.tpg_sync.handlers import obligations
from services.tpg_sync.models import Obligation
from services.tpg_sync.queries.forecasting import backlog
from services.tpg_sync.tests.desk import Desk, _as_a_worker, fact_of
from services.tpg_sync.tests.samples import enrolment, mark, result, run

DAY = timedelta(days=1)
SAID_SINCE = text("select pos, body from tpg_sync.event where pos > :pos order by pos")
Standing = dict[UUID, tuple[ObligationLevel, bool]]
"""Level and breach of each duty."""


@dataclass
class Play:
    """One desk, what happens on it, and what the calendar makes of it."""

    desk: Desk
    chance: random.Random
    heard: int = 0
    enrolled: list[tuple[UUID, UUID, int]] = field(default_factory=list)
    """Run, enrolment and person."""
    sessions: dict[UUID, list[UUID]] = field(default_factory=dict)
    numbers: int = 0

    @property
    def now(self) -> datetime:
        return self.desk.stage.clock.now()

    def next(self) -> int:
        self.numbers += 1
        return self.numbers

    # -- what people do -------------------------------------------------------------------------------------------
    async def publish(self, starts_on: date, *, opens_on: date | None = None) -> UUID:
        """A run of two sessions on one day."""
        run_id, number = UUID(int=50_000 + self.next()), self.numbers
        parts = tuple(_session(number * 10 + one, one, starts_on) for one in (1, 2))
        self.sessions[run_id] = [one.session_id for one in parts]
        wish = run(
            run_id=run_id,
            sessions=parts,
            schedule_info=f"Class {number}",
            registration_opens_on=opens_on or singapore_day(self.now),
            registration_closes_on=starts_on,
            start_on=starts_on,
            end_on=starts_on,
        )
        return await self.desk.publish(wish)

    async def enrol(self, run_id: UUID, person: int) -> UUID:
        place = enrolment(person, run_id=run_id, enrolment_id=UUID(int=60_000 + self.next()))
        self.enrolled.append((run_id, place.enrolment_id, person))
        return await self.desk.enrol(place)

    async def end(self, run_id: UUID) -> None:
        """Its last session is over."""
        submission: RunSubmission = self.desk.owner.runs[run_id]
        fact = fact_of(submission, RunStatus.ENDED)
        held = tuple(one.model_copy(update={"status": SessionStatus.HELD}) for one in fact.sessions)
        await self.desk.hear(RunEnded(run_id=run_id, run=fact.model_copy(update={"sessions": held})))

    async def mark_all(self, run_id: UUID, enrolment_id: UUID) -> None:
        for session_id in self.sessions[run_id]:
            await self.desk.attend(
                mark(
                    attendance_id=UUID(int=70_000 + self.next()),
                    session_id=session_id,
                    run_id=run_id,
                    enrolment_id=enrolment_id,
                )
            )

    async def assess(self, run_id: UUID, enrolment_id: UUID) -> None:
        on = self.desk.owner.runs[run_id].start_on
        final = result(
            assessment_id=UUID(int=80_000 + self.next()), enrolment_id=enrolment_id, run_id=run_id, assessed_on=on
        )
        await self.desk.assess(final)
        await self.desk.hear(OutcomeChanged(enrolment_id=enrolment_id, run_id=run_id, decided=True, passed=True))

    # -- time -----------------------------------------------------------------------------------------------------
    async def go_on(self, to: datetime) -> None:
        """Time passes to that instant; the engine, the broker and the calendar do what is due."""
        self.desk.advance(to - self.now)
        await _as_a_worker(self.desk.engine.rescue())
        await _as_a_worker(self.desk.engine.tend())
        while await _as_a_worker(self.desk.engine.turn()):
            pass
        await self.hear_ourselves()
        await turn(self.desk.stage.units)

    async def settle(self) -> None:
        """Time passes until everything that can leave has left."""
        while await self._waiting():
            await self.go_on(self.now + timedelta(seconds=10))

    async def _waiting(self) -> int:
        async with self.desk.stage.units.reading() as uow:
            return (await backlog(uow)).jobs

    async def hear_ourselves(self) -> None:
        """What the engine has said comes back through the broker."""
        async with self.desk.stage.units.reading() as uow:
            news = (await uow.session.execute(SAID_SINCE, {"pos": self.heard})).all()
        for pos, body in news:
            self.heard = pos
            envelope = Envelope.from_bytes(body.encode() if isinstance(body, str) else body)
            known = obligations.handlers.by_routing_key.get(envelope.routing_key)
            if known is None:
                continue
            event, handle = known
            async with self.desk.stage.units.begin() as uow:
                uow.told_at = envelope.time
                await handle(event.model_validate(envelope.data), uow)

    async def standing(self) -> Standing:
        return await standing(self.desk.stage)


async def standing(stage: Stage) -> Standing:
    async with stage.units.reading() as uow:
        rows = (await uow.session.execute(Obligation.__table__.select())).all()  # type: ignore[attr-defined]
    return {row.id: (ObligationLevel(row.level), row.breached) for row in rows if row.state != "dropped"}


def _session(number: int, one: int, on: date) -> SessionPart:
    return SessionPart(
        session_id=UUID(int=90_000 + number),
        sequence=one,
        start_on=on,
        start_time=time(9 if one == 1 else 14),
        end_on=on,
        end_time=time(12 if one == 1 else 17),
        mode_of_training="1",
    )


def at_home(day: date, hour: int) -> datetime:
    """An hour of a Singapore day."""
    return datetime.combine(day, time(hour), SINGAPORE)
