"""Lists of runs: pages and filters."""

import pytest

from services.course.tests.conftest import World, ok


async def test_runs_are_listed_by_pages_latest_first(world: World) -> None:
    starts = ["2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01", "2026-07-01"]
    for start in starts:
        await world.draft(0, sessions=[], start_on=start, end_on="2026-08-01", registration_closes_on="2026-03-20")

    first = await ok(world.ops.get("/api/v1/course-runs", params={"limit": 3}))
    second = await ok(world.ops.get("/api/v1/course-runs", params={"limit": 3, "cursor": first["next_cursor"]}))

    assert [run["start_on"] for run in first["items"] + second["items"]] == sorted(starts, reverse=True)
    assert len({run["id"] for run in first["items"] + second["items"]}) == 5
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"status": "draft"}, 1),
        ({"status": ["draft", "open"]}, 2),
        ({"sync_state": "pending"}, 1),
        ({"q": "wok"}, 2),
        ({"q": "TGS-2026000123"}, 2),
        ({"q": "100%"}, 0),
        ({"from_on": "2026-04-09"}, 2),
        ({"from_on": "2026-04-10"}, 0),
        ({"to_on": "2026-04-05"}, 0),
    ],
)
async def test_runs_are_narrowed(world: World, narrowed: dict[str, str], expected: int) -> None:
    await world.draft(0, sessions=[])
    await world.published()

    found = await ok(world.ops.get("/api/v1/course-runs", params=narrowed))

    assert len(found["items"]) == expected


async def test_a_list_item_counts_sessions_and_names_people(world: World) -> None:
    run = await world.published()

    by_trainer = {"trainer_id": str(world.trainer_id), "course_id": str(world.course_id)}
    (item,) = (await ok(world.ops.get("/api/v1/course-runs", params=by_trainer)))["items"]

    assert (item["id"], item["session_count"], item["course_title"]) == (run["id"], 4, "Basic Wok Safety (synthetic)")
    assert item["trainer_ids"] == [str(world.trainer_id)]
    assert item["next_session_at"] == run["sessions"][0]["start_at"]
