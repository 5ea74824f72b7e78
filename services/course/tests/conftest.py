"""Course on a stage, and a small synthetic world to act in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.access.permissions import Role
from libs.contracts.event import Event
from libs.testing.stage import MakeStage, Stage
from services.course.handlers import handlers
from services.course.main import course as service
from services.course.tests.builders import RUN_STARTS, days, singapore

ADDRESS = {"street": "Demo Road", "floor": "02", "unit": "11", "postal_code": "408533", "room": "2A"}
OK = range(200, 300)


@dataclass(slots=True)
class World:
    """One service with a course, a room and two people in it, driven through its own routes."""

    stage: Stage
    ops: httpx.AsyncClient
    course_id: UUID
    venue_id: UUID
    trainer_id: UUID
    other_trainer_id: UUID

    def wish(self, count: int = 4, /, **given: Any) -> dict[str, Any]:
        """The body of a draft that TPGateway would take."""
        body: dict[str, Any] = {
            "course_id": str(self.course_id),
            "registration_opens_on": "2026-03-02",
            "registration_closes_on": "2026-04-01",
            "start_on": "2026-04-06",
            "end_on": "2026-04-09",
            "intake_size": 20,
            "mode_of_training": "1",
            "schedule_info": "Mon-Thu 9am-5pm",
            "admin_email": "ops@example.com",
            "venue_id": str(self.venue_id),
            "trainers": [{"trainer_id": str(self.trainer_id), "roles": [1]}],
            "sessions": [session_wish(day, 9, 17) for day in days(count)],
        }
        return {**body, **given}

    async def draft(self, count: int = 4, /, **given: Any) -> Any:
        return await ok(self.ops.post("/api/v1/course-runs", json=self.wish(count, **given)))

    async def act(self, run: dict[str, Any], action: str, **body: Any) -> httpx.Response:
        """POST an action on a run at the version last read."""
        return await self.ops.post(
            f"/api/v1/course-runs/{run['id']}/{action}",
            json=body or None,
            headers={"If-Match": f'"{run["version"]}"'},
        )

    async def published(self, count: int = 4, /, **given: Any) -> Any:
        return await ok(self.act(await self.draft(count, **given), "publish"))

    async def read(self, run: dict[str, Any]) -> Any:
        return await ok(self.ops.get(f"/api/v1/course-runs/{run['id']}"))

    async def hears(self, *events: Event) -> None:
        """Deliver as the consumer does: each in a transaction of its own."""
        for event in events:
            _, handler = handlers.by_routing_key[event.routing_key()]
            async with self.stage.units.begin() as uow:
                await handler(event, uow)

    async def told(self) -> list[str]:
        return [envelope.event_type for envelope in await self.stage.told()]


def session_wish(day: Any, start: int, end: int, **given: Any) -> dict[str, Any]:
    times = {"start_at": singapore(day, start).isoformat(), "end_at": singapore(day, end).isoformat()}
    return {**times, "mode_of_training": "1", **given}


def trainer_wish(number: int = 1, **given: Any) -> dict[str, Any]:
    """Synthetic people: the numbers pass the checksum and belong to nobody here."""
    ids = ["S1234567D", "T0000001E", "F1234567N", "G1234567X", "M1234567K"]
    body: dict[str, Any] = {
        "name": f"Test Demo {number}",
        "email": f"person{number}@example.com",
        "id_type": "SP",
        "id_number": ids[number],
        "roles": [1, 2],
        "salutation": 1,
        "domain_area_of_practice": "Wok safety (synthetic)",
    }
    return {**body, **given}


async def ok(asking: Awaitable[httpx.Response]) -> Any:
    """The body of an answer that must be a success."""
    answer = await asking
    assert answer.status_code in OK, answer.text
    return answer.json()


@pytest.fixture
async def course_stage(stage: MakeStage) -> Stage:
    return await stage(service)


@pytest.fixture
async def world(course_stage: Stage) -> World:
    ops = await course_stage.client(Role.OPS)
    made = {
        "courses": {
            "reference": "TGS-2026000123",
            "title": "Basic Wok Safety (synthetic)",
            "funded": True,
            "support_from": "2026-01-01",
            "support_to": "2026-12-31",
            "planned_minutes": 1920,
        },
        "venues": {"name": "Demo Room 2A", **ADDRESS},
    }
    ids = {path: UUID((await ok(ops.post(f"/api/v1/{path}", json=body)))["id"]) for path, body in made.items()}
    people = [UUID((await ok(ops.post("/api/v1/trainers", json=trainer_wish(n))))["id"]) for n in (0, 1)]
    return World(course_stage, ops, ids["courses"], ids["venues"], *people)


@pytest.fixture
def later(world: World) -> Callable[[timedelta], None]:
    def move(by: timedelta) -> None:
        world.stage.clock.advance(by)

    return move


__all__ = ["RUN_STARTS", "World", "ok", "session_wish", "trainer_wish"]
