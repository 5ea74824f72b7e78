"""How far a fee is collected: told with the create, else alone, never beside another call about the same enrolment."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from infra.tpg_simulator.faults import Kind
from libs.access.permissions import Role
from libs.contracts.enrolment import EnrolmentCancelled
from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.engine.claim import claim
from services.tpg_sync.models import JobState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.samples import trainee

FEE = RecordType.FEE
STEP = timedelta(seconds=6)


@pytest.fixture
def knobs() -> dict[str, Any]:
    return {"tpg_total_timeout": timedelta(milliseconds=400)}


@pytest.fixture
async def enrolled(desk: Desk) -> UUID:
    await desk.publish()
    place = await desk.enrol()
    await desk.work(4)
    return place


async def test_a_payment_moves_the_collection_status(desk: Desk, enrolled: UUID) -> None:
    await desk.collect_fee(enrolled, "full")
    await desk.work(3)
    assert desk.remote_enrolments[0].fees.collection_status == "Full Payment"
    assert await desk.states(enrolled, FEE) == [("fee.collect", "succeeded")]
    record = await desk.record(enrolled, FEE)
    assert (record.acked_revision, record.remote_id) == (2, None), "it goes by its enrolment's name"


async def test_a_payment_before_the_create_left_travels_with_it(desk: Desk) -> None:
    # given a payment for a place whose run is not there yet
    place = await desk.enrol()
    await desk.collect_fee(place, "partial")
    assert await desk.states(place, FEE) == [("fee.collect", "blocked")]
    # when the run arrives
    await desk.publish()
    await desk.work(6)
    # then the create told it, and nothing else was sent
    assert desk.remote_enrolments[0].fees.collection_status == "Partial Payment"
    assert await desk.states(place, FEE) == [("fee.collect", "succeeded")]
    assert "update_fee" not in [one.operation for one in await desk.attempts()]


async def test_a_payment_after_a_create_whose_reply_was_lost_is_not_taken_for_told(desk: Desk) -> None:
    desk.order(Kind.DROP_AFTER, operation="E1", times=1)
    await desk.publish()
    place = await desk.enrol()
    await desk.work(3)
    await desk.collect_fee(place, "full")
    await desk.work(20, step=STEP)
    assert desk.remote_enrolments[0].fees.collection_status == "Full Payment"
    assert desk.gateway.store.counts["enrolments_created"] == 1


async def test_a_lost_reply_is_simply_repeated(desk: Desk, enrolled: UUID) -> None:
    desk.order(Kind.DROP_AFTER, operation="E6", times=1)
    await desk.collect_fee(enrolled, "full")
    await desk.work(20, step=STEP)
    assert [one.operation for one in await desk.attempts()][-2:] == ["update_fee", "update_fee"]
    assert await desk.states(enrolled, FEE) == [("fee.collect", "succeeded")]


async def test_what_a_fee_was_to_be_told_is_void_with_its_place(desk: Desk) -> None:
    place = await desk.enrol()
    await desk.collect_fee(place, "full")
    await desk.change_enrolment(place, EnrolmentCancelled, status="cancelled")
    assert await desk.states(place, FEE) == [("fee.collect", "superseded")]


async def test_a_fee_and_its_enrolment_are_never_out_at_once(desk: Desk, enrolled: UUID) -> None:
    # given both have something to tell
    await desk.change_enrolment(enrolled, trainee=trainee(email="new@example.com"))
    await desk.collect_fee(enrolled, "full")
    # when everything due is claimed
    taken = [await claim(desk.stage.units, desk.stage.runtime.settings, limit=9) for _ in range(2)]
    # then one of the two waits, though they are different records here
    assert [len(one) for one in taken] == [1, 0]
    assert {job.state for job in await desk.jobs(enrolled)} == {
        JobState.SUCCEEDED,
        JobState.IN_FLIGHT,
        JobState.QUEUED,
    }


async def test_a_retry_never_turns_the_fee_back(desk: Desk, enrolled: UUID) -> None:
    """Given an update that left with the old fee and failed, the new fee waits until that one has ended."""
    desk.order(Kind.DROP_BEFORE, operation="E2", times=1)
    await desk.change_enrolment(enrolled, trainee=trainee(email="new@example.com"))
    await desk.engine.turn()
    await desk.collect_fee(enrolled, "full")
    await desk.work(20, step=STEP)
    [remote] = desk.remote_enrolments
    assert (remote.trainee.email, remote.fees.collection_status) == ("new@example.com", "Full Payment")
    operations = [one.operation for one in await desk.attempts()][-3:]
    assert operations == ["update_enrolment", "update_enrolment", "update_fee"]


async def test_a_timeline_of_a_fee_is_not_that_of_its_enrolment(desk: Desk, enrolled: UUID) -> None:
    await desk.collect_fee(enrolled, "full")
    await desk.work(3)
    ops = await desk.stage.client(Role.OPS)
    fee = (await ops.get(f"/api/v1/sync/records/fee/{enrolled}")).json()
    place = (await ops.get(f"/api/v1/sync/records/enrolment/{enrolled}")).json()
    assert [job["kind"] for job in fee["jobs"]] == ["fee.collect"]
    assert [job["kind"] for job in place["jobs"]] == ["enrolment.create"]
    assert {event["kind"] for event in place["events"]} == {"enrolment.create"}
    assert [event["type"] for event in fee["events"]] == ["sync.succeeded", "sync.queued", "sync.succeeded"]
