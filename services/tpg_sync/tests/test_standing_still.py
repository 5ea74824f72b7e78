"""What moved while TPGateway was read is left out of judgement."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.contracts.tpg_sync import RecordType
from libs.tpgateway.attendance.replies import AttendanceRow
from libs.tpgateway.rules.ruleset import ruleset_on
from services.tpg_sync.engine.reconciling.attendance import judge_attendance
from services.tpg_sync.engine.reconciling.holding import Standing, still
from services.tpg_sync.engine.reconciling.scene import Held, Ours, Sight, Theirs
from services.tpg_sync.models import Code, RecordKey, SyncRecord
from services.tpg_sync.tests.samples import ENROLMENT, RUN, UEN, enrolment, run, trainee

PLACE = (RecordType.ENROLMENT, ENROLMENT)
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SIGHT = Sight(UEN, f"{UEN}-01", ruleset_on(NOW.date()), NOW, str)


def record(key: RecordKey = PLACE, **changed: object) -> SyncRecord:
    made = SyncRecord(record_type=key[0], record_id=key[1], run_id=RUN, parts={}, former_ids=[], last_ordinal=2)
    made.remote_id, made.acked_revision, made.acked_hash, made.acked_at = "ENR-1", 1, b"one", NOW
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def standing(*records: SyncRecord, busy: tuple[RecordKey, ...] = ()) -> Standing:
    return Standing({one.key: one for one in records}, set(busy), None)


def ours() -> Ours:
    own = record((RecordType.RUN, RUN))
    return Ours(run=Held(own, run()), calendar=None, enrolments=[Held(record(), enrolment())])


@pytest.mark.parametrize(
    ("after", "busy", "settled"),
    [
        (record(), (), True),
        (record(), (PLACE,), False),
        (record(last_ordinal=4), (), False),
        (record(acked_hash=None), (), False),
        (record(acked_revision=2), (), False),
        (record(remote_id="ENR-2"), (), False),
    ],
)
def test_only_what_stood_still_is_judged(after: SyncRecord, busy: tuple[RecordKey, ...], *, settled: bool) -> None:
    own = record((RecordType.RUN, RUN))
    calm = still(ours(), standing(own, record()), standing(own, after, busy=busy), ())
    assert [held.settled for held in calm.enrolments] == [settled]
    assert calm.run.settled


def test_presence_that_was_marked_and_told_while_tpgateway_was_read_is_no_drift() -> None:
    """Given a seat without a mark, when one is heard and sent between our reading and theirs, then it is not ATT-02."""
    session, other = UUID(int=101), UUID(int=102)
    own, seat = record((RecordType.RUN, RUN), parts={str(session): "S1", str(other): "S2"}), record()
    came = record((RecordType.ATTENDANCE, UUID(int=9)), session_id=session, enrolment_id=ENROLMENT)
    rows = [AttendanceRow(name, "1", "Confirmed", trainee().id_number, entry_mode="Manual") for name in ("S1", "S2")]
    theirs = Theirs(course=None, rows=rows)
    held = Ours(run=Held(own, run()), calendar=None, enrolments=[Held(seat, enrolment())])
    calm = still(held, standing(own, seat), standing(own, seat, came), ())
    found = judge_attendance(calm, theirs, SIGHT)
    assert [(one.code, one.part_id) for one in found] == [(Code.ATTENDANCE_UNMARKED, other)]


def test_beside_a_record_that_came_meanwhile_nobody_is_called_a_stranger() -> None:
    own, came = record((RecordType.RUN, RUN)), record((RecordType.ENROLMENT, UUID(int=9)))
    assert not still(ours(), standing(own, record()), standing(own, record()), ()).unheard
    assert still(ours(), standing(own, record()), standing(own, record(), came), ()).unheard
