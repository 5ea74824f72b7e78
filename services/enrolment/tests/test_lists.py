"""Lists, their pages and filters, what they cost, and the numbers enrolments are judged by."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from services.enrolment.tests.conftest import World, ok


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """Every statement sent to the database in the block."""
    engine, statements = world.stage.runtime.engine.sync_engine, []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def listed(world: World, **narrowed: Any) -> list[str]:
    found = await ok(world.ops.get("/api/v1/enrolments", params=narrowed))
    return [each["id"] for each in found["items"]]


async def test_enrolments_are_listed_by_pages_newest_first(world: World) -> None:
    run_id = await world.run(seats=5)
    made = [(await world.draft(run_id))["id"] for _ in range(5)]

    first = await ok(world.ops.get("/api/v1/enrolments", params={"limit": 3}))
    second = await ok(world.ops.get("/api/v1/enrolments", params={"limit": 3, "cursor": first["next_cursor"]}))

    assert [each["id"] for each in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None


async def test_narrowed_by_days_they_go_by_day_and_page_by_page(world: World) -> None:
    # given people entered in another order than that of the days they were enrolled on, two on one day
    run_id = await world.run(seats=5)
    days = ["2026-02-27", "2026-02-25", "2026-02-27", "2026-02-20", "2026-02-26"]
    made = [(await world.draft(run_id, enrolled_on=day))["id"] for day in days]
    wanted: dict[str, str | int] = {"from_on": "2026-02-25", "to_on": "2026-03-01", "limit": 2}
    # when read in pages
    first = await ok(world.ops.get("/api/v1/enrolments", params=wanted))
    second = await ok(world.ops.get("/api/v1/enrolments", params={**wanted, "cursor": first["next_cursor"]}))
    # then the latest day comes first, and of one day whoever was entered last
    assert [each["id"] for each in first["items"] + second["items"]] == [made[2], made[0], made[4], made[1]]
    assert second["next_cursor"] is None
    # and a cursor of the other order is none of this list's
    other = (await ok(world.ops.get("/api/v1/enrolments", params={"limit": 2})))["next_cursor"]
    refused = await world.ops.get("/api/v1/enrolments", params={**wanted, "cursor": other})
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_cursor")


async def test_enrolments_are_narrowed(world: World) -> None:
    here, there, employer = await world.run(), await world.run(), await world.employer()
    draft = await world.draft(here, full_fee="10")
    seated = await world.placed(there, sponsorship="EMPLOYER", employer_id=employer["id"])
    narrowed: list[tuple[dict[str, Any], list[str]]] = [
        ({"run_id": str(here)}, [draft["id"]]),
        ({"trainee_id": seated["trainee_id"]}, [seated["id"]]),
        ({"employer_id": employer["id"]}, [seated["id"]]),
        ({"status": "draft"}, [draft["id"]]),
        ({"status": ["draft", "confirmed"]}, [seated["id"], draft["id"]]),
        ({"sync_state": "pending"}, [seated["id"]]),
        ({"fee_status": "pending"}, [draft["id"]]),
        ({"sponsorship": "INDIVIDUAL"}, [draft["id"]]),
        ({"from_on": "2026-03-03"}, []),
        ({"to_on": "2026-03-02"}, [seated["id"], draft["id"]]),
        ({"fundable": "true"}, []),
        ({"remote_id": "ENR-2603-000999"}, []),
    ]

    for filters, expected in narrowed:
        assert await listed(world, **filters) == expected, filters


async def test_a_longer_list_asks_no_more(world: World) -> None:
    run_id = await world.run(seats=9)
    await world.placed(run_id)
    paths = ["/api/v1/enrolments", "/api/v1/trainees", "/api/v1/employers"]
    with counted(world) as few:
        for path in paths:
            await ok(world.ops.get(path))
    for _ in range(3):
        await world.placed(run_id)

    with counted(world) as many:
        for path in paths:
            await ok(world.ops.get(path))

    assert len(many) == len(few)


async def test_people_of_a_run_are_listed(world: World) -> None:
    run_id = await world.run()
    on_it, _ = (await world.placed(run_id))["trainee_id"], await world.trainee()

    found = await ok(world.ops.get("/api/v1/trainees", params={"run_id": str(run_id)}))

    assert [each["id"] for each in found["items"]] == [on_it]


async def test_new_numbers_hold_from_their_day_on(world: World) -> None:
    numbers = {
        "offer_hours": 24,
        "submission_days": 28,
        "reveals_an_hour": 5,
        "retention_years": 7,
        "reason": "a new circular",
    }
    path = "/api/v1/enrolments/policies"
    today = await world.admin.post(path, json={**numbers, "effective_from": "2026-03-02"})
    introduced = await ok(world.admin.post(path, json={**numbers, "effective_from": "2026-03-03"}))
    twice = await world.admin.post(path, json={**numbers, "effective_from": "2026-03-03"})
    world.stage.clock.advance(timedelta(hours=12))  # midnight in Singapore
    run_id = await world.run(seats=1)
    seated, waiting = await world.placed(run_id), await world.placed(run_id)

    await ok(world.act(seated, "cancel", reason="sick"))

    offered = await world.read(waiting)
    assert [today.json()["code"], twice.json()["code"]] == ["policy_in_force", "duplicate"]
    assert (introduced["number"], offered["policy_version"]) == (2, 2)
    assert offered["offer_ends_at"] == (world.stage.clock.now() + timedelta(hours=24)).isoformat().replace(
        "+00:00", "Z"
    )
    assert [each["number"] for each in await ok(world.ops.get(path))] == [2, 1]
