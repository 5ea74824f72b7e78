"""A result, on its way to TPGateway: created once, amended, declared void."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from infra.tpg_simulator.faults import Kind
from libs.contracts.assessment import AssessmentVoided
from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.models import JobState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.samples import result

RESULT_TYPE = RecordType.ASSESSMENT
STEP = timedelta(seconds=6)


@pytest.fixture
def knobs() -> dict[str, Any]:
    return {"tpg_total_timeout": timedelta(milliseconds=400)}


@pytest.fixture
async def after_class(desk: Desk) -> Desk:
    await desk.publish()
    await desk.enrol()
    await desk.work(4)
    desk.advance(timedelta(days=22))
    return desk


async def test_a_final_result_arrives_once_and_its_name_comes_back(after_class: Desk) -> None:
    assessment = await after_class.assess()
    await after_class.work(3)
    [remote] = after_class.remote_results
    assert (remote.result, remote.score, remote.grade) == ("Pass", 85, "A")
    assert (await after_class.record(assessment, RESULT_TYPE)).remote_id == remote.reference
    assert (await after_class.stage.told())[-1].data["remote"]["record"] == remote.reference


async def test_an_amended_result_is_an_update(after_class: Desk) -> None:
    assessment = await after_class.assess()
    await after_class.work(3)
    await after_class.change_result(assessment, result="Fail", score=40, grade="F")
    await after_class.work(3)
    [remote] = after_class.remote_results
    assert (remote.result, remote.score) == ("Fail", 40)


async def test_a_void_result_is_void_there_and_keeps_its_name_in_history(after_class: Desk) -> None:
    assessment = await after_class.assess()
    await after_class.work(3)
    await after_class.change_result(assessment, AssessmentVoided, status="voided")
    await after_class.work(3)
    [remote] = after_class.remote_results
    record = await after_class.record(assessment, RESULT_TYPE)
    assert (remote.result, record.remote_id, record.former_ids) == ("Void", None, [remote.reference])


async def test_a_result_voided_before_it_was_sent_sends_nothing(desk: Desk) -> None:
    assessment = await desk.assess()
    await desk.change_result(assessment, AssessmentVoided, status="voided")
    assert await desk.states(assessment) == [("assessment.create", "superseded"), ("assessment.void", "succeeded")]


@pytest.mark.parametrize("kind", [Kind.HANG_AFTER, Kind.DROP_AFTER, Kind.ERROR_AFTER])
async def test_a_create_that_took_effect_is_found_not_repeated(after_class: Desk, kind: Kind) -> None:
    after_class.order(kind, operation="S1", times=1, delay_s=1.0, status=503)
    assessment = await after_class.assess()
    await after_class.work(20, step=STEP)
    assert after_class.gateway.store.counts["assessments_created"] == 1
    assert await after_class.states(assessment) == [("assessment.create", "succeeded")]


async def test_a_create_that_did_not_take_effect_is_sent_again_after_looking(after_class: Desk) -> None:
    after_class.order(Kind.DROP_BEFORE, operation="S1", times=1)
    await after_class.assess()
    await after_class.work(20, step=STEP)
    assert len(after_class.remote_results) == 1
    operations = [one.operation for one in await after_class.attempts()][-3:]
    assert operations == ["create_assessment", "search_assessments", "create_assessment"]


async def test_another_result_of_the_same_person_is_for_a_person_to_judge(after_class: Desk) -> None:
    await after_class.assess(result(score=70))
    await after_class.work(3)
    await after_class.forget_names(RESULT_TYPE)
    after_class.order(Kind.DROP_BEFORE, operation="S1", times=1)
    mine = await after_class.assess(result(assessment_id=UUID(int=78)))
    await after_class.work(20, step=STEP)
    job = await after_class.last(mine, RESULT_TYPE)
    assert (job.state, job.error_code, [hint["field"] for hint in job.hints]) == (
        JobState.REJECTED,
        "remote_differs",
        ["score"],
    )


async def test_a_voiding_refused_because_it_is_void_already_is_done(after_class: Desk) -> None:
    assessment = await after_class.assess()
    await after_class.work(3)
    [stored] = after_class.remote_results
    after_class.gateway.store.keep(records=[stored.model_copy(update={"result": "Void"})])
    after_class.order(Kind.ERROR_BEFORE, operation="S3", times=1, status=400)
    await after_class.change_result(assessment, AssessmentVoided, status="voided")
    await after_class.work(10, step=STEP)
    assert (await after_class.states(assessment))[-1] == ("assessment.void", "succeeded")
    assert [one.operation for one in await after_class.attempts()][-2:] == ["void_assessment", "view_assessment"]


async def test_a_voiding_refused_for_another_reason_is_for_a_person(after_class: Desk) -> None:
    assessment = await after_class.assess()
    await after_class.work(3)
    after_class.order(Kind.ERROR_BEFORE, operation="S3", times=1, status=400)
    await after_class.change_result(assessment, AssessmentVoided, status="voided")
    await after_class.work(10, step=STEP)
    assert (await after_class.last(assessment, RESULT_TYPE)).state is JobState.REJECTED


async def test_what_would_be_refused_is_found_before_it_is_sent(after_class: Desk) -> None:
    assessment = await after_class.assess(result(result="Splendid"))
    await after_class.work(3)
    job = await after_class.last(assessment, RESULT_TYPE)
    assert (job.state, job.error_code, [hint["field"] for hint in job.hints]) == (
        JobState.REJECTED,
        "invalid_locally",
        ["result"],
    )
