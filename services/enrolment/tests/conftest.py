"""Enrolment on a stage, and a small synthetic world to act in."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.access.permissions import Role
from libs.contracts.event import Event
from libs.testing.people import trainee_wish
from libs.testing.stage import MakeStage, Stage
from services.enrolment.handlers import expire_one, handlers
from services.enrolment.main import enrolment as service
from services.enrolment.tests.builders import IDS, course_event, employer_wish, run_event

OK = range(200, 300)


@dataclass(slots=True)
class World:
    """One service that has heard of a funded course, driven through its own routes."""

    stage: Stage
    ops: httpx.AsyncClient
    admin: httpx.AsyncClient
    finance: httpx.AsyncClient
    course_id: UUID
    people: int = 0

    async def hear(self, *events: Event) -> None:
        """Deliver as the consumer does: each in a transaction of its own."""
        for event in events:
            _, handler = handlers.by_routing_key[event.routing_key()]
            async with self.stage.units.begin() as uow:
                await handler(event, uow)

    async def run(self, seats: int = 2, **given: Any) -> UUID:
        """A run that takes registrations."""
        run_id = given.pop("run_id", None) or IDS.new()
        await self.hear(run_event(run_id, course_id=self.course_id, intake_size=seats, **given))
        return run_id

    async def say(self, run_id: UUID, **given: Any) -> None:
        """Course speaks of a run again."""
        await self.hear(run_event(run_id, course_id=self.course_id, **given))

    async def trainee(self, **given: Any) -> Any:
        self.people += 1
        return await ok(self.ops.post("/api/v1/trainees", json=trainee_wish(self.people, **given)))

    async def employer(self, **given: Any) -> Any:
        return await ok(self.ops.post("/api/v1/employers", json=employer_wish(**given)))

    async def draft(self, run_id: UUID, trainee: dict[str, Any] | None = None, **given: Any) -> Any:
        trainee = trainee or await self.trainee()
        body = {"run_id": str(run_id), "trainee_id": trainee["id"], "sponsorship": "INDIVIDUAL", **given}
        return await ok(self.ops.post("/api/v1/enrolments", json=body))

    async def placed(self, run_id: UUID, trainee: dict[str, Any] | None = None, **given: Any) -> Any:
        """Registered and confirmed: seated, or at the end of the queue."""
        return await ok(self.act(await self.draft(run_id, trainee, **given), "confirm"))

    async def act(
        self, enrolment: dict[str, Any], action: str, client: httpx.AsyncClient | None = None, **body: Any
    ) -> httpx.Response:
        """POST an action on an enrolment at the version last read."""
        return await (client or self.ops).post(
            f"/api/v1/enrolments/{enrolment['id']}/{action}",
            json=body or None,
            headers={"If-Match": f'"{enrolment["version"]}"'},
        )

    async def change(self, path: str, record: dict[str, Any], **body: Any) -> httpx.Response:
        """PATCH a record at the version last read."""
        headers = {"If-Match": f'"{record["version"]}"'}
        return await self.admin.patch(f"/api/v1/{path}", json=body, headers=headers)

    async def read(self, enrolment: dict[str, Any]) -> Any:
        return await ok(self.ops.get(f"/api/v1/enrolments/{enrolment['id']}"))

    async def status(self, enrolment: dict[str, Any]) -> str:
        return str((await self.read(enrolment))["status"])

    async def seats(self, run_id: UUID) -> tuple[int, int, int]:
        view = await ok(self.ops.get(f"/api/v1/enrolments/seats/{run_id}"))
        return view["confirmed"], view["offered"], view["waitlisted"]

    async def expire(self) -> int:
        """Let the clock's duty do all there is to do."""
        steps = 0
        while await expire_one(self.stage.runtime):
            steps += 1
        return steps

    async def told(self) -> list[str]:
        return [envelope.event_type for envelope in await self.stage.told()]


async def ok(asking: Awaitable[httpx.Response]) -> Any:
    """The body of an answer that must be a success."""
    answer = await asking
    assert answer.status_code in OK, answer.text
    return answer.json()


@pytest.fixture
async def world(stage: MakeStage) -> World:
    enrolment = await stage(service)
    ops, admin, finance = [await enrolment.client(role) for role in (Role.OPS, Role.ADMIN, Role.FINANCE)]
    made = World(enrolment, ops, admin, finance, IDS.new())
    await made.hear(course_event(made.course_id))
    return made


__all__ = ["World", "ok"]
