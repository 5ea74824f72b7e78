"""Courses, venues, people and policy through HTTP."""

from datetime import timedelta

from libs.access.permissions import Role
from services.course.tests.conftest import World, ok, trainer_wish


async def test_the_same_person_is_entered_once(world: World) -> None:
    again = await world.ops.post("/api/v1/trainers", json=trainer_wish(0, id_number=" s1234567d "))

    assert (again.status_code, again.json()["code"]) == (409, "duplicate")


async def test_the_reference_of_a_published_course_stays(world: World) -> None:
    path = f"/api/v1/courses/{world.course_id}"
    draft = await world.draft(0, sessions=[])
    renamed = await world.ops.patch(path, json={"reference": "TGS-2026000124"}, headers={"If-Match": '"1"'})
    followed = (await world.read(draft))["course_reference"]
    await world.published()

    frozen = await world.ops.patch(path, json={"reference": "TGS-2026000125"}, headers={"If-Match": '"2"'})

    assert (renamed.status_code, followed) == (200, "TGS-2026000124")
    assert (frozen.status_code, frozen.json()["code"]) == (409, "reference_frozen")


async def test_a_course_reference_is_taken_once(world: World) -> None:
    body = {"reference": "TGS-2026000123", "title": "Twin", "funded": False, "planned_minutes": 60}

    assert (await world.ops.post("/api/v1/courses", json=body)).json()["code"] == "duplicate"


async def test_a_course_says_what_must_be_passed(world: World) -> None:
    body = {
        "reference": "TGS-2026000999",
        "title": "Synthetic Noodles",
        "funded": False,
        "planned_minutes": 60,
        "skill_codes": ["SKILL-1", "SKILL-2"],
        "pass_rule": {"pass_mark": 60},
    }
    await ok(world.ops.post("/api/v1/courses", json=body))

    fact = (await world.stage.told())[-1].data["course"]
    assert (fact["title"], fact["skill_codes"], fact["pass_mark"]) == ("Synthetic Noodles", ["SKILL-1", "SKILL-2"], 60)


async def test_what_is_booked_cannot_be_retired_and_what_is_retired_cannot_be_booked(world: World) -> None:
    run = await world.draft()
    headers = {"If-Match": '"1"'}
    paths = [f"/api/v1/venues/{world.venue_id}/retire", f"/api/v1/trainers/{world.trainer_id}/retire"]

    busy = [(await world.ops.post(path, json={}, headers=headers)).json()["code"] for path in paths]
    await ok(world.act(run, "discard", reason="a mistake"))
    free = [(await world.ops.post(path, json={}, headers=headers)).status_code for path in paths]
    refused = await world.ops.post("/api/v1/course-runs", json=world.wish())

    assert (busy, free) == (["in_use", "in_use"], [200, 200])
    assert (refused.status_code, refused.json()["code"]) == (409, "retired")


async def test_a_changed_address_makes_live_runs_stale(world: World) -> None:
    run = await world.published()
    path = f"/api/v1/venues/{world.venue_id}"

    await ok(world.ops.patch(path, json={"capacity": 30}, headers={"If-Match": '"1"'}))
    untouched = (await world.read(run))["sync"]["state"]
    await ok(world.ops.patch(path, json={"floor": "03"}, headers={"If-Match": '"2"'}))

    after = await world.read(run)
    assert (untouched, after["sync"]["state"]) == ("pending", "stale")
    assert after["sync"]["revision"] == run["sync"]["revision"] + 1


async def test_policy_changes_from_a_future_day_on(world: World) -> None:
    admin = await world.stage.client(Role.ADMIN)
    path = "/api/v1/course-runs/policies"
    (first,) = await ok(world.ops.get(path))
    numbers = {name: value for name, value in first.items() if name.endswith(("minutes", "days", "size", "hour"))}
    wish = {**numbers, "class_max_size": 30, "reason": "circular of the day"}

    today = await admin.post(path, json={**wish, "effective_from": "2026-03-02"})
    await ok(admin.post(path, json={**wish, "effective_from": "2026-03-03"}))
    before = await world.ops.post("/api/v1/course-runs", json=world.wish(0, sessions=[], intake_size=35))
    world.stage.clock.advance(timedelta(days=1))
    after = await world.ops.post("/api/v1/course-runs", json=world.wish(0, sessions=[], intake_size=35))

    assert (today.status_code, today.json()["code"]) == (409, "policy_in_force")
    assert (before.status_code, after.status_code) == (201, 422)
    assert before.json()["policy_version"] == 1
    assert (await world.told())[-2] == "course_policy.introduced"
