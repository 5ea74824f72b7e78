"""Whatever people, phones, course, enrolment and TPGateway do, in whatever order, on a real database: it stays true."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from libs.contracts.attendance import MarkState
from libs.contracts.course import SessionFact, SessionStatus
from libs.contracts.enrolment import EnrolmentStatus
from libs.contracts.tpg_sync import OfficialScanSeen
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.errors import Conflict, Refused
from libs.outbox.append import outbox_append
from libs.sources import TimeOrderedIds
from libs.telemetry.context import Context, entered
from libs.testing.clock import TestClock
from services.attendance.commands import correcting, sheets
from services.attendance.commands.following import follow_enrolment, follow_run
from services.attendance.commands.marking import Marker, mark
from services.attendance.commands.scanning import note_scan
from services.attendance.models.lifecycle import taken_in
from services.attendance.schemas.mark import MarkPatch, MarksWish, ReMarkWish
from services.attendance.tests.builders import HOUR, IDS, START, held, run_event, seat_event, session
from services.attendance.tests.conftest import World

PEOPLE = 3
WHY = "because the test says so"
Ask = Callable[[UnitOfWork], Awaitable[Any]]
some = st.integers(min_value=0, max_value=40)
judged = st.sampled_from(["present", "absent"])

LINES = """select a.id, a.state, a.mark_revision, a.revision, a.submitted_at, a.scanned_at, a.conflict, a.seated,
    a.session_id, a.enrolment_id, a.minutes_credited, a.version from attendance.attendance a
    where a.run_id = any(:runs)"""
TWICE = """select 1 from attendance.attendance a join attendance.attendance b on a.trainee_id = b.trainee_id
    and a.id < b.id and a.state = 'present' and b.state = 'present' join attendance.session sa on sa.id = a.session_id
    join attendance.session sb on sb.id = b.session_id and tstzrange(sa.start_at, sa.end_at, '[)')
    && tstzrange(sb.start_at, sb.end_at, '[)') where a.run_id = any(:runs)"""
UNTOLD = """select a.id from attendance.attendance a
    where a.run_id = any(:runs) and a.mark_revision > 0 and not exists (
    select 1 from attendance.revision r
    where r.attendance_id = a.id and r.state = a.state and r.minutes_credited = a.minutes_credited
    and r.number = (select max(number) from attendance.revision where attendance_id = a.id))"""
LAST = """select distinct on (aggid) aggid, body::json -> 'data' -> 'attendance' from attendance.event
    where aggtype = 'attendance' order by aggid, pos desc"""
RATES = """select r.enrolment_id, r.credited_minutes, r.held_minutes, coalesce((
    select sum(a.minutes_credited) from attendance.attendance a join attendance.session s on s.id = a.session_id
    where a.enrolment_id = r.enrolment_id and a.state = 'present' and s.status = 'held'), 0)
    from attendance.rate r where r.run_id = any(:runs)"""


class Ground:
    """A database and a loop of its own: Hypothesis draws outside of any."""

    def __init__(self, url: str) -> None:
        self.runner, self.clock = asyncio.Runner(), TestClock()
        self.engine = create_engine(url, application_name="any sequence")
        append = outbox_append("attendance", "attendance")
        self.units = UnitsOfWork(self.engine, clock=self.clock, ids=TimeOrderedIds(), append=append)

    def do(self, ask: Ask) -> Any:
        """One command in a transaction of its own; the refusal when it was refused."""

        async def play() -> Any:
            with entered(Context(correlation_id=IDS.new())):
                async with self.units.begin() as uow:
                    return await ask(uow)

        try:
            return self.runner.run(play())
        except Refused as refusal:
            return refusal

    def rows(self, statement: str, **values: Any) -> list[Any]:
        async def read() -> list[Any]:
            async with self.engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(text(statement), values)]

        return self.runner.run(read())

    def leave(self) -> None:
        self.runner.run(self.engine.dispose())
        self.runner.close()


class AnySequence(RuleBasedStateMachine):
    ground: ClassVar[Ground]

    @initialize()
    def begin(self) -> None:
        """Two runs whose first sessions overlap; the same people sit on both."""
        self.ground.clock.set(START - HOUR)
        self.course_id = IDS.new()
        self.sessions: dict[UUID, list[SessionFact]] = {
            IDS.new(): [session(), session(2, start=START + 5 * HOUR)],
            IDS.new(): [session(start=START + HOUR), session(2, start=START + 9 * HOUR)],
        }
        self.people = [IDS.new() for _ in range(PEOPLE)]
        self.seats: list[tuple[UUID, UUID, UUID]] = []
        self.submitted: dict[UUID, tuple[int, int]] = {}
        for run_id in self.sessions:
            self.course_says(run_id)
            for person in self.people:
                self.seats.append((run_id, IDS.new(), person))
                self.enrolment_says(len(self.seats) - 1, EnrolmentStatus.CONFIRMED)

    @property
    def runs(self) -> list[UUID]:
        return list(self.sessions)

    def spot(self, number: int) -> SessionFact:
        everything = [each for sessions in self.sessions.values() for each in sessions]
        return everything[number % len(everything)]

    def course_says(self, run_id: UUID) -> None:
        event = run_event(run_id, *self.sessions[run_id], course_id=self.course_id)
        self.ground.do(lambda uow: follow_run(uow, event))

    def enrolment_says(self, number: int, status: EnrolmentStatus) -> None:
        run_id, enrolment_id, person = self.seats[number % len(self.seats)]
        gone = status is not EnrolmentStatus.CONFIRMED
        until = self.ground.clock.now() if gone else None
        event = seat_event(run_id, enrolment_id, person, status=status, seated_until=until)
        self.ground.do(lambda uow: follow_enrolment(uow, event))

    def line(self, number: int) -> Any:
        rows = sorted(self.ground.rows(LINES, runs=self.runs), key=lambda row: (str(row[8]), str(row[9])))
        return rows[number % len(rows)] if rows else None

    def act(self, number: int, action: str | None, ask: Callable[[UnitOfWork, UUID, int], Awaitable[Any]]) -> None:
        """Do something to one of the lines, at its version; what its state does not take is refused as a conflict."""
        row = self.line(number)
        if row is None:
            return
        answer = self.ground.do(lambda uow: ask(uow, row[0], row[11]))
        if action is not None and action not in taken_in(MarkState(row[1])):
            assert isinstance(answer, Conflict), (row[1], action, answer)
            assert answer.allowed

    # --------------------------------------------------------------------------------------- what may happen

    @rule(number=some, who=some, state=judged, offline=st.booleans(), ago=st.integers(0, 90), seen=st.integers(0, 3))
    def marks(self, number: int, who: int, state: str, *, offline: bool, ago: int, seen: int) -> None:
        spot = self.spot(number)
        _, enrolment_id, _ = self.seats[who % len(self.seats)]
        line: dict[str, Any] = {"enrolment_id": enrolment_id, "state": state}
        if offline:
            made_at = self.ground.clock.now() - timedelta(minutes=ago)
            line |= {"operation_id": IDS.new(), "made_at": made_at, "base_revision": seen}
        wish = MarksWish.model_validate({"session_id": spot.session_id, "lines": [line], "reason": WHY})
        self.ground.do(lambda uow: mark(uow, wish, Marker(None, may_correct=True)))

    @rule(number=some)
    def everybody(self, number: int) -> None:
        wish = MarksWish(session_id=self.spot(number).session_id, all_present=True)
        self.ground.do(lambda uow: mark(uow, wish, Marker(None, may_correct=False)))

    @rule(number=some, state=judged)
    def correct(self, number: int, state: str) -> None:
        patch = MarkPatch.model_validate({"state": state, "reason": WHY})
        self.act(
            number,
            None,
            lambda uow, key, at: correcting.correct(uow, key, patch, version=at, scope=None, may_correct=True),
        )

    @rule(number=some)
    def reject(self, number: int) -> None:
        self.act(
            number,
            "reject",
            lambda uow, key, at: correcting.reject(uow, key, WHY, version=at, scope=None, may_correct=True),
        )

    @rule(number=some)
    def void(self, number: int) -> None:
        self.act(number, "void", lambda uow, key, at: correcting.void(uow, key, WHY, version=at))

    @rule(number=some)
    def re_mark(self, number: int) -> None:
        wish = ReMarkWish(reason=WHY)
        self.act(
            number,
            "re_mark",
            lambda uow, key, at: correcting.re_mark(uow, key, wish, version=at, may_reinstate=True),
        )

    @rule(number=some, who=some)
    def scanned(self, number: int, who: int) -> None:
        spot = self.spot(number)
        _, enrolment_id, _ = self.seats[who % len(self.seats)]
        row = f"{spot.session_id}-{enrolment_id}"
        event = OfficialScanSeen(session_id=spot.session_id, enrolment_id=enrolment_id, remote_row=row)
        self.ground.do(lambda uow: note_scan(uow, event))

    @rule(who=some, status=st.sampled_from([EnrolmentStatus.WITHDRAWN, EnrolmentStatus.CONFIRMED]))
    def seat_moves(self, who: int, status: EnrolmentStatus) -> None:
        self.enrolment_says(who, status)

    @rule(number=some, cancelled=st.booleans())
    def session_moves_on(self, number: int, *, cancelled: bool) -> None:
        spot = self.spot(number)
        for run_id, sessions in self.sessions.items():
            if spot in sessions:
                place = sessions.index(spot)
                over = spot.end_at <= self.ground.clock.now()
                if cancelled and spot.status is SessionStatus.PLANNED and not self.anybody(spot):
                    sessions[place] = spot.model_copy(update={"status": SessionStatus.CANCELLED})
                elif over and spot.status is SessionStatus.PLANNED:
                    sessions[place] = held(spot)
                self.course_says(run_id)

    def anybody(self, spot: SessionFact) -> bool:
        return any(row[8] == spot.session_id and row[1] == "present" for row in self.ground.rows(LINES, runs=self.runs))

    @rule(minutes=st.sampled_from([30, 90, 300]))
    def time_passes(self, minutes: int) -> None:
        self.ground.clock.advance(timedelta(minutes=minutes))
        while self.ground.do(sheets.open_next_due) is True:
            pass
        while self.ground.do(sheets.lock_next_due) is True:
            pass

    # --------------------------------------------------------------------------------------- what always holds

    @invariant()
    def it_is_true(self) -> None:
        if not hasattr(self, "sessions"):
            return
        self.nobody_is_in_two_places()
        self.what_was_said_stands()
        self.rates_are_what_is_on_record()

    def nobody_is_in_two_places(self) -> None:
        assert self.ground.rows(TWICE, runs=self.runs) == []
        now = self.ground.clock.now()
        begun = {each.session_id for each in map(self.spot, range(4)) if each.start_at <= now}
        scanned = {row[0] for row in self.ground.rows(LINES, runs=self.runs) if row[5] is not None}
        for row in self.ground.rows(LINES, runs=self.runs):
            assert row[1] == "unmarked" or row[8] in begun or row[0] in scanned  # nothing ahead of time

    def what_was_said_stands(self) -> None:
        told = dict(self.ground.rows(LAST))
        assert self.ground.rows(UNTOLD, runs=self.runs) == []
        for row in self.ground.rows(LINES, runs=self.runs):
            key, state, revision, owed, submitted_at = row[:5]
            before = self.submitted.get(key, (0, 0))
            assert (revision, owed) >= before
            self.submitted[key] = (revision, owed)
            assert submitted_at is not None or (state != "present" and owed == 0)
            if row[5] is not None and state != "present":
                assert row[6] is not None  # a scan that is not followed is pointed out
            if key in told:
                assert (told[key]["state"], told[key]["submission_revision"]) == (state, owed)
            else:
                assert (state, owed) == ("unmarked", 0)

    def rates_are_what_is_on_record(self) -> None:
        for _, credited, held_minutes, recounted in self.ground.rows(RATES, runs=self.runs):
            assert credited == recounted <= held_minutes


async def test_any_sequence_keeps_attendance_true(world: World) -> None:
    url = world.stage.runtime.settings.database_url.get_secret_value()

    def play() -> None:
        ground = Ground(url)
        try:
            AnySequence.ground = ground
            run_state_machine_as_test(
                AnySequence,
                settings=settings(
                    max_examples=12,
                    stateful_step_count=20,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                    phases=(Phase.reuse, Phase.generate),  # shrinking on a real database outlasts every patience
                ),
            )
        finally:
            ground.leave()

    await asyncio.to_thread(play)
