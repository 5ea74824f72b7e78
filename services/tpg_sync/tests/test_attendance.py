"""Presence in a session, on its way to TPGateway: uploaded once, corrected by another upload, withdrawn by a void."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from infra.tpg_simulator.faults import Kind
from libs.contracts.attendance import AttendanceCheckedIn, AttendanceMoved, AttendanceVoided
from libs.contracts.enrolment import EnrolmentReplaced
from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.models import JobState
from services.tpg_sync.tests.desk import Desk, fact_of_mark
from services.tpg_sync.tests.samples import ENROLMENT, MARK, enrolment, mark, trainee

SEEN = RecordType.ATTENDANCE
STEP = timedelta(seconds=6)
AFTER_CLASS = timedelta(days=22)


@pytest.fixture
def knobs() -> dict[str, Any]:
    return {"tpg_total_timeout": timedelta(milliseconds=400)}


@pytest.fixture
async def after_class(desk: Desk) -> Desk:
    """The run and a person on it are at TPGateway, and both sessions are over."""
    await desk.publish()
    await desk.enrol()
    await desk.work(4)
    desk.advance(AFTER_CLASS)
    return desk


def statuses(desk: Desk) -> list[str]:
    return [row.status for row in desk.remote_rows]


async def test_presence_is_told_once_under_the_sessions_own_name(after_class: Desk) -> None:
    attendance = await after_class.attend()
    await after_class.work(3)
    [row] = after_class.remote_rows
    assert (row.status, row.hours, row.trainee.id) == ("1", Decimal("3.0"), "S1234567D")
    assert row.session_id == (await after_class.record(UUID(int=1))).parts[str(UUID(int=101))]
    assert row.corppass_id == "SYNTHETIC"
    assert await after_class.states(attendance) == [("attendance.upload", "succeeded")]


async def test_a_correction_is_another_row_and_a_void_withdraws_them(after_class: Desk) -> None:
    attendance = await after_class.attend()
    await after_class.work(3)
    await after_class.change_mark(attendance, hours=Decimal("2.5"))
    await after_class.work(3)
    assert [row.hours for row in after_class.remote_rows] == [Decimal("3.0"), Decimal("2.5")]
    await after_class.change_mark(attendance, AttendanceVoided, state="voided")
    await after_class.work(3)
    assert set(statuses(after_class)) == {"4"}


async def test_an_absence_after_presence_was_told_withdraws_it(after_class: Desk) -> None:
    attendance = await after_class.attend()
    await after_class.work(3)
    await after_class.change_mark(attendance, state="absent", hours=Decimal(0))
    await after_class.work(3)
    assert set(statuses(after_class)) == {"4"}


@pytest.mark.parametrize("state", ["voided", "absent"])
async def test_taking_back_what_was_never_told_sends_nothing(desk: Desk, state: str) -> None:
    attendance = await desk.attend()
    await desk.change_mark(attendance, state=state)
    await desk.publish()
    await desk.enrol()
    await desk.work(4)
    assert desk.remote_rows == []
    assert await desk.states(attendance) == [("attendance.upload", "superseded"), ("attendance.upload", "succeeded")]


@pytest.mark.parametrize(("number", "uploads"), [(0, 1), (1, 2)], ids=["same person", "number corrected"])
async def test_attendance_that_went_with_its_seat_is_owed_under_the_one_who_sits_there_now(
    after_class: Desk, number: int, uploads: int
) -> None:
    # given somebody present, whose enrolment is then replaced on the same seat
    attendance = await after_class.attend()
    await after_class.work(3)
    heir = enrolment(enrolment_id=UUID(int=ENROLMENT.int + 50), trainee=trainee(number), replaces=ENROLMENT)
    gone: dict[str, Any] = {"status": "cancelled", "successor_id": heir.enrolment_id}
    await after_class.change_enrolment(ENROLMENT, EnrolmentReplaced, **gone)
    await after_class.enrol(heir)
    # when their attendance moves with it
    await after_class.change_mark(attendance, AttendanceMoved, enrolment_id=heir.enrolment_id)
    await after_class.work(10)
    # then its owner hears that it is there, and whoever is known there already is not told again
    job = await after_class.last(attendance, SEEN)
    assert (job.state, job.record_revision) == (JobState.SUCCEEDED, 2)
    assert after_class.gateway.store.counts["attendance_created"] == uploads
    assert after_class.remote_rows[-1].trainee.id == heir.trainee.id_number


async def test_what_is_not_submitted_owes_nothing(desk: Desk) -> None:
    fact = fact_of_mark(mark(state="checked_in"), submission_revision=0, submitted=False)
    await desk.hear(AttendanceCheckedIn(attendance_id=MARK, attendance=fact))
    assert await desk.states(MARK) == []


@pytest.mark.parametrize("kind", [Kind.HANG_AFTER, Kind.DROP_AFTER, Kind.ERROR_AFTER])
async def test_an_upload_that_took_effect_is_found_not_repeated(after_class: Desk, kind: Kind) -> None:
    after_class.order(kind, operation="A2", times=1, delay_s=1.0, status=503)
    attendance = await after_class.attend()
    await after_class.work(20, step=STEP)
    assert after_class.gateway.store.counts["attendance_created"] == 1
    assert await after_class.states(attendance) == [("attendance.upload", "succeeded")]
    assert [one.operation for one in await after_class.attempts()][-2:] == ["upload_attendance", "view_attendance"]


async def test_an_upload_that_did_not_take_effect_is_sent_again_after_looking(after_class: Desk) -> None:
    after_class.order(Kind.DROP_BEFORE, operation="A2", times=1)
    await after_class.attend()
    await after_class.work(20, step=STEP)
    assert statuses(after_class) == ["1"]


@pytest.mark.parametrize("kind", [Kind.DROP_AFTER, Kind.DROP_BEFORE])
async def test_presence_after_a_withdrawal_is_not_mistaken_for_the_presence_before_it(
    after_class: Desk, kind: Kind
) -> None:
    """Given present, void, present again: a lost third upload is found only where it is the newest row."""
    attendance = await after_class.attend()
    await after_class.work(3)
    await after_class.change_mark(attendance, AttendanceVoided, state="voided")
    await after_class.work(3)
    after_class.order(kind, operation="A2", times=1)
    await after_class.change_mark(attendance, state="present")
    await after_class.work(20, step=STEP)
    assert after_class.gateway.store.counts["attendance_created"] == 3
    assert statuses(after_class)[-1] == "1"


async def test_a_session_that_has_not_begun_is_nobodys_attendance(desk: Desk) -> None:
    await desk.publish()
    await desk.enrol()
    await desk.work(20)
    attendance = await desk.attend()
    await desk.work(20)
    job = await desk.last(attendance, SEEN)
    assert (job.state, [hint["code"] for hint in job.hints]) == (JobState.REJECTED, ["not_begun"])


async def test_without_a_corppass_id_nothing_is_sent(after_class: Desk) -> None:
    after_class.stage.runtime.settings.tpg_corppass_id = ""
    attendance = await after_class.attend()
    await after_class.work(3)
    job = await after_class.last(attendance, SEEN)
    assert (job.state, [hint["field"] for hint in job.hints]) == (JobState.REJECTED, ["corppass_id"])
    assert after_class.remote_rows == []
