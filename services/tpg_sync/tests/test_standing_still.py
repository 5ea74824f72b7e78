"""What moved while TPGateway was read is left out of judgement."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.engine.reconciling.holding import Standing, still
from services.tpg_sync.engine.reconciling.scene import Held, Ours
from services.tpg_sync.models import RecordKey, SyncRecord
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.reconciling import reconcile, unresolved
from services.tpg_sync.tests.samples import ENROLMENT, RUN, enrolment, mark, result, run

PLACE = (RecordType.ENROLMENT, ENROLMENT)
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


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


def test_beside_a_record_that_came_meanwhile_nobody_is_called_a_stranger() -> None:
    own, came = record((RecordType.RUN, RUN)), record((RecordType.ENROLMENT, UUID(int=9)))
    assert not still(ours(), standing(own, record()), standing(own, record()), ()).unheard
    assert still(ours(), standing(own, record()), standing(own, record(), came), ()).unheard


@pytest.fixture
async def taught(desk: Desk) -> Desk:
    """Somebody sits in a session that has begun; nobody has marked them yet."""
    await desk.publish()
    await desk.enrol()
    await desk.work(6)
    desk.advance(timedelta(days=21))
    return desk


Told = Callable[[Desk], Awaitable[object]]


@pytest.mark.parametrize(
    "told", [lambda desk: desk.attend(mark(hours=None)), lambda desk: desk.assess(result())], ids=["marked", "assessed"]
)
async def test_what_is_told_between_two_reads_of_a_comparison_is_nothing_strange(taught: Desk, told: Told) -> None:
    # given a comparison that has asked what we hold
    async def meanwhile() -> None:
        await told(taught)
        await taught.work(3)
        assert taught.remote_rows or taught.remote_results, "it is there before the comparison gets to it"

    # when TPGateway hears something from us before the comparison reads that far
    await reconcile(taught, RUN, meanwhile=meanwhile)
    # then nothing of it is called unknown, now or when the run is looked at again
    assert [row.code for row in await unresolved(taught)] == []
    await reconcile(taught, RUN)
    assert [row.code for row in await unresolved(taught)] == []


async def test_somebody_scanned_is_still_found_beside_a_mark_that_came_meanwhile(taught: Desk) -> None:
    """One mark that came in between hides nobody else."""
    await taught.enrol(enrolment(1))
    await taught.work(4)

    async def meanwhile() -> None:
        await taught.attend(mark(hours=None))
        await taught.work(3)
        [row] = taught.remote_rows
        other = row.trainee.model_copy(update={"id": enrolment(1).trainee.id_number})
        scan = row.model_copy(update={"number": row.number + 1, "entry_mode": "Mobile", "trainee": other})
        taught.gateway.store.keep(records=[scan])

    await reconcile(taught, RUN, meanwhile=meanwhile)
    assert [(row.code, row.enrolment_id) for row in await unresolved(taught)] == [("ATT-02", enrolment(1).enrolment_id)]
