"""Trainers on runs: found by number, sent whole, shown masked."""

from typing import Any

import pytest

from infra.tpg_simulator.driver import Driver, messages
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.samples import existing_trainer, new_trainer, synthetic_run

PATH = "course.runs[0].linkCourseRunTrainer[0].trainer"


async def shown(gateway: Driver, link: Json) -> Json:
    run_id = await gateway.published(linkCourseRunTrainer=[link])
    (found,) = (await gateway.viewed(run_id))["linkCourseRunTrainer"]
    trainer: Json = found["trainer"]
    return trainer


async def test_an_existing_trainer_is_found_by_number_and_the_rest_is_ignored(gateway: Driver) -> None:
    trainer = await shown(gateway, existing_trainer(name="Somebody Else", salutationId=99, indexNumber=2))
    assert (trainer["name"], trainer["indexNumber"]) == ("Test Trainer", 2)


async def test_an_existing_trainer_unknown_to_the_profile_is_refused(gateway: Driver) -> None:
    reply = await gateway.publish(synthetic_run(linkCourseRunTrainer=[existing_trainer(idNumber="S0000000X")]))
    assert messages(reply) == {f"{PATH}.idNumber": "Run 0: FIELD_ERROR: Existing_Trainer_NotFound"}


@pytest.mark.parametrize(("mask", "number"), [("last4", "*****321Q"), ("empty", "")])
async def test_id_numbers_come_back_masked(gateway: Driver, mask: str, number: str) -> None:
    gateway.switch("mask.trainer_id", mask)
    assert (await shown(gateway, new_trainer()))["idNumber"] == number


async def test_qualifications_come_back_under_another_name(gateway: Driver) -> None:
    trainer = await shown(gateway, new_trainer())
    assert trainer["ssecEQAs"] == [
        {"description": "Diploma", "ssecEQA": {"code": "51", "description": "Polytechnic diploma"}}
    ]
    assert "linkedSsecEQAs" not in trainer
    assert trainer["organizationKey"] == "197401143C"
    assert trainer["uuid"]


@pytest.mark.parametrize("saved", [True, False])
async def test_a_new_trainer_joins_the_profile_on_request(gateway: Driver, saved: bool) -> None:
    await gateway.published(linkCourseRunTrainer=[new_trainer(inTrainingProviderProfile=saved)])
    later = await gateway.publish(
        synthetic_run(scheduleInfo="later", linkCourseRunTrainer=[existing_trainer(idNumber="G7654321Q")])
    )
    assert later.status_code == (200 if saved else 400)


@pytest.mark.parametrize(
    "field",
    ["idNumber", "idType", "name", "email", "roles", "domainAreaOfPractice", "salutationId"],
)
async def test_a_new_trainer_must_be_complete(gateway: Driver, field: str) -> None:
    reply = await gateway.publish(synthetic_run(linkCourseRunTrainer=[new_trainer(**{field: None})]))
    assert messages(reply) == {f"{PATH}.{field}": "Run 0: This field is required."}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"roles": []}, "roles"),
        ({"roles": [{"role": {"id": 3, "description": "Cook"}}]}, "roles[0].role.id"),
        ({"salutationId": 7}, "salutationId"),
        ({"idType": {"code": "NRIC", "description": "NRIC"}}, "idType.code"),
        ({"email": "nobody"}, "email"),
        ({"name": "x" * 67}, "name"),
        ({"linkedSsecEQAs": [{"ssecEQA": {"code": "99"}}]}, "linkedSsecEQAs[0].ssecEQA.code"),
        ({"trainerType": {"code": "3", "description": "Guest"}}, "trainerType.code"),
        ({"trainerType": None}, "trainerType"),
    ],
)
async def test_a_new_trainer_must_make_sense(gateway: Driver, changes: Json, field: str) -> None:
    reply = await gateway.publish(synthetic_run(linkCourseRunTrainer=[new_trainer(**changes)]))
    assert list(messages(reply)) == [f"{PATH}.{field}"]


@pytest.mark.parametrize("links", [{}, [1], [{}], [{"trainer": 1}]])
async def test_links_of_any_other_shape_are_refused(gateway: Driver, links: Any) -> None:
    assert (await gateway.publish(synthetic_run(linkCourseRunTrainer=links))).status_code == 400
