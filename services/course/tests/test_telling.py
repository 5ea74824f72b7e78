"""What other systems are told by a service: the kinds of records their scopes name, and of those everything."""

from typing import Any

import httpx
import pytest

from libs.access.permissions import Role
from libs.access.telling import TOLD
from services.course.tests.conftest import World

TOLD_PAGE = "/internal/v1/events/told"
HERE = {"course", "run", "trainer", "venue"}


async def subscriber(world: World, *areas: str) -> httpx.AsyncClient:
    scopes = ("events:subscribe", *(f"events:{area}" for area in areas))
    return await world.stage.client(Role.SERVICE, scopes=scopes)


async def page(client: httpx.AsyncClient, **query: Any) -> Any:
    return (await client.get(TOLD_PAGE, params=query)).raise_for_status().json()


def kinds(told: Any) -> set[str]:
    return {event["aggtype"] for event in told["events"]}


async def test_a_subscriber_hears_of_its_areas_and_of_nothing_else(world: World) -> None:
    """Given a log that also holds a refusal, then a subscriber is told its area's records, whole and in order."""
    await world.draft()
    stranger = await world.stage.client(Role.SERVICE)
    assert (await stranger.get(TOLD_PAGE)).status_code == 403

    told = await page(await subscriber(world, "courses"))

    logged = await world.stage.told()
    assert "access" in {envelope.aggtype for envelope in logged}
    assert [event["id"] for event in told["events"]] == [
        str(envelope.id) for envelope in logged if envelope.aggtype in TOLD
    ]
    assert kinds(told) == HERE
    assert (await page(await subscriber(world, "sync", "enrolments")))["events"] == []


async def test_what_one_may_not_hear_cannot_be_asked_for(world: World) -> None:
    courses = await subscriber(world, "courses")
    assert kinds(await page(courses, types="venue,trainer")) == {"venue", "trainer"}
    for types in ("access", "venue,user", "enrolment"):
        refused = await courses.get(TOLD_PAGE, params={"types": types})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), types
        assert "trainer" in refused.json()["detail"]
    assert (await courses.get("/internal/v1/events")).status_code == 403


async def test_the_whole_feed_is_no_part_of_it_and_an_area_alone_opens_no_door(world: World) -> None:
    for scopes in (("events:courses",), ("events:feed",)):
        client = await world.stage.client(Role.SERVICE, scopes=scopes)
        assert (await client.get(TOLD_PAGE)).status_code == 403
    assert (await page(await subscriber(world)))["events"] == []


@pytest.mark.parametrize("areas", [("courses",), ("sync",)])
async def test_a_page_goes_on_where_the_one_before_ended(world: World, areas: tuple[str, ...]) -> None:
    client = await subscriber(world, *areas)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        told = await page(client, limit=2, **cursor)
        seen += [event["id"] for event in told["events"]]
        cursor = {"after": told["next"]}
        if told["caught_up"]:
            break
    assert len(seen) == len(set(seen)) == len((await page(client))["events"])
    assert told["next"] == (await page(client, at_head=True))["next"]
