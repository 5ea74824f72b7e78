"""Attendance on a stage, and a small synthetic world to act in."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.access.permissions import Role
from libs.contracts.course import SessionFact
from libs.contracts.event import Event
from libs.contracts.submissions import Roll, RollEntry, RollMatch
from libs.testing.people import nric
from libs.testing.stage import MakeStage, Stage
from services.attendance.handlers import handlers, tend_one_sheet
from services.attendance.main import attendance as service
from services.attendance.tests.builders import HOUR, IDS, START, course_event, run_event, seat_event, session

OK = range(200, 300)
API = "/api/v1/attendance"


@dataclass(slots=True)
class Registry:
    """Stands in for enrolment's internal routes, in the shapes of the contract."""

    entries: dict[UUID, list[RollEntry]] = field(default_factory=dict)
    numbers: dict[str, UUID] = field(default_factory=dict)
    away: bool = False
    asked: int = 0

    def person(self, run_id: UUID, enrolment_id: UUID, trainee_id: UUID, name: str | None = None) -> None:
        known = self.entries.setdefault(run_id, [])
        number = nric(len(self.numbers))
        self.numbers[number] = enrolment_id
        known.append(
            RollEntry(
                enrolment_id=enrolment_id,
                trainee_id=trainee_id,
                status="confirmed",
                full_name=name or f"Synthetic Trainee {len(known) + 1}",
                id_masked=f"S****{number[-4:]}",
            )
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.away:
            raise httpx.ConnectError("away")
        parts = request.url.path.split("/")
        run_id = UUID(parts[4])
        if parts[-1] == "match":
            wanted = httpx.Response(200, content=request.content).json()["id_numbers"]
            here = {entry.enrolment_id for entry in self.entries.get(run_id, [])}
            found = [self.numbers.get(number.strip().upper()) for number in wanted]
            match = RollMatch(enrolment_ids=tuple(each if each in here else None for each in found))
            return httpx.Response(200, content=match.model_dump_json())
        roll = Roll(run_id=run_id, entries=tuple(self.entries.get(run_id, [])))
        return httpx.Response(200, content=roll.model_dump_json())


@dataclass(slots=True)
class World:
    """One service that has heard of a funded course, driven through its own routes; it begins as a session does."""

    stage: Stage
    registry: Registry
    ops: httpx.AsyncClient
    admin: httpx.AsyncClient
    trainer: httpx.AsyncClient
    trainer_id: UUID
    course_id: UUID

    async def hear(self, *events: Event) -> None:
        """Deliver as the consumer does: each in a transaction of its own."""
        for event in events:
            _, handler = handlers.by_routing_key[event.routing_key()]
            async with self.stage.units.begin() as uow:
                await handler(event, uow)

    async def run(self, *sessions: SessionFact, run_id: UUID | None = None, **given: Any) -> UUID:
        """A run the trainer teaches; said again when it is known."""
        run_id = run_id or IDS.new()
        words = {"trainers": (self.trainer_id,), "course_id": self.course_id, **given}
        await self.hear(run_event(run_id, *sessions, **words))
        return run_id

    async def seat(self, run_id: UUID, name: str | None = None, **given: Any) -> str:
        """Somebody with a place on it."""
        event = seat_event(run_id, **given)
        await self.hear(event)
        self.registry.person(run_id, event.enrolment_id, event.enrolment.trainee_id, name)
        return str(event.enrolment_id)

    async def class_of(self, people: int, *sessions: SessionFact, **given: Any) -> tuple[UUID, list[str]]:
        run_id = await self.run(*(sessions or (session(),)), **given)
        return run_id, [await self.seat(run_id) for _ in range(people)]

    async def sheet(self, session_id: UUID, client: httpx.AsyncClient | None = None) -> Any:
        return await ok((client or self.ops).get(f"{API}/sheets/{session_id}"))

    async def states(self, session_id: UUID) -> dict[str, str]:
        return {line["enrolment_id"]: line["state"] for line in (await self.sheet(session_id))["lines"]}

    async def mark(self, session_id: UUID, *lines: Any, client: httpx.AsyncClient | None = None, **body: Any) -> Any:
        """The outcomes, in order; a line is (enrolment, state) or a whole one."""
        wish = [line if isinstance(line, dict) else {"enrolment_id": line[0], "state": line[1]} for line in lines]
        sent = {"session_id": str(session_id), "lines": wish, **body}
        return (await ok((client or self.trainer).post(API, json=sent)))["outcomes"]

    async def line(self, session_id: UUID, enrolment_id: str) -> Any:
        """One mark in full."""
        found = [each for each in (await self.sheet(session_id))["lines"] if each["enrolment_id"] == enrolment_id]
        return await ok(self.ops.get(f"{API}/{found[0]['attendance_id']}"))

    async def act(
        self, line: dict[str, Any], action: str, client: httpx.AsyncClient | None = None, **body: Any
    ) -> httpx.Response:
        """POST an action on a mark at the version last read."""
        headers = {"If-Match": f'"{line["version"]}"'}
        return await (client or self.ops).post(f"{API}/{line['id']}/{action}", json=body, headers=headers)

    async def patch(self, line: dict[str, Any], client: httpx.AsyncClient | None = None, **body: Any) -> httpx.Response:
        headers = {"If-Match": f'"{line["version"]}"'}
        return await (client or self.ops).patch(f"{API}/{line['id']}", json=body, headers=headers)

    async def turn(
        self, session_id: UUID, action: str, client: httpx.AsyncClient | None = None, **body: Any
    ) -> httpx.Response:
        """Lock or unlock a sheet at the version last read."""
        headers = {"If-Match": f'"{(await self.sheet(session_id))["version"]}"'}
        url = f"{API}/sheets/{session_id}/{action}"
        return await (client or self.ops).post(url, json=body or None, headers=headers)

    async def tend(self) -> int:
        """Let the clock's duty do all there is to do."""
        steps = 0
        while await tend_one_sheet(self.stage.runtime):
            steps += 1
        return steps

    async def told(self) -> list[str]:
        return [envelope.event_type for envelope in await self.stage.told()]

    async def last(self, event_type: str) -> Any:
        """The data of the newest event of this type."""
        return [each for each in await self.stage.told() if each.event_type == event_type][-1].data

    def later(self, by: timedelta) -> None:
        self.stage.clock.advance(by)


async def ok(asking: Awaitable[httpx.Response]) -> Any:
    """The body of an answer that must be a success."""
    answer = await asking
    assert answer.status_code in OK, answer.text
    return answer.json()


@pytest.fixture
async def world(stage: MakeStage) -> World:
    registry = Registry()
    peer = httpx.AsyncClient(transport=httpx.MockTransport(registry.answer), base_url="http://enrolment.test")
    attendance = await stage(service, peers={"enrolment": peer})
    trainer_id = IDS.new()
    ops, admin = [await attendance.client(role) for role in (Role.OPS, Role.ADMIN)]
    trainer = await attendance.client(Role.TRAINER, subject=trainer_id)
    made = World(attendance, registry, ops, admin, trainer, trainer_id, IDS.new())
    attendance.clock.set(START + HOUR)
    await made.hear(course_event(made.course_id))
    return made


__all__ = ["API", "Registry", "World", "ok"]
