"""Commands against a real database: bookings made at once, and the clock on several replicas."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from libs.access.permissions import Role
from libs.telemetry.context import Context, entered
from services.course.commands.booking import reserve
from services.course.commands.clock import advance_next_due
from services.course.commands.plans import add_session, change_trainers
from services.course.errors import SlotTaken
from services.course.handlers import advance_one
from services.course.queries.runs import get_run
from services.course.schemas.run import NewSession, TrainerLinkWish, TrainersChange
from services.course.tests.builders import RUN_ENDS, RUN_STARTS, singapore
from services.course.tests.conftest import World, ok, session_wish

AT_ONCE = 8


async def test_of_overlapping_sessions_for_one_trainer_booked_at_once_exactly_one_wins(world: World) -> None:
    wish = world.wish(0, venue_id=None, sessions=[session_wish(RUN_STARTS, 9, 12)])

    answers = await asyncio.gather(*(world.ops.post("/api/v1/course-runs", json=wish) for _ in range(AT_ONCE)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"slot_taken"}


async def test_of_overlapping_sessions_in_one_room_added_at_once_exactly_one_wins(world: World) -> None:
    runs = [await world.draft(0, sessions=[], trainers=[]) for _ in range(AT_ONCE)]
    body = session_wish(RUN_STARTS, 9, 12)

    answers = await asyncio.gather(
        *(world.ops.post(f"/api/v1/course-runs/{run['id']}/sessions", json=body) for run in runs)
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: AT_ONCE - 1}


async def test_two_runs_that_swap_trainers_at_once_neither_deadlock_nor_both_win(world: World) -> None:
    people = [str(world.trainer_id), str(world.other_trainer_id)]
    sessions = [session_wish(RUN_STARTS, 9, 12)]
    runs = [
        await world.draft(0, venue_id=None, sessions=sessions, trainers=[{"trainer_id": who, "roles": [1]}])
        for who in people
    ]

    answers = await asyncio.gather(
        *(
            world.act(run, "change-trainers", trainers=[{"trainer_id": who, "roles": [1]}])
            for run, who in zip(runs, reversed(people), strict=True)
        )
    )

    assert [answer.status_code for answer in answers] == [409, 409]


async def test_a_refused_booking_leaves_nothing_behind(world: World) -> None:
    await world.draft(1)
    free = await world.draft(0, sessions=[], venue_id=None)
    told = await world.told()

    with pytest.raises(SlotTaken):
        async with world.stage.units.begin() as uow:
            await add_session(uow, free["id"], NewSession(**session_wish(RUN_STARTS, 10, 11)))

    assert (await world.read(free))["sessions"] == []
    assert await world.told() == told


async def test_a_booking_waits_for_the_calendar_another_holds(world: World) -> None:
    run = await world.draft(1, venue_id=None)
    other = await world.draft(0, venue_id=None, trainers=[], sessions=[session_wish(RUN_STARTS, 9, 12)])
    link = TrainerLinkWish(trainer_id=world.trainer_id, roles=[1])

    async def join() -> None:
        async with world.stage.units.begin() as uow:
            await change_trainers(uow, other["id"], TrainersChange(trainers=[link]), version=1)

    async with world.stage.units.begin() as uow:
        await reserve(uow, run=await get_run(uow, run["id"], for_update=True))
        waiting = asyncio.create_task(join())
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        assert not done
    with pytest.raises(SlotTaken):
        await waiting


# ------------------------------------------------------------------------------------------- the clock


async def advance_all(world: World) -> int:
    steps = 0
    while await advance_one(world.stage.runtime):
        steps += 1
    return steps


async def test_the_clock_starts_and_ends_a_run(world: World) -> None:
    run = await world.published(2)
    world.stage.clock.set(singapore(RUN_STARTS, 9))
    await advance_all(world)
    started = await world.read(run)
    world.stage.clock.set(singapore(RUN_ENDS, 18))
    await advance_all(world)
    ended = await world.read(run)

    assert (started["status"], ended["status"]) == ("in_progress", "ended")
    assert {session["status"] for session in ended["sessions"]} == {"held"}
    told = await world.stage.told()
    assert [envelope.event_type for envelope in told[-4:]] == [
        "run.started",
        "run.session_held",
        "run.session_held",
        "run.ended",
    ]
    assert told[-1].actorid == "system"
    assert told[-4].data["unconfirmed"] is True


async def test_the_clock_has_nothing_to_do_before_time(world: World) -> None:
    await world.published()
    world.stage.clock.set(singapore(RUN_STARTS, 8, 59))

    assert await advance_all(world) == 0


async def test_several_replicas_share_the_clock_and_repeat_nothing(world: World) -> None:
    for index in range(6):
        day = session_wish(RUN_STARTS, 8 + index, 9 + index)
        await world.published(0, sessions=[day])
    world.stage.clock.set(singapore(RUN_ENDS, 18))

    steps = await asyncio.gather(*(advance_all(world) for _ in range(4)))

    told = Counter(await world.told())
    assert sum(steps) == 6
    assert (told["run.started"], told["run.session_held"], told["run.ended"]) == (6, 6, 6)


async def test_a_run_another_replica_holds_is_passed_over(world: World) -> None:
    held = await world.published(1)
    free = await world.published(0, sessions=[session_wish(RUN_ENDS, 9, 12)])
    world.stage.clock.set(singapore(RUN_ENDS, 18))

    async with world.stage.units.begin() as busy:
        await get_run(busy, held["id"], for_update=True)
        with entered(Context(correlation_id=world.stage.runtime.ids.new())):
            async with world.stage.units.begin() as uow:
                assert await advance_next_due(uow)
        assert not await advance_one(world.stage.runtime)

    assert (await world.read(free))["status"] == "ended"
    assert (await world.read(held))["status"] == "open"


async def test_a_command_finds_the_run_where_the_clock_says_it_is(world: World) -> None:
    run = await world.published(1)
    world.stage.clock.set(singapore(RUN_STARTS, 10))  # and no worker has looked yet

    late = await world.act(run, "cancel", reason="too few seats")
    admin = await world.stage.client(Role.ADMIN)
    path, headers = f"/api/v1/course-runs/{run['id']}/cut-short", {"If-Match": f'"{run["version"]}"'}
    ended = await ok(admin.post(path, json={"reason": "fire alarm"}, headers=headers))

    assert (late.status_code, ended["status"]) == (409, "ended")
    started, cut = (await world.stage.told())[-2:]
    assert (started.event_type, started.actorid, cut.event_type, cut.actorrole) == (
        "run.started",
        "system",
        "run.ended",
        "admin",
    )


async def test_the_whole_life_of_a_run(world: World) -> None:
    run = await world.published(2)
    run = await ok(world.act(run, "confirm"))
    world.stage.clock.set(singapore(RUN_ENDS, 18))
    await advance_all(world)
    body = session_wish(RUN_ENDS + timedelta(days=7), 9, 12, is_makeup=True, makeup_for=run["sessions"][0]["id"])
    await ok(world.ops.post(f"/api/v1/course-runs/{run['id']}/sessions", json=body))
    early = await world.act(await world.read(run), "close")
    world.stage.clock.set(singapore(RUN_ENDS + timedelta(days=7), 12))
    await advance_all(world)
    owed = await world.act(await world.read(run), "close")

    assert [answer.json()["code"] for answer in (early, owed)] == ["still_owed", "still_owed"]
    assert (await world.read(run))["sessions"][-1]["status"] == "held"
