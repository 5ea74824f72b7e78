"""Assessment on a stage, and a small synthetic world to act in."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.access.permissions import Role
from libs.contracts.enrolment import EnrolmentStatus
from libs.contracts.event import Event
from libs.testing.stage import MakeStage, Stage
from services.assessment.handlers import handlers
from services.assessment.main import assessment as service
from services.assessment.tests.builders import IDS, TODAY, course_event, enrolment_event, rate, run_event

OK = range(200, 300)


@dataclass(slots=True)
class World:
    """One service that has heard of a course with one skill, driven through its own routes."""

    stage: Stage
    admin: httpx.AsyncClient
    second_admin: httpx.AsyncClient
    ops: httpx.AsyncClient
    assessor: httpx.AsyncClient
    auditor: httpx.AsyncClient
    assessor_id: UUID
    course_id: UUID

    async def hear(self, *events: Event) -> None:
        """Deliver as the consumer does: each in a transaction of its own."""
        for event in events:
            _, handler = handlers.by_routing_key[event.routing_key()]
            async with self.stage.units.begin() as uow:
                await handler(event, uow)

    async def course(self, **given: Any) -> UUID:
        course_id = IDS.new()
        await self.hear(course_event(course_id, **given))
        return course_id

    async def run(self, *, course_id: UUID | None = None, roles: tuple[int, ...] = (2,), **given: Any) -> UUID:
        """A run that is over, assessed by the world's assessor."""
        run_id = given.pop("run_id", None) or IDS.new()
        people = given.pop("people", {self.assessor_id: roles})
        await self.hear(run_event(run_id, course_id=course_id or self.course_id, people=people, **given))
        return run_id

    async def place(
        self,
        run_id: UUID | None = None,
        status: EnrolmentStatus = EnrolmentStatus.CONFIRMED,
        *,
        credited: int | None = 480,
    ) -> UUID:
        """An enrolment on a run, with its attendance; None for nothing known of it."""
        enrolment_id, run_id = IDS.new(), run_id or await self.run()
        await self.hear(enrolment_event(enrolment_id, run_id, status))
        if credited is not None:
            await self.hear(rate(enrolment_id, run_id, credited=credited))
        return enrolment_id

    def wish(self, enrolment_id: UUID, **given: Any) -> dict[str, Any]:
        words = {"enrolment_id": str(enrolment_id), "skill_code": "SKILL-1", "result": "Pass"}
        return {**words, "assessed_on": TODAY.isoformat(), **given}

    async def draft(self, enrolment_id: UUID | None = None, **given: Any) -> Any:
        place = enrolment_id or await self.place()
        return await ok(self.assessor.post("/api/v1/assessments", json=self.wish(place, **given)))

    async def final(self, enrolment_id: UUID | None = None, **given: Any) -> Any:
        """Entered and finalised by the run's assessor."""
        return await ok(self.act(await self.draft(enrolment_id, **given), "finalise"))

    async def draft_again(self, assessment: dict[str, Any], **given: Any) -> Any:
        """The next attempt, as a draft by the run's assessor."""
        return await ok(self.act(assessment, "re-assess", **{"assessed_on": TODAY.isoformat(), **given}))

    async def act(
        self, assessment: dict[str, Any], action: str, client: httpx.AsyncClient | None = None, **body: Any
    ) -> httpx.Response:
        """POST an action on an assessment at the version last read."""
        return await (client or self.assessor).post(
            f"/api/v1/assessments/{assessment['id']}/{action}",
            json=body or None,
            headers={"If-Match": f'"{assessment["version"]}"'},
        )

    async def decide(
        self, assessment: dict[str, Any], how: str, client: httpx.AsyncClient | None = None, **body: Any
    ) -> httpx.Response:
        """Approve, decline or withdraw what is open on it."""
        path = f"proposals/{assessment['open_proposal']['id']}/{how}"
        return await self.act(assessment, path, client or self.admin, **body)

    async def change(self, assessment: dict[str, Any], client: httpx.AsyncClient | None = None, **body: Any) -> Any:
        """PATCH a draft at the version last read."""
        return await (client or self.assessor).patch(
            f"/api/v1/assessments/{assessment['id']}",
            json=body,
            headers={"If-Match": f'"{assessment["version"]}"'},
        )

    async def read(self, assessment: dict[str, Any], client: httpx.AsyncClient | None = None) -> Any:
        return await ok((client or self.admin).get(f"/api/v1/assessments/{assessment['id']}"))

    async def outcome(self, enrolment_id: UUID) -> tuple[bool, bool]:
        view = await ok(self.admin.get(f"/api/v1/assessments/outcomes/{enrolment_id}"))
        return view["decided"], view["passed"]

    async def told(self) -> list[str]:
        return [envelope.event_type for envelope in await self.stage.told()]


async def ok(asking: Awaitable[httpx.Response]) -> Any:
    """The body of an answer that must be a success."""
    answer = await asking
    assert answer.status_code in OK, answer.text
    return answer.json() if answer.content else None


def allowed(assessment: dict[str, Any]) -> list[str]:
    """What the caller who read it may do with it."""
    return [each["action"] for each in assessment["allowed_actions"] if each["allowed"]]


async def make_world(made: Stage) -> World:
    """People of every kind, and a course with one skill that was heard of."""
    assessor_id = IDS.new()
    roles = (Role.ADMIN, Role.ADMIN, Role.OPS)
    admin, second_admin, ops = [await made.client(role, subject=IDS.new()) for role in roles]
    assessor = await made.client(Role.ASSESSOR, subject=assessor_id)
    auditor = await made.client(Role.AUDITOR)
    world = World(made, admin, second_admin, ops, assessor, auditor, assessor_id, IDS.new())
    await world.hear(course_event(world.course_id))
    return world


@pytest.fixture
async def world(stage: MakeStage) -> World:
    return await make_world(await stage(service))


__all__ = ["World", "allowed", "make_world", "ok"]
