"""The calendar kept in memory, so that a whole year of a provider fits into a test.

The handlers, the files they keep, the duties derived from them, the rules and the judging are the service's own. Only
where a file or a row lies is replaced: dictionaries here, tables there. That tables give the same is proven by the
smaller year of the same test, which goes through Postgres.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import pytest

from libs.contracts.event import Event
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.testing.clock import TestClock
from services.tpg_sync.commands import duty_files
from services.tpg_sync.commands import obligations as settling
from services.tpg_sync.commands.duties import Scene
from services.tpg_sync.commands.duty_files import Touched
from services.tpg_sync.handlers import obligations
from services.tpg_sync.models import Obligation, ObligationEnrolment, ObligationPart, ObligationRun
from services.tpg_sync.models.obligation_facts import EnrolmentFacts, RunFacts
from services.tpg_sync.settings import ProviderType

File = tuple[ObligationRun | ObligationEnrolment, RunFacts | EnrolmentFacts]


class MemoryUnit:
    """As much of a unit of work as handlers ask for."""

    def __init__(self, clock: TestClock) -> None:
        self.told_at: datetime | None = None
        self.said: list[Event] = []
        self._clock = clock
        self._number = 0

    def now(self) -> datetime:
        return self._clock.now()

    def new_id(self) -> UUID:
        self._number += 1
        return UUID(int=self._number)

    def emit(self, event: Event) -> None:
        self.said.append(event)


class MemoryCalendar:
    """Hears events through the service's handlers, and moves levels on."""

    def __init__(self, clock: TestClock, provider: ProviderType) -> None:
        self.clock = clock
        self.unit = MemoryUnit(clock)
        self.provider = provider
        self.rows: dict[UUID, dict[tuple[object, ...], Obligation]] = defaultdict(dict)
        """By subject, then by identity."""
        self.touched: set[UUID] = set()
        """Subjects whose rows were looked at since somebody cleared this."""
        self._runs: dict[UUID, tuple[ObligationRun, RunFacts]] = {}
        self._enrolments: dict[UUID, tuple[ObligationEnrolment, EnrolmentFacts]] = {}
        self._parts: dict[tuple[RecordType, UUID], ObligationPart] = {}
        self._enrolments_of: dict[UUID, list[UUID]] = defaultdict(list)
        self._parts_of: dict[UUID, list[ObligationPart]] = defaultdict(list)
        self._subjects_of: dict[UUID, set[UUID]] = defaultdict(set)
        self._alarms: list[tuple[datetime, UUID]] = []
        self._by_id: dict[UUID, Obligation] = {}
        self._alarmed: dict[UUID, datetime | None] = {}

    def take_the_place_of_tables(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("lock_run", "lock_enrolment", "lock_part", "keep", "derive"):
            patch.setattr(obligations, name, getattr(self, name))

    async def hear(self, at: datetime, event: Event) -> None:
        self.unit.told_at = at
        _, handle = obligations.handlers.by_routing_key[event.routing_key()]
        await handle(event, cast("UnitOfWork", self.unit))

    def turn(self) -> None:
        """Judge every row whose next change is due, as the worker does."""
        now = self.clock.now()
        while self._alarms and self._alarms[0][0] <= now:
            at, row_id = heapq.heappop(self._alarms)
            if self._by_id[row_id].next_change_at == at:
                self._look_again(self._by_id[row_id])

    # -- what stands in for the tables ----------------------------------------------------------------------------
    async def lock_run(self, _: object, run_id: UUID) -> tuple[ObligationRun, RunFacts]:
        if run_id not in self._runs:
            self._runs[run_id] = ObligationRun(run_id=run_id, staff=[], facts={}), RunFacts()
        return self._runs[run_id]

    async def lock_enrolment(
        self, _: object, enrolment_id: UUID, *, run_id: UUID | None = None
    ) -> tuple[ObligationEnrolment, EnrolmentFacts]:
        if enrolment_id not in self._enrolments:
            self._enrolments[enrolment_id] = ObligationEnrolment(enrolment_id=enrolment_id, facts={}), EnrolmentFacts()
        row, facts = self._enrolments[enrolment_id]
        if row.run_id is None and run_id is not None:
            row.run_id = run_id
            self._enrolments_of[run_id].append(enrolment_id)
        # A copy, as from a table: what a handler does not keep is not kept.
        return row, facts.model_copy(deep=True)

    async def lock_part(
        self, _: object, record_type: RecordType, record_id: UUID, *, run_id: UUID | None = None
    ) -> ObligationPart:
        key = record_type, record_id
        if key not in self._parts:
            self._parts[key] = ObligationPart(record_type=record_type, record_id=record_id)
        part = self._parts[key]
        if part.run_id is None and run_id is not None:
            part.run_id = run_id
            self._parts_of[run_id].append(part)
        return part

    def keep(self, row: ObligationRun | ObligationEnrolment, facts: Any) -> None:
        if isinstance(row, ObligationRun):
            self._runs[row.run_id] = row, facts
        else:
            self._enrolments[row.enrolment_id] = row, facts

    async def derive(self, _: object, run_id: UUID | None, touched: Touched) -> None:
        if run_id is None:
            return
        scene = await self._scene(run_id, touched)
        if touched.everything:
            within, duties = set(self._subjects_of[run_id]), duty_files.all_duties(scene)
        else:
            within = {*touched.sessions, *touched.enrolments, *([run_id] if touched.run else [])}
            duties = duty_files.some_duties(scene, touched)
        left = {identity: row for subject in within for identity, row in self.rows.get(subject, {}).items()}
        unit = cast("UnitOfWork", self.unit)
        for duty in duties:
            row = left.pop(duty.identity, None) or settling.new_row(unit, run_id, duty)
            self.rows[duty.subject_id][duty.identity] = row
            self._subjects_of[run_id].add(duty.subject_id)
            settling.take_over(row, duty, self.provider)
            self._look_again(row)
        for gone in left.values():
            gone.dropped = True
            self._look_again(gone)

    async def _scene(self, run_id: UUID, touched: Touched) -> Scene:
        """As much as the service reads for the same question."""
        _, run = await self.lock_run(None, run_id)
        everybody = touched.everything or touched.run or bool(touched.sessions)
        enrolments = self._enrolments_of[run_id] if everybody else touched.enrolments
        of_run = {one: self._enrolments[one][1] for one in enrolments if one in self._enrolments}
        return Scene(run_id=run_id, run=run, enrolments=of_run, parts=[*self._parts_wanted(run_id, touched)])

    def _parts_wanted(self, run_id: UUID, touched: Touched) -> Iterator[ObligationPart]:
        for part in self._parts_of[run_id]:
            whole = touched.everything or touched.run
            if whole or part.enrolment_id in touched.enrolments or part.session_id in touched.sessions:
                yield part

    def _look_again(self, row: Obligation) -> None:
        settling.look_again(cast("UnitOfWork", self.unit), row)
        self.touched.add(row.subject_id)
        if row.next_change_at != self._alarmed.get(row.id):
            self._by_id[row.id], self._alarmed[row.id] = row, row.next_change_at
            if row.next_change_at is not None:
                heapq.heappush(self._alarms, (row.next_change_at, row.id))
