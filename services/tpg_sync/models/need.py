"""What a record hangs on before TPGateway can take it: run, then enrolment, then attendance, assessment and fee.

A job waits for records, never for particular jobs: whatever brings the record there sets it free, in whatever order the
facts arrive. Pure rules; the rows are read by `queries.waiting`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.models.kinds import REMOVALS, JobKind
from services.tpg_sync.models.record import RecordKey, SyncRecord


class Standing(StrEnum):
    """What is asked of the record waited for."""

    THERE = "there"
    """TPGateway has it, under a name we know, and it is to stay there."""
    NAMED = "named"
    """It is there, and so is the name of one part of it (a session of a run)."""
    TAKEN_BACK = "taken_back"
    """It is given up, and nothing is left to be done about it."""


@dataclass(frozen=True, slots=True)
class Need:
    """One record waited for, and what must be true of it."""

    record_type: RecordType
    record_id: UUID
    standing: Standing = Standing.THERE
    part_id: UUID | None = None

    @property
    def key(self) -> RecordKey:
        return self.record_type, self.record_id


@dataclass(frozen=True, slots=True)
class Wait:
    """A record that a blocked job waits for, and how that one stands."""

    need: Need
    state: str
    """Its newest open job's state; without one `acknowledged`, `given_up`, or `unknown` when nothing was ever owed."""


class Beside:
    """Records as they stand, for those that hang on them. About the `busy` ones something is still to be done."""

    def __init__(self, records: Iterable[SyncRecord] = (), busy: Collection[RecordKey] = ()) -> None:
        self._records = {record.key: record for record in records}
        self._heirs = {record.replaces: record for record in self._records.values() if record.replaces is not None}
        self._busy = frozenset(busy)

    def find(self, record_type: RecordType, record_id: UUID | None) -> SyncRecord | None:
        return None if record_id is None else self._records.get((record_type, record_id))

    def run_of(self, record: SyncRecord) -> SyncRecord | None:
        return self.find(RecordType.RUN, record.run_id)

    def enrolment_of(self, record: SyncRecord) -> SyncRecord | None:
        """The enrolment it hangs on, or whichever stands in its place on the same seat."""
        found = self.find(RecordType.ENROLMENT, record.enrolment_id)
        return None if found is None else self.in_place_of(found)

    def in_place_of(self, enrolment: SyncRecord) -> SyncRecord:
        """Itself while it stands at TPGateway and is to stay there, else its heir's turn."""
        heir = self._heirs.get(enrolment.record_id)
        return enrolment if enrolment.stands or heir is None else self.in_place_of(heir)

    def on_run(self, run: SyncRecord) -> list[SyncRecord]:
        """Enrolments that stand, or may stand, at TPGateway on this run."""
        return [
            record
            for key, record in self._records.items()
            if key[0] is RecordType.ENROLMENT
            and record.run_id == run.record_id
            and (record.remote_id is not None or key in self._busy)
        ]

    def meets(self, need: Need) -> bool:
        """Whether what is asked of a record is so."""
        found = self.find(need.record_type, need.record_id)
        if found is None:
            return False
        match need.standing:
            case Standing.TAKEN_BACK:
                return found.ended and need.key not in self._busy
            case Standing.NAMED:
                return found.remote_id is not None and bool(found.parts.get(str(need.part_id)))
            case Standing.THERE:
                return self.in_place_of(found).stands

    def standing_of(self, need: Need) -> str:
        """How a record stands about which nothing is being done."""
        found = self.find(need.record_type, need.record_id)
        if found is None:
            return "unknown"
        return "given_up" if found.ended else "acknowledged"

    def missing(self, kind: JobKind, record: SyncRecord) -> list[Need]:
        """What a job of this kind about this record still waits for; empty when it may be sent."""
        return [need for need in needs(kind, record, self) if not self.meets(need)]


def needs(kind: JobKind, record: SyncRecord, beside: Beside) -> tuple[Need, ...]:
    """What must be true of other records first.

    What is there already needs nothing but itself: an update or a removal goes to a name we know.
    """
    if kind is JobKind.RUN_DELETE:
        enrolments = beside.on_run(record)
        return tuple(Need(RecordType.ENROLMENT, one.record_id, Standing.TAKEN_BACK) for one in enrolments)
    if kind in REMOVALS:
        return ()
    match record.record_type:
        case RecordType.ENROLMENT:
            return _of_enrolment(record)
        case RecordType.ATTENDANCE:
            return _of_attendance(record)
        case RecordType.ASSESSMENT | RecordType.FEE:
            return () if record.remote_id is not None else _enrolment(record)
        case _:
            return ()


def _enrolment(record: SyncRecord) -> tuple[Need, ...]:
    return () if record.enrolment_id is None else (Need(RecordType.ENROLMENT, record.enrolment_id),)


def _of_enrolment(record: SyncRecord) -> tuple[Need, ...]:
    """Its run; and the enrolment it replaces must be gone first: two at once on one seat endanger the grant."""
    if record.remote_id is not None or record.run_id is None:
        return ()
    run = Need(RecordType.RUN, record.run_id)
    if record.replaces is None:
        return (run,)
    return (run, Need(RecordType.ENROLMENT, record.replaces, Standing.TAKEN_BACK))


def _of_attendance(record: SyncRecord) -> tuple[Need, ...]:
    """The session by its name, and the person enrolled; taking back what was told needs the session alone."""
    if record.run_id is None:
        return ()
    session = Need(RecordType.RUN, record.run_id, Standing.NAMED, record.session_id)
    if record.ended:
        return (session,)
    return (session, *_enrolment(record))
