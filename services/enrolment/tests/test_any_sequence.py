"""Whatever people ask for, in whatever order, on a real database: seats, queue and counts stay true."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.errors import Refused
from libs.outbox.append import outbox_append
from libs.privacy.personal import PersonalVault
from libs.privacy.vault import Vault
from libs.sources import TimeOrderedIds
from libs.telemetry.context import Context, entered
from libs.testing.clock import TestClock
from libs.testing.people import trainee_wish
from services.enrolment.commands import amending, confirming, leaving
from services.enrolment.commands.following import follow_run
from services.enrolment.commands.registering import register
from services.enrolment.commands.trainees import create_trainee
from services.enrolment.schemas.enrolment import (
    EnrolmentPatch,
    EnrolmentWish,
    OverrideWish,
    ReinstateWish,
    TransferWish,
)
from services.enrolment.schemas.person import TraineeWish
from services.enrolment.tests.builders import IDS, NOW, run_event
from services.enrolment.tests.conftest import World

PEOPLE = 6
WHY = "because the test says so"
COUNTS = """select
    count(*) filter (where status in ('confirmed', 'completed')), count(*) filter (where status = 'offered'),
    count(*) filter (where status = 'waitlisted') from enrolment.enrolment where run_id = :run_id"""
QUEUE = "select id from enrolment.enrolment where run_id = :run_id and status = 'waitlisted' order by waitlist_seq"
TWICE = """select 1 from enrolment.enrolment where run_id = :run_id
    and status in ('draft', 'waitlisted', 'offered', 'confirmed', 'completed')
    group by trainee_id having count(*) > 1"""
TOLD = "select body::json -> 'data' from enrolment.event where aggid = :run_id and aggtype = 'run_seats' order by pos"

Ask = Callable[[UnitOfWork], Awaitable[Any]]
some = st.integers(min_value=0, max_value=40)
which_run = st.integers(min_value=0, max_value=1)


class Ground:
    """A database, people, and a loop of its own: Hypothesis draws outside of any."""

    def __init__(self, url: str, vault: Vault) -> None:
        self.runner, self.vault, self.clock = asyncio.Runner(), vault, TestClock()
        self.engine = create_engine(url, application_name="any sequence")
        append = outbox_append("enrolment", "enrolment")
        self.units = UnitsOfWork(self.engine, clock=self.clock, ids=TimeOrderedIds(), append=append)
        self.people = [self.do(self._person(number)) for number in range(PEOPLE)]

    def vault_in(self, uow: UnitOfWork) -> PersonalVault:
        return PersonalVault(self.vault, uow, "enrolment")

    def do(self, ask: Ask) -> Any:
        """One command in a transaction of its own; None when it was refused."""

        async def play() -> Any:
            with entered(Context(correlation_id=IDS.new())):
                async with self.units.begin() as uow:
                    return await ask(uow)

        try:
            return self.runner.run(play())
        except Refused:
            return None

    def rows(self, statement: str, **values: Any) -> list[Any]:
        async def read() -> list[Any]:
            async with self.engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(text(statement), values)]

        return self.runner.run(read())

    def leave(self) -> None:
        self.runner.run(self.engine.dispose())
        self.runner.close()

    def _person(self, number: int) -> Ask:
        async def ask(uow: UnitOfWork) -> UUID:
            return (await create_trainee(uow, TraineeWish.model_validate(trainee_wish(number)), self.vault_in(uow))).id

        return ask


class AnySequence(RuleBasedStateMachine):
    ground: ClassVar[Ground]

    @initialize(seats=st.integers(min_value=0, max_value=3))
    def begin(self, seats: int) -> None:
        self.ground.clock.set(NOW)
        self.course_id, self.runs = IDS.new(), [IDS.new(), IDS.new()]
        self.places: list[UUID] = []
        self.queues: dict[UUID, list[UUID]] = {run_id: [] for run_id in self.runs}
        for run_id in self.runs:
            self.course_says(run_id, seats)
        for person in self.ground.people[:4]:
            self.place(person, self.runs[0])

    def course_says(self, run_id: UUID, seats: int) -> None:
        self.ground.do(lambda uow: follow_run(uow, run_event(run_id, course_id=self.course_id, intake_size=seats)))

    def place(self, person: UUID, run_id: UUID) -> None:
        wish = EnrolmentWish.model_validate({"run_id": run_id, "trainee_id": person, "sponsorship": "INDIVIDUAL"})
        made = self.ground.do(lambda uow: register(uow, wish, may_override=True))
        if made is not None:
            self.places.append(made.id)
            self.step(self.confirming(made.id, override=False), made.id)

    def confirming(self, enrolment_id: UUID, *, override: bool) -> Ask:
        async def ask(uow: UnitOfWork) -> Any:
            version = await self.version_of(uow, enrolment_id)
            wish, vault = OverrideWish(override=override, reason=WHY), self.ground.vault_in(uow)
            return await confirming.confirm(uow, enrolment_id, wish, version=version, vault=vault, may_override=True)

        return ask

    @staticmethod
    async def version_of(uow: UnitOfWork, enrolment_id: UUID) -> int:
        found = await uow.session.execute(
            text("select version from enrolment.enrolment where id = :id"), {"id": enrolment_id}
        )
        return int(found.scalar_one())

    def step(self, ask: Ask, mover: UUID | None = None) -> None:
        """Do it, note who came by it, and see that nobody was overtaken in any queue."""
        made = self.ground.do(ask)
        if made is not None and hasattr(made, "run_id") and made.id not in self.places:
            self.places.append(made.id)
        for run_id in self.runs:
            before, after = self.queues[run_id], [row[0] for row in self.ground.rows(QUEUE, run_id=run_id)]
            staying = [each for each in before if each in after and each != mover]
            gone = [each for each in before if each not in after and each != mover]
            assert [each for each in after if each in staying] == staying
            assert gone == [each for each in before if each != mover][: len(gone)]
            assert all(after.index(new) >= len(staying) for new in after if new not in before)
            self.queues[run_id] = after

    def some_place(self, number: int) -> UUID:
        return self.places[number % len(self.places)]

    def act(self, number: int, ask: Callable[[UnitOfWork, UUID, int], Awaitable[Any]]) -> None:
        """Do something to one of the places, at the version it is at."""
        enrolment_id = self.some_place(number)

        async def at_its_version(uow: UnitOfWork) -> Any:
            return await ask(uow, enrolment_id, await self.version_of(uow, enrolment_id))

        self.step(at_its_version, enrolment_id)

    @rule(person=some, run=which_run)
    def enrol(self, person: int, run: int) -> None:
        self.place(self.ground.people[person % PEOPLE], self.runs[run])

    @rule(number=some, override=st.booleans())
    def confirm(self, number: int, *, override: bool) -> None:
        enrolment_id = self.some_place(number)
        self.step(self.confirming(enrolment_id, override=override), enrolment_id)

    @rule(number=some)
    def offer(self, number: int) -> None:
        wish = OverrideWish(override=True, reason=WHY)
        self.act(number, lambda uow, key, at: confirming.offer(uow, key, wish, version=at, may_override=True))

    @rule(number=some)
    def accept(self, number: int) -> None:
        self.act(number, lambda uow, key, at: confirming.accept(uow, key, version=at, vault=self.ground.vault_in(uow)))

    @rule(number=some)
    def decline(self, number: int) -> None:
        self.act(number, lambda uow, key, at: confirming.decline(uow, key, None, version=at))

    @rule(number=some)
    def cancel(self, number: int) -> None:
        self.act(number, lambda uow, key, at: leaving.cancel(uow, key, WHY, version=at))

    @rule(number=some, run=which_run)
    def transfer(self, number: int, run: int) -> None:
        wish, held = TransferWish(run_id=self.runs[run], reason=WHY), self.ground.vault_in
        self.act(
            number,
            lambda uow, key, at: leaving.transfer(uow, key, wish, version=at, vault=held(uow), may_override=True),
        )

    @rule(number=some)
    def reinstate(self, number: int) -> None:
        wish, held = ReinstateWish(reason=WHY), self.ground.vault_in
        self.act(
            number,
            lambda uow, key, at: leaving.reinstate(uow, key, wish, version=at, vault=held(uow), may_override=True),
        )

    @rule(number=some)
    def pay_alone(self, number: int) -> None:
        patch, held = EnrolmentPatch.model_validate({"sponsorship": "INDIVIDUAL"}), self.ground.vault_in
        self.act(number, lambda uow, key, at: amending.amend(uow, key, patch, version=at, vault=held(uow)))

    @rule(run=which_run, seats=st.integers(min_value=0, max_value=4))
    def resize(self, run: int, seats: int) -> None:
        event = run_event(self.runs[run], course_id=self.course_id, intake_size=seats)
        self.step(lambda uow: follow_run(uow, event))

    @rule(hours=st.sampled_from([1, 24, 48]))
    def time_passes(self, hours: int) -> None:
        self.ground.clock.advance(timedelta(hours=hours))
        while self.ground.do(confirming.expire_next_offer):
            pass
        self.queues = {run_id: [row[0] for row in self.ground.rows(QUEUE, run_id=run_id)] for run_id in self.runs}

    # --------------------------------------------------------------------------------------- what always holds

    @invariant()
    def counts_are_true_and_no_seat_is_given_twice(self) -> None:
        for run_id in getattr(self, "runs", []):
            ((confirmed, offered, waiting, capacity),) = self.ground.rows(
                "select confirmed, offered, waitlisted, capacity from enrolment.run_seats where run_id = :run_id",
                run_id=run_id,
            )
            assert self.ground.rows(COUNTS, run_id=run_id) == [(confirmed, offered, waiting)]
            assert confirmed + offered <= capacity
            assert waiting == 0 or confirmed + offered == capacity  # before the start nobody waits beside a free seat
            told = self.ground.rows(TOLD, run_id=run_id)
            if told:
                last = told[-1][0]
                assert (last["confirmed"], last["offered"], last["waitlisted"]) == (confirmed, offered, waiting)
            assert self.ground.rows(TWICE, run_id=run_id) == []


async def test_any_sequence_keeps_seats_queue_and_counts_true(world: World) -> None:
    runtime = world.stage.runtime
    url = runtime.settings.database_url.get_secret_value()

    def play() -> None:
        ground = Ground(url, runtime.vault)
        try:
            AnySequence.ground = ground
            run_state_machine_as_test(
                AnySequence,
                settings=settings(
                    max_examples=25,
                    stateful_step_count=20,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                    phases=(Phase.reuse, Phase.generate),  # shrinking on a real database outlasts every patience
                ),
            )
        finally:
            ground.leave()

    await asyncio.to_thread(play)
