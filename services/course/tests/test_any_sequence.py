"""Whatever people and the clock do to a run, in whatever order: its rules hold, and every refusal leaves it whole."""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from libs.contracts.course import RunEvent, RunStatus
from libs.contracts.tpg_sync import SyncState
from libs.errors import Refused
from libs.sources import singapore_day
from services.course.errors import ActionNotAllowed
from services.course.models import replanning
from services.course.models.codes import Mode
from services.course.models.lifecycle import TAKEN_IN, RunAction
from services.course.models.planning import Slot
from services.course.models.run import CourseRun
from services.course.tests.builders import NOW, RUN_ENDS, RUN_STARTS, course, draft, lineage, link, policy, singapore

REASON = "synthetic reason"
STEPS = {
    (RunStatus.DRAFT, RunStatus.OPEN),
    (RunStatus.DRAFT, RunStatus.DISCARDED),
    (RunStatus.OPEN, RunStatus.CONFIRMED),
    (RunStatus.OPEN, RunStatus.CANCELLED),
    (RunStatus.CONFIRMED, RunStatus.CANCELLED),
    (RunStatus.OPEN, RunStatus.IN_PROGRESS),
    (RunStatus.CONFIRMED, RunStatus.IN_PROGRESS),
    (RunStatus.IN_PROGRESS, RunStatus.ENDED),
    (RunStatus.ENDED, RunStatus.CLOSED),
    (RunStatus.CLOSED, RunStatus.ENDED),
}

offsets = st.integers(min_value=-2, max_value=75)
hours = st.integers(min_value=0, max_value=22)
lengths = st.integers(min_value=-1, max_value=26)
rarely = st.sampled_from([True, False, False, False, False, False])
modes = st.sampled_from([Mode.CLASSROOM, Mode.CLASSROOM, Mode.CLASSROOM, Mode.SYNCHRONOUS, Mode.ASSESSMENT])


def wish(offset: int, hour: int, length: int, mode: Mode) -> Slot:
    start_at = singapore(RUN_STARTS + timedelta(days=offset), hour)
    return Slot(field="", start_at=start_at, end_at=start_at + timedelta(hours=length), mode=mode)


class AnySequence(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.course, self.policy, self.now = course(), policy(), NOW
        self.told: list[RunEvent] = []
        self.steps: list[tuple[RunStatus, RunStatus]] = []
        self.attended: dict[UUID, tuple[datetime, datetime]] = {}

    @initialize(sessions=st.integers(min_value=0, max_value=4), publish=st.booleans())
    def begin(self, sessions: int, *, publish: bool) -> None:
        self.run = draft()
        self.run.trainers = [link(self.run, 1), link(self.run, 2)]
        for day in range(sessions):
            self.add_sensibly(day, 9)
        if publish:
            self.publish()

    def attempt(self, ask: Callable[[CourseRun], Any]) -> None:
        """Do it to a copy and keep the copy only when it was not refused, as a rolled-back transaction would."""
        tried, before = deepcopy(self.run), self.run.status
        try:
            answer = ask(tried)
        except Refused:
            return
        self.run = tried
        events = answer if isinstance(answer, list) else [answer]
        for event in events:
            if event is not None:
                self.told.append(event)
                if event.run.status is not before:
                    self.steps.append((before, event.run.status))
                    before = event.run.status

    def judged(self) -> dict[str, Any]:
        return {"course": self.course, "policy": self.policy, "now": self.now}

    @rule(minutes=st.integers(min_value=0, max_value=60 * 24))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.attempt(lambda run: run.advance(self.now))

    @precondition(lambda self: self.run.wakes_at is not None)
    @rule(minutes=st.sampled_from([0, 0, 1, 60]))
    def the_next_hour_strikes(self, minutes: int) -> None:
        due = self.run.wakes_at or self.now
        self.now = max(self.now, due + timedelta(minutes=minutes))
        self.attempt(lambda run: run.advance(self.now))

    @rule(offset=offsets, hour=hours, length=lengths, mode=modes)
    def add(self, offset: int, hour: int, length: int, mode: Mode) -> None:
        self.attempt(
            lambda run: replanning.add_session(run, wish(offset, hour, length, mode), lineage(), **self.judged())
        )

    @rule(day=st.integers(min_value=0, max_value=3), hour=st.integers(min_value=8, max_value=16))
    def add_sensibly(self, day: int, hour: int) -> None:
        self.attempt(
            lambda run: replanning.add_session(run, wish(day, hour, 2, Mode.CLASSROOM), lineage(), **self.judged())
        )

    @rule(offset=offsets, hour=hours, length=lengths, mode=modes)
    def add_makeup(self, offset: int, hour: int, length: int, mode: Mode) -> None:
        new = wish(offset, hour, length, mode)
        self.attempt(
            lambda run: replanning.add_makeup_session(
                run, new, lineage(), makeup_for=None, reason=None, **self.judged()
            )
        )

    @precondition(lambda self: bool(self.run.sessions))
    @rule(data=st.data(), offset=offsets, hour=hours, length=lengths, mode=modes)
    def move(self, data: st.DataObject, offset: int, hour: int, length: int, mode: Mode) -> None:
        which = self.some_session(data)
        self.attempt(
            lambda run: replanning.move_session(
                run, which, wish(offset, hour, length, mode), reason=None, **self.judged()
            )
        )

    @precondition(lambda self: bool(self.run.sessions))
    @rule(data=st.data(), remove=st.booleans())
    def take_out(self, data: st.DataObject, *, remove: bool) -> None:
        which = self.some_session(data)
        if remove:
            self.attempt(lambda run: replanning.remove_session(run, which, policy=self.policy))
        else:
            self.attempt(
                lambda run: replanning.cancel_session(run, which, policy=self.policy, now=self.now, reason=REASON)
            )

    @precondition(lambda self: bool(self.run.sessions))
    @rule(data=st.data())
    def somebody_attends(self, data: st.DataObject) -> None:
        session = self.run.session(self.some_session(data))
        session.attendance_taken = True
        self.attended[session.id] = (session.start_at, session.end_at)

    @rule(shift=st.integers(min_value=-3, max_value=3), longer=st.integers(min_value=0, max_value=3))
    def reschedule(self, shift: int, longer: int) -> None:
        move = timedelta(days=shift)
        slots = {
            session.id: Slot(
                field="", start_at=session.start_at + move, end_at=session.end_at + move, mode=session.mode_of_training
            )
            for session in self.run.planned()
        }
        dates = {"start_on": RUN_STARTS + move, "end_on": RUN_ENDS + move + timedelta(days=longer)}
        self.attempt(lambda run: replanning.reschedule(run, dates, slots, reason=REASON, **self.judged()))

    @rule(intake=st.integers(min_value=5, max_value=40))
    def edit(self, intake: int) -> None:
        self.attempt(lambda run: run.edit({"intake_size": intake}, course=self.course, policy=self.policy))

    @rule(count=st.integers(min_value=1, max_value=3))
    def change_trainers(self, count: int) -> None:
        def ask(run: CourseRun) -> RunEvent:
            links = [link(run, 1 + number % 2) for number in range(count)]
            return replanning.change_trainers(run, links, policy=self.policy, now=self.now, reason=REASON)

        self.attempt(ask)

    @rule()
    def publish(self) -> None:
        self.attempt(lambda run: run.publish(**self.judged()))

    @rule(override=st.booleans())
    def confirm(self, *, override: bool) -> None:
        self.attempt(lambda run: run.confirm(override=override, reason=REASON))

    @rule(sure=rarely)
    def cancel(self, *, sure: bool) -> None:
        if sure:
            self.attempt(lambda run: run.cancel(REASON))

    @rule(sure=rarely)
    def discard(self, *, sure: bool) -> None:
        if sure:
            self.attempt(lambda run: run.discard(REASON))

    @rule(sure=rarely)
    def cut_short(self, *, sure: bool) -> None:
        if sure:
            self.attempt(lambda run: run.cut_short(now=self.now, reason=REASON))

    @rule(waive=st.booleans())
    def close(self, *, waive: bool) -> None:
        self.attempt(lambda run: run.close(waive=waive, reason=REASON))

    @rule()
    def reopen(self) -> None:
        self.attempt(lambda run: run.reopen(REASON))

    @rule(behind=st.integers(min_value=0, max_value=2), state=st.sampled_from(list(SyncState)))
    def tpgateway_answers(self, behind: int, state: SyncState) -> None:
        revision = max(1, self.run.revision - behind)
        self.run.hear(state, revision=revision, job_id=self.run.id, at=self.now)
        if state is SyncState.SYNCED and revision < self.run.revision:
            assert self.run.sync_state is not SyncState.SYNCED

    def some_session(self, data: st.DataObject) -> UUID:
        return data.draw(st.sampled_from([session.id for session in self.run.sessions]))

    # --------------------------------------------------------------------------------------- what always holds

    @invariant()
    def nothing_overlaps(self) -> None:
        standing = [session for session in self.run.sessions if not session.cancelled]
        for first, second in combinations(standing, 2):
            assert not first.overlaps(second.start_at, second.end_at)

    @invariant()
    def planned_sessions_keep_the_rules(self) -> None:
        for session in self.run.planned():
            assert session.start_at < session.end_at
            assert session.end_at - session.start_at <= self.policy.session_max
            last_day = singapore_day(session.end_at - timedelta(microseconds=1))
            if session.is_makeup:
                assert last_day <= self.policy.last_makeup_day(self.run.end_on)
            else:
                assert self.run.start_on <= singapore_day(session.start_at)
                assert last_day <= self.run.end_on
            assert not (session.mode_of_training.online and session.venue_id)

    @invariant()
    def only_linked_people_teach(self) -> None:
        linked = {each.trainer_id for each in self.run.trainers}
        for session in self.run.planned():
            assert session.start_at <= self.now or linked.issuperset(session.trainer_ids)

    @invariant()
    def bookings_repeat_their_session(self) -> None:
        for session in self.run.sessions:
            for booked in session.trainers:
                assert (booked.start_at, booked.end_at, booked.status) == (
                    session.start_at,
                    session.end_at,
                    session.status,
                )

    @invariant()
    def only_the_steps_of_the_table_were_taken(self) -> None:
        assert set(self.steps) <= STEPS

    @invariant()
    def a_published_run_keeps_a_session_until_it_is_over(self) -> None:
        if self.run.status in {RunStatus.OPEN, RunStatus.CONFIRMED}:
            assert self.run.planned()
        if self.run.status in {RunStatus.CANCELLED, RunStatus.DISCARDED, RunStatus.CLOSED}:
            assert not self.run.planned()

    @invariant()
    def what_was_attended_stands_where_it_stood(self) -> None:
        for session_id, times in self.attended.items():
            session = self.run.session(session_id)
            assert (session.start_at, session.end_at) == times

    @invariant()
    def the_clock_never_needs_a_second_look(self) -> None:
        tried = deepcopy(self.run)
        tried.advance(self.now)
        assert tried.wakes_at is None or tried.wakes_at > self.now

    @invariant()
    def revisions_only_grow_and_the_last_fact_is_the_run(self) -> None:
        revisions = [event.run.revision for event in self.told]
        assert all(before <= after for before, after in pairwise(revisions))
        if self.told:
            assert self.told[-1].run == self.run.fact()

    @invariant()
    def publishing_is_never_forgotten(self) -> None:
        published = self.run.status not in {RunStatus.DRAFT, RunStatus.DISCARDED}
        assert (self.run.submitted_at is not None) is published

    @invariant()
    def every_action_is_either_taken_or_refused_with_the_list(self) -> None:
        for action in RunAction:
            try:
                self.run.require(action)
            except ActionNotAllowed as refused:
                taken = set(refused.allowed)
            else:
                taken = {action.value}
            assert (action.value in taken) is (self.run.status in TAKEN_IN[action])


AnySequence.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, suppress_health_check=list(HealthCheck)
)
TestAnySequence = AnySequence.TestCase
