"""What we took back or gave up, and what stands at TPGateway under a name we do not know."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.contracts.assessment import AssessmentVoided
from libs.contracts.attendance import AttendanceVoided
from libs.contracts.enrolment import EnrolmentCancelled
from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.commands.repairing import Wish, decide
from services.tpg_sync.models import Action, Discrepancy, JobState, SyncJob, SyncRecord
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.reconciling import reconcile, unresolved
from services.tpg_sync.tests.samples import ENROLMENT, MARK, RESULT, RUN, enrolment, mark, result

AFTER_CLASS = timedelta(days=22)


@pytest.fixture
async def portal(gateway_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{gateway_url}/_control/portal/") as client:
        yield client


@pytest.fixture
async def taught(desk: Desk) -> Desk:
    """Three people on a run that is over; two were there, and one of them passed."""
    await desk.publish()
    for number in range(3):
        await desk.enrol(enrolment(number))
    await desk.work(5)
    desk.advance(AFTER_CLASS)
    await desk.attend(mark(0))
    await desk.attend(mark(1))
    await desk.assess(result(0))
    await desk.work(3)
    await reconcile(desk, RUN)
    assert await unresolved(desk) == []
    return desk


async def patch(portal: httpx.AsyncClient, path: str, **values: Any) -> None:
    (await portal.patch(path, json={"set": values})).raise_for_status()


async def the_one(desk: Desk) -> Discrepancy:
    await reconcile(desk, RUN)
    [row] = await unresolved(desk)
    return row


async def mend(desk: Desk, row: Discrepancy, action: Action) -> None:
    """Decide it, let it be sent, and see that the next reading shows nothing."""
    wish = Wish(action=action, reason="seen in the portal", is_admin=True)
    async with desk.stage.units.begin() as uow:
        await decide(uow, row.id, wish, version=row.version)
    await desk.work(3)
    await reconcile(desk, RUN)
    assert [(left.code, left.verdict) for left in await unresolved(desk)] == []


async def test_a_place_we_gave_up_and_they_confirm_is_cancelled_again(taught: Desk, portal: httpx.AsyncClient) -> None:
    third = UUID(int=ENROLMENT.int + 2)
    there = (await taught.record(third, RecordType.ENROLMENT)).remote_id
    await taught.change_enrolment(third, EnrolmentCancelled, status="cancelled")
    await taught.work(3)
    await patch(portal, f"enrolments/{there}", status="Confirmed")
    row = await the_one(taught)
    assert (row.code, row.verdict, row.suggested, row.remote_ref) == ("ENR-03", "drift", "assign", there)
    await mend(taught, row, Action.PUSH)
    assert there not in {one.reference for one in taught.remote_enrolments}


async def test_a_mark_we_voided_and_they_confirm_is_withdrawn_again(taught: Desk, portal: httpx.AsyncClient) -> None:
    await taught.change_mark(MARK, AttendanceVoided, state="voided")
    await taught.work(3)
    rows = [row for row in taught.remote_rows if row.trainee.id == "S1234567D"]
    await patch(portal, f"attendance/{rows[0].key}", status="1")
    row = await the_one(taught)
    assert (row.code, row.verdict, row.record_id) == ("ATT-03", "drift", MARK)
    await mend(taught, row, Action.PUSH)


async def test_an_absence_with_a_scan_beside_it_is_told_and_left_to_a_person(
    taught: Desk, portal: httpx.AsyncClient
) -> None:
    await taught.change_mark(MARK, state="absent")
    await taught.work(3)
    rows = [row for row in taught.remote_rows if row.trainee.id == "S1234567D"]
    await patch(portal, f"attendance/{rows[0].key}", status="1", entry_mode="Mobile")
    row = await the_one(taught)
    assert (row.code, row.record_id, row.suggested) == ("ATT-02", MARK, "pull")
    scans = [event for event in await taught.stage.told() if event.event_type == "official_scan.seen"]
    assert [(event.data["enrolment_id"], event.data["remote_row"]) for event in scans] == [
        (str(ENROLMENT), str(rows[0].key))
    ]
    await reconcile(taught, RUN)
    assert len([one for one in await taught.told() if one == "official_scan.seen"]) == 1
    await mend(taught, row, Action.VOID_REMOTE)


async def test_a_result_we_voided_and_they_hold_is_voided_again(taught: Desk, portal: httpx.AsyncClient) -> None:
    there = (await taught.record(RESULT, RecordType.ASSESSMENT)).remote_id
    await taught.change_result(RESULT, AssessmentVoided, status="voided")
    await taught.work(3)
    await patch(portal, f"assessments/{there}", result="Pass")
    row = await the_one(taught)
    assert (row.code, row.verdict, row.remote_ref) == ("ASM-03", "drift", there)
    await mend(taught, row, Action.PUSH)
    assert [one.result for one in taught.remote_results] == ["Void"]


async def test_a_place_of_ours_without_its_name_is_bound_and_nobody_is_enrolled_twice(taught: Desk) -> None:
    third = UUID(int=ENROLMENT.int + 2)
    there = await taught.record(third, RecordType.ENROLMENT)
    async with taught.stage.units.begin() as uow:
        (await uow.get(SyncRecord, there.key)).remote_id = None
    row = await the_one(taught)
    assert (row.code, row.record_id, row.remote_ref, row.suggested) == ("ENR-02", third, there.remote_id, "adopt")
    await mend(taught, row, Action.ADOPT)
    assert (await taught.record(third, RecordType.ENROLMENT)).remote_id == there.remote_id
    assert len(taught.remote_enrolments) == 3


async def test_a_result_of_ours_without_its_name_is_bound(taught: Desk) -> None:
    there = await taught.record(RESULT, RecordType.ASSESSMENT)
    async with taught.stage.units.begin() as uow:
        (await uow.get(SyncRecord, there.key)).remote_id = None
    row = await the_one(taught)
    assert (row.code, row.record_id, row.remote_ref) == ("ASM-02", RESULT, there.remote_id)
    await mend(taught, row, Action.ADOPT)
    assert len(taught.remote_results) == 1


async def test_what_an_admin_gave_up_is_not_pushed_behind_their_back(taught: Desk, portal: httpx.AsyncClient) -> None:
    """A change that was refused and discarded: TPGateway holds the older state, and a person wanted it so."""
    before = taught.owner.enrolments[ENROLMENT]
    person = before.trainee.model_copy(update={"email": "moved@example.com"})
    taught.owner.enrolments[ENROLMENT] = before.model_copy(update={"trainee": person, "revision": 2})
    async with taught.stage.units.begin() as uow:
        last = await uow.get(SyncJob, (await taught.last(ENROLMENT, RecordType.ENROLMENT)).id)
        last.state = JobState.CANCELLED
    row = await the_one(taught)
    assert (row.code, row.verdict, row.job_id) == ("ENR-05", "stale", None)
    await mend(taught, row, Action.PUSH)
