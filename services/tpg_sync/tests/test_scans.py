"""Official scans of funded sessions are found where TPGateway keeps them, and told once."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra.tpg_simulator.attendance.upload import make_row
from infra.tpg_simulator.faults import Kind
from infra.tpg_simulator.samples import synthetic_attendance
from libs.contracts.course import CourseChanged, CourseFact, RunSessionHeld, RunStatus
from services.tpg_sync.tests.desk import Desk, fact_of
from services.tpg_sync.tests.samples import COURSE, ENROLMENT, RUN, run

SESSION = UUID(int=101)
HOUR = timedelta(hours=1)


async def fund(desk: Desk, *, funded: bool = True) -> None:
    course = CourseFact(reference=COURSE, funded=funded, min_attendance_pct=75, active=True, revision=1)
    await desk.hear(CourseChanged(course_id=UUID(int=50), course=course))


def scan(desk: Desk, id_number: str = "S1234567D", *, mode: str = "Mobile", status: str = "1") -> str:
    """Somebody has held a phone to the official code."""
    [stored] = desk.remote_runs
    attendance = {**synthetic_attendance(id=id_number), "status": {"code": status}}
    course = {"sessionID": stored.sessions[0].session_id, "referenceNumber": COURSE, "attendance": attendance}
    row = make_row(desk.gateway, stored, course).model_copy(update={"entry_mode": mode})
    desk.gateway.store.keep(records=[row])
    return row.key


async def scans_told(desk: Desk) -> list[tuple[str, str, str]]:
    told = [event.data for event in await desk.stage.told() if event.event_type == "official_scan.seen"]
    return [(data["enrolment_id"], data["session_id"], data["remote_row"]) for data in told]


@pytest.fixture
async def class_over(desk: Desk) -> Desk:
    """A funded run with one person on it; its first session has ended this minute (12:00 in Singapore)."""
    await fund(desk)
    await desk.publish()
    await desk.enrol()
    await desk.work(4)
    over = fact_of(run(), RunStatus.IN_PROGRESS).sessions[0].end_at
    desk.advance(over - desk.stage.clock.now())
    held = RunSessionHeld(run_id=RUN, run=fact_of(run(), RunStatus.IN_PROGRESS), session_id=SESSION)
    await desk.hear(held)
    return desk


async def test_scans_are_told_from_two_hours_after_the_session_and_each_once(class_over: Desk) -> None:
    # given a scan, looked for too early
    row = scan(class_over)
    class_over.advance(timedelta(minutes=119))
    assert await class_over.engine.pull_scans() == 0
    # when its time has come
    class_over.advance(timedelta(minutes=1))
    assert await class_over.engine.pull_scans() == 1
    # then
    assert await scans_told(class_over) == [(str(ENROLMENT), str(SESSION), row)]
    # and a later one is told alone, at the next hour
    assert await class_over.engine.pull_scans() == 0
    later = scan(class_over)
    class_over.advance(HOUR)
    await class_over.engine.pull_scans()
    assert [told[2] for told in await scans_told(class_over)] == [row, later]


async def test_nobody_looks_after_a_day(class_over: Desk) -> None:
    looked = 0
    for _ in range(30):
        class_over.advance(HOUR)
        looked += await class_over.engine.pull_scans()
    assert looked == 23, "at two hours, then each hour, the last time when a day is over"


async def test_uploads_voided_scans_and_strangers_are_not_told(class_over: Desk) -> None:
    scan(class_over, mode="Manual")
    scan(class_over, status="4")
    scan(class_over, "T0000001E")
    class_over.advance(2 * HOUR)
    assert await class_over.engine.pull_scans() == 1
    assert await scans_told(class_over) == []


async def test_a_scan_of_somebody_enrolled_late_is_told_when_they_are_known(class_over: Desk) -> None:
    scan(class_over)
    place = class_over.owner.enrolments.pop(ENROLMENT)
    class_over.advance(2 * HOUR)
    await class_over.engine.pull_scans()
    assert await scans_told(class_over) == []
    class_over.owner.enrolments[ENROLMENT] = place
    class_over.advance(HOUR)
    await class_over.engine.pull_scans()
    assert len(await scans_told(class_over)) == 1


@pytest.mark.parametrize("trouble", ["tpgateway", "owner"])
async def test_what_could_not_be_read_is_looked_for_again_soon(class_over: Desk, trouble: str) -> None:
    scan(class_over)
    class_over.advance(2 * HOUR)
    class_over.owner.away = trouble == "owner"
    if trouble == "tpgateway":
        class_over.order(Kind.ERROR_BEFORE, operation="A1", times=1, status=503)
    assert await class_over.engine.pull_scans() == 1
    assert await scans_told(class_over) == []
    class_over.owner.away = False
    class_over.advance(timedelta(minutes=5))
    await class_over.engine.pull_scans()
    assert len(await scans_told(class_over)) == 1


async def test_a_held_lane_is_left_alone(class_over: Desk) -> None:
    class_over.advance(2 * HOUR)
    async with class_over.stage.units.begin() as uow:
        uow.add(lane := await class_over.lane())
        lane.hold("credentials", uow.now(), probe_every=timedelta(0))
    assert await class_over.engine.pull_scans() == 0


async def test_sessions_of_courses_that_are_not_funded_owe_no_scans(class_over: Desk) -> None:
    await fund(class_over, funded=False)
    class_over.advance(2 * HOUR)
    assert await class_over.engine.pull_scans() == 0


async def test_scans_hold_no_personal_data(class_over: Desk) -> None:
    scan(class_over)
    class_over.advance(2 * HOUR)
    await class_over.engine.pull_scans()
    assert "S1234567D" not in str([event.data for event in await class_over.stage.told()])
