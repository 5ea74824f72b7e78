"""Who sees what: own runs, masks, reveals, and the claim check."""

from uuid import UUID, uuid4

import pytest

from libs.access.permissions import Role
from libs.testing.stage import Stage
from services.course.tests.conftest import World, ok


async def test_trainers_see_their_own_runs_alone(world: World) -> None:
    account = uuid4()
    headers = {"If-Match": '"1"'}
    path = f"/api/v1/trainers/{world.trainer_id}"
    mine, other = await world.published(), await world.draft(0, sessions=[], trainers=[])
    await ok(world.ops.patch(path, json={"user_id": str(account)}, headers=headers))
    trainer = await world.stage.client(Role.TRAINER, subject=account)

    listed = await ok(trainer.get("/api/v1/course-runs"))
    seen = await trainer.get(f"/api/v1/course-runs/{mine['id']}")
    hidden = [
        await trainer.get(f"/api/v1/course-runs/{other['id']}"),
        await trainer.get(f"/api/v1/course-runs/{other['id']}/sessions"),
        await trainer.get(f"/api/v1/trainers/{world.other_trainer_id}"),
    ]

    assert [run["id"] for run in listed["items"]] == [mine["id"]]
    assert seen.status_code == 200
    assert {answer.status_code for answer in hidden} == {404}
    assert [each["id"] for each in (await ok(trainer.get("/api/v1/trainers")))["items"]] == [str(world.trainer_id)]


async def test_an_auditor_sees_everything_masked(world: World) -> None:
    run = await world.published()
    auditor = await world.stage.client(Role.AUDITOR)

    seen = await ok(auditor.get(f"/api/v1/course-runs/{run['id']}"))
    person = await ok(auditor.get(f"/api/v1/trainers/{world.trainer_id}"))

    assert seen["trainers"][0]["name"] == "T*** D*** 0***"
    assert seen["admin_email"] == "o***@example.com"
    assert (person["name"], person["email"]) == ("T*** D*** 0***", "p***@example.com")
    assert person["id_number"] == "S****567D"


async def test_an_identity_number_is_masked_until_revealed_for_a_reason(world: World) -> None:
    path = f"/api/v1/trainers/{world.trainer_id}"

    shown = await ok(world.ops.get(path))
    unexplained = await world.ops.post(f"{path}/reveal", json={})
    revealed = await world.ops.post(f"{path}/reveal", json={"reason": "TPGateway asks for a copy"})

    assert shown["id_number"] == "S****567D"
    assert unexplained.status_code == 422
    assert revealed.json()["id_number"] == "S1234567D"
    assert revealed.headers["Cache-Control"] == "no-store"
    told = (await world.stage.told())[-1]
    assert (told.event_type, told.data["reason"]) == ("trainer.revealed", "TPGateway asks for a copy")


@pytest.mark.parametrize("leak", ["S7654321F", "person@example.com", "9123 4567"])
async def test_a_reason_that_names_a_person_is_refused_and_told_to_nobody(world: World, leak: str) -> None:
    before = await world.stage.told()

    answer = await world.ops.post(f"/api/v1/trainers/{world.trainer_id}/reveal", json={"reason": f"{leak} asks"})

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, "reason", "personal_data")
    assert leak not in answer.text
    assert await world.stage.told() == before


async def test_reveals_are_counted(world: World) -> None:
    path = f"/api/v1/trainers/{world.trainer_id}/reveal"

    answers = [await world.ops.post(path, json={"reason": "checking"}) for _ in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert "Retry-After" in answers[-1].headers


async def test_no_event_holds_personal_data(world: World) -> None:
    await world.published()
    headers = {"If-Match": '"1"'}
    change = {"name": "Test Renamed", "email": "renamed@example.com", "id_number": "M1234567K"}
    await ok(world.ops.patch(f"/api/v1/trainers/{world.trainer_id}", json=change, headers=headers))

    told = "".join(envelope.to_bytes().decode() for envelope in await world.stage.told())

    personal = ["S1234567D", "M1234567K", "Test Demo", "Test Renamed", "example.com"]
    assert [word for word in personal if word in told] == []
    assert '"field":"name"' in told


async def test_tpg_sync_fetches_the_whole_run_in_clear(world: World) -> None:
    run = await world.published(2)
    sync = await world.stage.client(Role.SERVICE, scopes=("submissions:read",))

    answer = await sync.get(f"/internal/v1/submissions/run/{run['id']}")

    body = answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert (body["course_reference"], body["revision"], body["status"]) == ("TGS-2026000123", 1, "open")
    assert body["trainers"][0]["id_number"] == "S1234567D"
    assert body["venue"]["postal_code"] == "408533"
    first = body["sessions"][0]
    assert (first["start_on"], first["start_time"], first["end_time"]) == ("2026-04-06", "09:00:00", "17:00:00")


async def test_nobody_else_may_fetch_a_submission(world: World) -> None:
    run = await world.published()
    unscoped = await world.stage.client(Role.SERVICE, scopes=("runs:view",))

    answers = [await client.get(f"/internal/v1/submissions/run/{run['id']}") for client in (world.ops, unscoped)]

    assert {answer.status_code for answer in answers} == {403}


async def test_an_unknown_run_is_404(course_stage: Stage) -> None:
    ops = await course_stage.client(Role.OPS)

    answer = await ops.get(f"/api/v1/course-runs/{UUID(int=7)}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
