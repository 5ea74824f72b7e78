"""Everything accepted so far: in memory for speed, on the shelf for safety, written there before it counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from infra.tpg_simulator.assessments.record import Assessment
from infra.tpg_simulator.attendance.record import FIRST_ROW, AttendanceRow
from infra.tpg_simulator.enrolments.record import Enrolment
from infra.tpg_simulator.ledger import Ledger
from infra.tpg_simulator.records import CourseRun, Json
from infra.tpg_simulator.shelf import MemoryShelf, Row, Shelf
from infra.tpg_simulator.stored import Stored

TrainerKey = tuple[str, str]


class Store:
    """The gateway's records. What changes something returns once the shelf has it; if that fails, nothing changed."""

    def __init__(self, first_run_id: int, shelf: Shelf | None = None) -> None:
        self._shelf = shelf or MemoryShelf()
        self._first_run_id = first_run_id
        self._empty()
        self._load()

    def _empty(self) -> None:
        self.runs: dict[int, CourseRun] = {}
        self.trainers: dict[TrainerKey, Json] = {}
        self.settings: dict[str, Any] = {}
        self.counts: Counter[str] = Counter()
        self.enrolments = Ledger(Enrolment)
        self.attendance = Ledger(AttendanceRow, FIRST_ROW)
        self.assessments = Ledger(Assessment)
        ledgers: tuple[Ledger[Any], ...] = (self.enrolments, self.attendance, self.assessments)
        self._ledgers = {one.model.kind: one for one in ledgers}
        self._runs_of_course: defaultdict[str, list[int]] = defaultdict(list)
        self._runs_like: defaultdict[str, set[int]] = defaultdict(set)

    def _load(self) -> None:
        for row in self._shelf.read():
            if row.kind == "run":
                self._remember(CourseRun.model_validate(row.body))
            elif row.kind == "trainer":
                self.trainers[tuple(row.body["key"])] = row.body["trainer"]
            elif row.kind == "setting":
                self.settings[row.key] = row.body
            elif row.kind == "count":
                self.counts[row.key] = row.body
            else:
                ledger = self._ledgers[row.kind]
                ledger.remember(ledger.model.model_validate(row.body))

    def next_run_id(self) -> int:
        return max(self.runs, default=self._first_run_id - 1) + 1

    def keep(
        self,
        runs: Iterable[CourseRun] = (),
        trainers: Mapping[TrainerKey, Json] | None = None,
        counted: Mapping[str, int] | None = None,
        records: Iterable[Stored] = (),
    ) -> None:
        """Store runs, trainers, other records and counts in one transaction; safe to repeat but for the counts."""
        runs, records = tuple(runs), tuple(records)
        trainers = trainers or {}
        totals = self.counts + Counter(counted or {})
        self._shelf.write(
            [
                *(Row("run", str(run.run_id), run.model_dump(mode="json")) for run in runs),
                *(Row("trainer", "/".join(key), {"key": key, "trainer": body}) for key, body in trainers.items()),
                *(Row(one.kind, one.key, one.model_dump(mode="json")) for one in records),
                *(Row("count", name, total) for name, total in totals.items()),
            ]
        )
        for run in runs:
            self._remember(run)
        for one in records:
            self._ledgers[one.kind].remember(one)
        self.trainers.update(trainers)
        self.counts.update(counted or {})

    def count(self, name: str) -> None:
        """Count a call; it reaches the shelf with the next record that does."""
        self.counts[name] += 1

    def keep_setting(self, name: str, value: Any) -> None:
        """Keep what the control API was told (switches, clock, generated keys)."""
        self._shelf.write([Row("setting", name, value)])
        self.settings[name] = value

    def _remember(self, run: CourseRun) -> None:
        before = self.runs.get(run.run_id)
        if before is None:
            self._runs_of_course[run.course_reference].append(run.run_id)
        else:
            self._runs_like[before.fingerprint()].discard(run.run_id)
        self.runs[run.run_id] = run
        if not run.deleted:
            self._runs_like[run.fingerprint()].add(run.run_id)

    def runs_of_course(self, reference: str) -> list[CourseRun]:
        """Living runs in the order they were made."""
        found = (self.runs[run_id] for run_id in self._runs_of_course[reference])
        return sorted((run for run in found if not run.deleted), key=lambda run: run.run_id)

    def runs_like(self, fingerprint: str) -> set[int]:
        return set(self._runs_like[fingerprint])

    def equal_runs(self, *, deleted_too: bool = False) -> list[list[int]]:
        """Groups of runs published with equal content: a client that repeated a create shows up here."""
        groups: defaultdict[str, list[int]] = defaultdict(list)
        for run in self.runs.values():
            if deleted_too or not run.deleted:
                groups[run.published_as].append(run.run_id)
        return [sorted(group) for group in groups.values() if len(group) > 1]

    def reset(self) -> None:
        """Forget every run, trainer, other record and count; what the control API was told stays."""
        settings = dict(self.settings)
        self._shelf.clear()
        self._empty()
        for name, value in settings.items():
            self.keep_setting(name, value)

    def close(self) -> None:
        self._shelf.close()
