"""A place on a run, on its way to TPGateway: created, changed, taken back, replaced; never twice."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from infra.tpg_simulator.faults import Kind
from libs.access.permissions import Role
from libs.contracts.enrolment import (
    EnrolmentCancelled,
    EnrolmentConfirmed,
    EnrolmentReplaced,
    EnrolmentTransferred,
    EnrolmentWithdrawn,
)
from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.models import JobState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.samples import employer, enrolment, trainee

STEP = timedelta(seconds=6)
PLACE = RecordType.ENROLMENT


@pytest.fixture
def knobs() -> dict[str, Any]:
    return {"tpg_total_timeout": timedelta(milliseconds=400)}


@pytest.fixture
async def enrolled(desk: Desk) -> UUID:
    """A run at TPGateway, and one person enrolled on it."""
    await desk.publish()
    place = await desk.enrol()
    await desk.work(6)
    return place


async def test_a_confirmed_place_arrives_once_with_its_fee_and_its_name_comes_back(desk: Desk, enrolled: UUID) -> None:
    [remote] = desk.remote_enrolments
    record = await desk.record(enrolled, PLACE)
    assert (record.remote_id, record.acked_revision) == (remote.reference, 1)
    assert remote.run_id == desk.remote_runs[0].run_id
    assert remote.fees.collection_status == "Pending Payment"
    told = [event for event in await desk.stage.told() if event.data.get("record_id") == str(enrolled)]
    assert [(event.event_type, event.data["record_type"]) for event in told] == [
        ("sync.queued", "enrolment"),
        ("sync.succeeded", "enrolment"),
        ("sync.succeeded", "fee"),
    ]
    assert told[1].data["remote"]["record"] == remote.reference


async def test_a_changed_contact_is_an_update(desk: Desk, enrolled: UUID) -> None:
    await desk.change_enrolment(enrolled, trainee=trainee(email="new@example.com"))
    await desk.work(3)
    assert desk.remote_enrolments[0].trainee.email == "new@example.com"
    assert await desk.states(enrolled) == [("enrolment.create", "succeeded"), ("enrolment.update", "succeeded")]


async def test_a_payment_entry_without_a_new_revision_owes_nothing(desk: Desk, enrolled: UUID) -> None:
    await desk.change_enrolment(enrolled, grows="")
    assert await desk.states(enrolled) == [("enrolment.create", "succeeded")]


async def test_a_draft_owes_nothing(desk: Desk) -> None:
    await desk.publish()
    place = await desk.enrol(enrolment(status="draft"))
    await desk.change_enrolment(place)
    assert await desk.states(place) == []


async def test_changes_before_the_first_send_are_one_create_of_the_last_state(desk: Desk) -> None:
    place = await desk.enrol()
    await desk.change_enrolment(place, trainee=trainee(email="new@example.com"))
    await desk.publish()
    await desk.work(6)
    assert [one.trainee.email for one in desk.remote_enrolments] == ["new@example.com"]
    assert await desk.states(place) == [("enrolment.create", "superseded"), ("enrolment.create", "succeeded")]


@pytest.mark.parametrize("left", [EnrolmentCancelled, EnrolmentTransferred])
async def test_a_place_given_up_is_cancelled(desk: Desk, enrolled: UUID, left: Any) -> None:
    more: dict[str, Any] = {"successor_id": UUID(int=9)} if left is EnrolmentTransferred else {}
    reference = desk.remote_enrolments[0].reference
    await desk.change_enrolment(enrolled, left, status=left.type.partition(".")[2], **more)
    await desk.work(3)
    assert desk.remote_enrolments == []
    record = await desk.record(enrolled, PLACE)
    assert (record.remote_id, record.former_ids, record.ended) == (None, [reference], True)
    assert (await desk.stage.told())[-1].data["state"] == "not_applicable"


async def test_a_place_given_up_before_it_was_sent_sends_nothing(desk: Desk) -> None:
    place = await desk.enrol()
    await desk.change_enrolment(place, EnrolmentCancelled, status="cancelled")
    await desk.publish()
    await desk.work(6)
    assert desk.gateway.store.counts["enrolments_created"] == 0
    assert await desk.states(place) == [("enrolment.create", "superseded"), ("enrolment.cancel", "succeeded")]


async def test_who_withdraws_stays_enrolled(desk: Desk, enrolled: UUID) -> None:
    await desk.change_enrolment(enrolled, EnrolmentWithdrawn, status="withdrawn")
    await desk.work(3)
    assert len(desk.remote_enrolments) == 1
    assert (await desk.states(enrolled))[-1] == ("enrolment.update", "succeeded")
    assert desk.gateway.store.counts["enrolments_updated"] == 0, "nothing TPGateway knows has changed"


async def test_a_reinstated_place_is_a_new_enrolment_there(desk: Desk, enrolled: UUID) -> None:
    first = desk.remote_enrolments[0].reference
    await desk.change_enrolment(enrolled, EnrolmentCancelled, status="cancelled")
    await desk.work(3)
    await desk.change_enrolment(enrolled, EnrolmentConfirmed, status="confirmed", reinstated=True)
    await desk.work(3)
    [remote] = desk.remote_enrolments
    record = await desk.record(enrolled, PLACE)
    assert remote.reference != first
    assert (record.remote_id, record.former_ids, record.ended) == (remote.reference, [first], False)


async def test_a_reinstated_withdrawal_keeps_the_enrolment_it_never_left(desk: Desk, enrolled: UUID) -> None:
    await desk.change_enrolment(enrolled, EnrolmentWithdrawn, status="withdrawn")
    await desk.work(3)
    await desk.change_enrolment(enrolled, EnrolmentConfirmed, status="confirmed", reinstated=True)
    await desk.work(3)
    assert len(desk.remote_enrolments) == 1
    assert desk.gateway.store.counts["enrolments_created"] == 1


@pytest.mark.parametrize("successor_first", [True, False])
async def test_a_replaced_place_is_cancelled_before_its_successor_is_created(
    desk: Desk, enrolled: UUID, *, successor_first: bool
) -> None:
    # given the employer pays from now on, which TPGateway cannot change
    new = enrolment(enrolment_id=UUID(int=77), replaces=enrolled, sponsorship="EMPLOYER", employer=employer())

    async def replace() -> None:
        await desk.change_enrolment(enrolled, EnrolmentReplaced, status="cancelled", successor_id=UUID(int=77))

    # when the two facts come in either order
    if successor_first:
        await desk.enrol(new)
        await desk.work(3)
        [waiting] = await desk.jobs(UUID(int=77))
        assert waiting.state is JobState.BLOCKED
        await replace()
    else:
        await replace()
        await desk.enrol(new)
    await desk.work(6)
    # then they were never there together
    [remote] = desk.remote_enrolments
    assert remote.employer is not None
    operations = [one.operation for one in await desk.attempts() if "enrolment" in one.operation]
    assert operations == ["create_enrolment", "cancel_enrolment", "create_enrolment"]


@pytest.mark.parametrize("kind", [Kind.HANG_AFTER, Kind.DROP_AFTER, Kind.ERROR_AFTER])
async def test_a_create_that_took_effect_is_found_not_repeated(desk: Desk, kind: Kind) -> None:
    desk.order(kind, operation="E1", times=1, delay_s=1.0, status=503)
    await desk.publish()
    place = await desk.enrol()
    await desk.work(20, step=STEP)
    assert desk.gateway.store.counts["enrolments_created"] == 1
    assert await desk.states(place) == [("enrolment.create", "succeeded")]
    assert (await desk.record(place, PLACE)).remote_id == desk.remote_enrolments[0].reference


@pytest.mark.parametrize("kind", [Kind.HANG_BEFORE, Kind.DROP_BEFORE])
async def test_a_create_that_did_not_take_effect_is_sent_again_after_looking(desk: Desk, kind: Kind) -> None:
    desk.order(kind, operation="E1", times=1, delay_s=1.0)
    await desk.publish()
    await desk.enrol()
    await desk.work(20, step=STEP)
    assert len(desk.remote_enrolments) == 1
    operations = [one.operation for one in await desk.attempts() if "enrolment" in one.operation]
    assert operations == ["create_enrolment", "search_enrolments", "create_enrolment"]


async def test_an_enrolment_someone_made_in_the_portal_with_other_words_is_for_a_person_to_judge(desk: Desk) -> None:
    # given the same person, enrolled by hand with another address, bound to nothing of ours
    await desk.publish()
    await desk.enrol(enrolment(trainee=trainee(email="portal@example.com")))
    await desk.work(6)
    await desk.forget_names(PLACE)
    # when ours is lost
    desk.order(Kind.DROP_BEFORE, operation="E1", times=1)
    mine = await desk.enrol(enrolment(enrolment_id=UUID(int=78)))
    await desk.work(20, step=STEP)
    # then nothing more is sent
    [job] = await desk.jobs(mine)
    assert (job.state, job.error_code) == (JobState.REJECTED, "remote_differs")
    assert [hint["field"] for hint in job.hints] == ["trainee.email"]
    assert desk.gateway.store.counts["enrolments_created"] == 1


async def test_a_cancellation_refused_because_it_was_cancelled_already_is_done(desk: Desk, enrolled: UUID) -> None:
    # given somebody has cancelled it in the portal
    [stored] = desk.remote_enrolments
    desk.gateway.store.keep(records=[stored.model_copy(update={"status": "Cancelled"})])
    await desk.change_enrolment(enrolled, EnrolmentCancelled, status="cancelled")
    await desk.work(10, step=STEP)
    assert (await desk.states(enrolled))[-1] == ("enrolment.cancel", "succeeded")
    assert [one.operation for one in await desk.attempts()][-2:] == ["cancel_enrolment", "view_enrolment"]


async def test_a_cancellation_refused_for_another_reason_is_for_a_person(desk: Desk, enrolled: UUID) -> None:
    desk.order(Kind.ERROR_BEFORE, operation="E3", times=1, status=400)
    await desk.change_enrolment(enrolled, EnrolmentCancelled, status="cancelled")
    await desk.work(10, step=STEP)
    job = await desk.last(enrolled, PLACE)
    assert (job.state, job.error_class) == (JobState.REJECTED, "refused")
    assert len(desk.remote_enrolments) == 1


async def test_what_would_be_refused_is_found_before_it_is_sent(desk: Desk) -> None:
    await desk.publish()
    place = await desk.enrol(enrolment(trainee=trainee(id_number="S1234567A")))
    await desk.work(6)
    job = await desk.last(place, PLACE)
    assert (job.state, job.error_code, job.tries) == (JobState.REJECTED, "invalid_locally", 0)
    assert {hint["field"] for hint in job.hints} == {"trainee.id_number"}


async def test_an_owner_that_is_away_costs_no_attempt(desk: Desk) -> None:
    await desk.publish()
    await desk.work(5)
    desk.owner.away = True
    place = await desk.enrol()
    await desk.work(10, step=STEP)
    [job] = await desk.jobs(place)
    assert (job.attempt, job.tries, job.error_class) == (0, 0, "owner_away")
    desk.owner.away = False
    await desk.work(5, step=STEP)
    assert len(desk.remote_enrolments) == 1


async def test_bodies_are_kept_only_sealed(desk: Desk, enrolled: UUID) -> None:
    await desk.change_enrolment(enrolled, trainee=trainee(email="new@example.com"))
    await desk.work(3)
    async with desk.stage.units.reading() as uow:
        connection = await uow.session.connection()
        stored = ""
        for table in ("sync_job", "sync_attempt", "sync_record", "event"):
            rows = await connection.exec_driver_sql(f"select * from tpg_sync.{table}")  # noqa: S608 - fixed names
            stored += repr(rows.all())
    for personal in ("S1234567D", "Synthetic Trainee", "trainee0@example.com", "new@example.com", "91234567"):
        assert personal not in stored


async def test_a_run_is_taken_back_only_after_its_enrolments(desk: Desk, enrolled: UUID) -> None:
    """Given a cancelled run, its removal waits for every place on it, in whatever order the facts come."""
    [run_id] = desk.owner.runs
    await desk.cancel(run_id)
    await desk.work(3)
    assert (await desk.states(run_id))[-1] == ("run.delete", "blocked")
    await desk.change_enrolment(enrolled, EnrolmentCancelled, status="cancelled")
    await desk.work(6)
    assert (desk.remote_runs, desk.remote_enrolments) == ([], [])
    assert (await desk.states(run_id))[-1] == ("run.delete", "succeeded")


async def test_nobody_is_enrolled_on_a_run_that_not_all_of_tpgateway_sees_yet(desk: Desk) -> None:
    """In UAT and production a new run may be unknown to enrolments for a quarter of an hour."""
    desk.stage.runtime.settings.sync_visibility_window = timedelta(minutes=15)
    await desk.publish()
    place = await desk.enrol()
    await desk.work(14, step=timedelta(minutes=1))
    job = await desk.last(place, PLACE)
    assert (job.attempt, job.tries, job.error_code) == (0, 0, "run_not_visible_yet")
    await desk.work(3, step=timedelta(minutes=1))
    assert len(desk.remote_enrolments) == 1


async def test_a_requeued_create_asks_its_owner_afresh(desk: Desk) -> None:
    await desk.publish()
    place = await desk.enrol(enrolment(trainee=trainee(id_number="S1234567A")))
    await desk.work(6)
    desk.owner.enrolments[place] = enrolment()
    ops = await desk.stage.client(Role.OPS)
    job = await desk.last(place, PLACE)
    answer = await ops.post(
        f"/api/v1/sync/jobs/{job.id}/requeue", json={"reason": "mended"}, headers={"If-Match": f'"{job.version}"'}
    )
    assert answer.status_code == 200, answer.text
    await desk.work(3)
    assert len(desk.remote_enrolments) == 1
