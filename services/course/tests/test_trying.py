"""A plan is judged before it is a draft: everything in its way at once, and nothing of it kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from libs.access.permissions import Role
from libs.contracts.tpg_sync import SyncState, SyncSucceeded
from services.course.tests.builders import about, days, named
from services.course.tests.conftest import World, ok, session_wish, trainer_wish


async def tried(world: World, plan: dict[str, Any]) -> Any:
    return await ok(world.ops.post("/api/v1/course-runs/preflight", json=plan))


def fields(found: Any) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in found["errors"]}


async def test_a_plan_that_would_be_taken_is_ready_and_leaves_nothing(world: World) -> None:
    found = await tried(world, world.wish())
    assert (found["ready"], found["errors"], found["clashes"]) == (True, [], [])
    async with world.stage.units.reading() as unit:
        counts = "select (select count(*) from course.course_run), (select count(*) from course.session)"
        assert (await unit.session.execute(text(counts))).one() == (0, 0)
    assert "run.created" not in await world.told()


async def test_everything_in_the_way_is_told_at_once_and_each_once(world: World) -> None:
    first, second = days(2)
    sessions = [session_wish(first, 9, 12), session_wish(first, 11, 13), session_wish(second, 8, 20)]
    plan = world.wish(sessions=sessions, trainers=[], registration_closes_on="2026-02-01", min_pax=30)
    found = fields(await tried(world, plan))
    expected = {
        ("sessions.1.start_at", "overlap"),
        ("trainers", "missing"),
        ("registration_closes_on", "date_order"),
        ("min_pax", "above_intake"),
    }
    assert expected <= found
    assert any(field.startswith("sessions.2") for field, _ in found)


async def test_who_and_what_is_busy_is_named_with_the_run_that_has_them(world: World) -> None:
    other = await world.draft(2)
    found = await tried(world, world.wish(1))
    assert not found["ready"]
    clashes = {(clash["session"], clash["kind"], clash["owner_id"], clash["run_id"]) for clash in found["clashes"]}
    assert clashes == {
        (0, "trainer", str(world.trainer_id), other["id"]),
        (0, "venue", str(world.venue_id), other["id"]),
    }
    assert {clash["start_at"] for clash in found["clashes"]} == {other["sessions"][0]["start_at"]}
    # the run's own bookings are no clash with its own plan
    assert (await tried(world, world.wish(1, run_id=other["id"])))["clashes"] == []


async def test_a_change_of_a_published_run_is_not_judged_as_a_new_one(
    world: World, later: Callable[[timedelta], None]
) -> None:
    """Its registration has opened and its first session has begun: neither speaks against changing the rest of it."""
    run = await world.published(2)
    await world.hears(about(run, SyncSucceeded, SyncState.SYNCED, remote=named(run)))
    begun = datetime.fromisoformat(run["sessions"][0]["start_at"]) + timedelta(hours=1)
    later(begun - world.stage.clock.now())

    change = world.wish(2, run_id=run["id"], schedule_info="Evenings")
    assert (await tried(world, change))["errors"] == []
    assert {"in_the_past", "too_late"} <= {code for _, code in fields(await tried(world, world.wish(2)))}


async def test_what_is_not_known_or_retired_is_told(world: World) -> None:
    unknown = "00000000-0000-0000-0000-000000000001"
    assert fields(await tried(world, world.wish(venue_id=unknown))) == {("venue_id", "unknown")}
    course = await ok(world.ops.get(f"/api/v1/courses/{world.course_id}"))
    await ok(
        world.ops.post(
            f"/api/v1/courses/{world.course_id}/retire", json={}, headers={"If-Match": f'"{course["version"]}"'}
        )
    )
    refused = await world.ops.post("/api/v1/course-runs/preflight", json=world.wish())
    assert (refused.status_code, refused.json()["code"]) == (409, "retired")


async def replanned(world: World, run: Any, plan: dict[str, Any]) -> httpx.Response:
    return await world.ops.put(
        f"/api/v1/course-runs/{run['id']}", json=plan, headers={"If-Match": f'"{run["version"]}"'}
    )


async def test_a_draft_is_planned_anew_in_one_step_over_its_own_bookings(world: World) -> None:
    """Sessions change places, people and dates change: what would clash half-way is no clash."""
    run = await world.draft(3)
    first, second, third = days(3)
    sessions = [session_wish(second, 9, 17), session_wish(first, 9, 17), session_wish(third, 9, 12)]
    linked = [{"trainer_id": str(world.other_trainer_id), "roles": [1]}]
    plan = world.wish(sessions=sessions, trainers=linked, intake_size=12, end_on="2026-04-08")
    after = await ok(replanned(world, run, plan))
    starts = [datetime.fromisoformat(session["start_at"]) for session in after["sessions"]]
    assert starts == [datetime.fromisoformat(each["start_at"]) for each in sessions]
    assert (after["intake_size"], after["end_on"], after["version"]) == (12, "2026-04-08", run["version"] + 1)
    assert {tuple(session["trainer_ids"]) for session in after["sessions"]} == {(str(world.other_trainer_id),)}
    (told,) = [told for told in await world.stage.told() if told.event_type == "run.changed"]
    assert {"intake_size", "end_on", "trainers"} <= {change["field"] for change in told.data["changes"]}


async def test_sessions_that_stay_as_they_are_stay_the_same(world: World) -> None:
    run = await world.draft(2)
    after = await ok(replanned(world, run, world.wish(2, schedule_info="Evenings")))
    assert [session["id"] for session in after["sessions"]] == [session["id"] for session in run["sessions"]]
    (told,) = [told for told in await world.stage.told() if told.event_type == "run.changed"]
    assert [change["field"] for change in told.data["changes"]] == ["schedule_info"]


async def test_a_plan_that_breaks_a_rule_changes_nothing(world: World) -> None:
    busy = await world.draft(1)
    run = await world.draft(0, sessions=[], start_on="2026-04-06")
    refused = await replanned(world, run, world.wish(1))
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert busy["id"] in refused.json()["detail"]
    other = await replanned(world, run, world.wish(0, sessions=[], course_id=str(UUID(int=1))))
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "course_id")
    assert (await world.read(run)) == run


async def test_only_a_draft_is_planned_anew(world: World) -> None:
    run = await world.published()
    refused = await replanned(world, run, world.wish())
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_allowed")


async def test_the_calendar_shows_who_may_see_them_the_sessions_of_these_days(world: World) -> None:
    run = await world.published()
    discarded = await world.draft(0, sessions=[], start_on="2026-04-06")
    await ok(world.act(discarded, "discard"))
    span = {"from_on": "2026-04-06", "to_on": "2026-04-07"}
    found = await ok(world.ops.get("/api/v1/course-runs/calendar", params=span))
    assert [session["id"] for session in found] == [session["id"] for session in run["sessions"][:2]]
    assert found[0]["trainer_ids"] == [str(world.trainer_id)]
    told = (found[0]["run_id"], found[0]["run_status"], found[0]["course_title"], found[0]["venue_id"])
    assert told == (run["id"], "open", "Basic Wok Safety (synthetic)", str(world.venue_id))

    stranger = await world.stage.client(Role.TRAINER)
    assert await ok(stranger.get("/api/v1/course-runs/calendar", params=span)) == []


async def test_a_trainer_s_calendar_holds_their_own(world: World) -> None:
    account = "00000000-0000-0000-0000-000000000042"
    teaching = await ok(world.ops.post("/api/v1/trainers", json=trainer_wish(2, user_id=account)))
    linked = [{"trainer_id": teaching["id"], "roles": [1]}]
    mine = await world.draft(1, trainers=linked)
    await world.draft(1, sessions=[session_wish(day, 9, 17, venue_id=None) for day in days(1)], venue_id=None)
    trainer = await world.stage.client(Role.TRAINER, subject=UUID(account))
    span = {"from_on": "2026-04-06", "to_on": "2026-04-07"}
    found = await ok(trainer.get("/api/v1/course-runs/calendar", params=span))
    assert {session["run_id"] for session in found} == {mine["id"]}


async def test_the_calendar_is_read_forwards_and_by_the_month(world: World) -> None:
    for to_on in ("2026-04-05", "2026-05-08"):
        refused = await world.ops.get("/api/v1/course-runs/calendar", params={"from_on": "2026-04-06", "to_on": to_on})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "to_on")
