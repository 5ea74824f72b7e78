"""Sheets by day, across runs."""

from datetime import timedelta
from typing import Any

from libs.access.permissions import Role
from libs.contracts.course import RunStatus, SessionStatus
from services.attendance.tests.builders import IDS, START, session
from services.attendance.tests.conftest import API, World, ok

DAY = timedelta(days=1)


async def _listed(world: World, client: Any = None, **query: Any) -> list[Any]:
    return list((await ok((client or world.ops).get(f"{API}/sheets/by-day", params=query)))["items"])


async def test_each_sheet_tells_how_far_it_has_come_the_latest_first(world: World) -> None:
    first, second = session(), session(2)
    _, people = await world.class_of(3, first, second)
    await world.mark(first.session_id, (people[0], "present"), (people[1], "absent"))

    later, earlier = await _listed(world)

    assert (later["session_id"], later["state"]) == (str(second.session_id), None)
    assert (earlier["state"], earlier["course_reference"]) == ("open", "TGS-2026000123")
    assert [earlier[name] for name in ("people", "present", "absent", "unmarked")] == [3, 1, 1, 1]


async def test_what_is_to_be_marked_has_begun_takes_place_and_waits_for_somebody(world: World) -> None:
    done, waiting, ahead = session(), session(start=START + timedelta(minutes=30)), session(3)
    _, people = await world.class_of(1, done)
    await world.class_of(1, waiting)
    await world.class_of(1, ahead)
    await world.class_of(1, session(status=SessionStatus.CANCELLED))
    await world.class_of(1, session(), status=RunStatus.CANCELLED)
    await world.mark(done.session_id, (people[0], "present"))

    assert [row["session_id"] for row in await _listed(world, to_mark=True)] == [str(waiting.session_id)]


async def test_days_are_singapore_s_and_the_last_one_is_included(world: World) -> None:
    midnight = START - timedelta(hours=9)  # the day begins in Singapore
    await world.class_of(0, session(start=midnight), session(2, start=midnight + DAY), session(3, start=midnight - DAY))

    found = await _listed(world, from_on="2026-03-02", to_on="2026-03-02")

    assert [row["sequence"] for row in found] == [1]


async def test_states_narrow_and_pages_go_on(world: World) -> None:
    sessions = [session(number, start=START - number * DAY) for number in range(1, 4)]
    await world.class_of(1, *sessions)
    await world.tend()

    first = await ok(world.ops.get(f"{API}/sheets/by-day", params={"limit": 2, "state": ["open", "locked"]}))
    rest = await ok(world.ops.get(f"{API}/sheets/by-day", params={"limit": 2, "cursor": first["next_cursor"]}))

    assert [row["sequence"] for row in [*first["items"], *rest["items"]]] == [1, 2, 3]
    assert rest["next_cursor"] is None
    assert {row["state"] for row in await _listed(world, state="locked")} == {"locked"}


async def test_a_trainer_sees_only_runs_of_their_own(world: World) -> None:
    own = session()
    await world.class_of(1, own)
    await world.class_of(1, session(), trainers=(IDS.new(),))
    stranger = await world.stage.client(Role.TRAINER, subject=IDS.new())

    assert [row["session_id"] for row in await _listed(world, world.trainer)] == [str(own.session_id)]
    assert await _listed(world, stranger) == []
