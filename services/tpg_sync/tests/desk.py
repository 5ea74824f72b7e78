"""A whole submission desk for tests: real Postgres, a real simulator on a socket, and time that the test decides."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from sqlmodel import col

from infra.tpg_simulator.faults import FaultOrder, Kind, Outage
from infra.tpg_simulator.world import World
from libs.contracts.course import (
    RunCancelled,
    RunEvent,
    RunFact,
    RunPublished,
    RunRescheduled,
    RunStatus,
    SessionFact,
    SessionStatus,
)
from libs.contracts.submissions import RunSubmission
from libs.contracts.tpg_sync import RecordType
from libs.sources import SINGAPORE
from libs.testing.stage import Stage
from services.tpg_sync import handlers
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.client.tpgateway import TpgClient
from services.tpg_sync.engine.engine import Engine
from services.tpg_sync.models import LANE_ID, SyncAttempt, SyncBreaker, SyncJob, SyncLane, SyncRecord
from services.tpg_sync.tests.samples import run


async def _as_a_worker(doing: Coroutine[Any, Any, int]) -> int:
    """A worker's duties start outside every journey; the test's own must not lend them one."""
    return await asyncio.create_task(doing, context=contextvars.Context())


class Owner:
    """Stands in for the course service on a real socket: hands out claim checks, and can be away."""

    def __init__(self) -> None:
        self.runs: dict[UUID, RunSubmission] = {}
        self.away = False
        self.asked = 0
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[httpx.AsyncClient]:
        """The peer client a service would have for it."""
        app = web.Application()
        app.router.add_get("/internal/v1/submissions/run/{run_id}", self._answer)
        async with TestServer(app) as server:
            self.url = str(server.make_url("/"))
            async with httpx.AsyncClient(base_url=self.url) as client:
                yield client

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.away and request.transport is not None:
            request.transport.abort()
        found = self.runs.get(UUID(request.match_info["run_id"]))
        if found is None:
            return web.Response(status=404)
        return web.Response(text=found.model_dump_json(), content_type="application/json")


def fact_of(submission: RunSubmission, status: RunStatus = RunStatus.OPEN) -> RunFact:
    """The run as its events would tell it."""
    sessions = tuple(
        SessionFact(
            session_id=part.session_id,
            sequence=part.sequence,
            start_at=datetime.combine(part.start_on, part.start_time, SINGAPORE),
            end_at=datetime.combine(part.end_on, part.end_time, SINGAPORE),
            mode_of_training=part.mode_of_training,
            status=SessionStatus.CANCELLED if part.cancelled else SessionStatus.PLANNED,
        )
        for part in submission.sessions
    )
    return RunFact(
        course_id=UUID(int=50),
        course_reference=submission.course_reference,
        status=status,
        revision=submission.revision,
        registration_opens_on=submission.registration_opens_on,
        registration_closes_on=submission.registration_closes_on,
        start_on=submission.start_on,
        end_on=submission.end_on,
        intake_size=submission.intake_size,
        threshold=submission.threshold,
        min_pax=1,
        mode_of_training=submission.mode_of_training,
        vacancy=submission.vacancy,
        policy_version=1,
        sessions=sessions,
    )


class Desk:
    """One tpg-sync with everything around it."""

    def __init__(self, stage: Stage, owner: Owner, gateway: World) -> None:
        self.stage = stage
        self.owner = owner
        self.gateway = gateway
        self.client = TpgClient(stage.runtime.settings, clock=stage.clock)
        self.owners = Owners(stage.runtime.peers)
        self.engine = Engine(stage.runtime, self.client, self.owners)

    # -- what the owner does ------------------------------------------------------------------------------------
    async def publish(self, submission: RunSubmission | None = None) -> UUID:
        submission = submission or run()
        self.owner.runs[submission.run_id] = submission
        await self.hear(RunPublished(run_id=submission.run_id, run=fact_of(submission)))
        return submission.run_id

    async def change(self, run_id: UUID, **changed: Any) -> None:
        """The next revision of a run, as its owner tells it."""
        before = self.owner.runs[run_id]
        after = before.model_copy(update={"revision": before.revision + 1, **changed})
        self.owner.runs[run_id] = after
        await self.hear(RunRescheduled(run_id=run_id, run=fact_of(after)))

    async def cancel(self, run_id: UUID) -> None:
        before = self.owner.runs[run_id]
        after = before.model_copy(update={"revision": before.revision + 1, "status": "cancelled"})
        self.owner.runs[run_id] = after
        await self.hear(RunCancelled(run_id=run_id, run=fact_of(after, RunStatus.CANCELLED)))

    async def hear(self, event: RunEvent) -> None:
        _, handle = handlers.handlers.by_routing_key[event.routing_key()]
        async with self.stage.units.begin() as uow:
            await handle(event, uow)

    # -- time ---------------------------------------------------------------------------------------------------
    def advance(self, by: timedelta) -> None:
        self.stage.clock.advance(by)
        self.gateway.clock.advance(by)

    async def work(self, turns: int = 40, *, step: timedelta = timedelta(seconds=1)) -> None:
        """Let time pass in steps, and the engine do in each what is due."""
        for _ in range(turns):
            await _as_a_worker(self.engine.rescue())
            await _as_a_worker(self.engine.tend())
            while await _as_a_worker(self.engine.turn()):
                pass
            self.advance(step)

    # -- trouble ------------------------------------------------------------------------------------------------
    def order(self, kind: Kind, **more: Any) -> None:
        self.gateway.faults.add(FaultOrder(kind=kind, **more))

    def outage(self, *, on: bool = True, **more: Any) -> None:
        self.gateway.faults.outage = Outage(on=on, **more)

    # -- what can be seen ---------------------------------------------------------------------------------------
    async def jobs(self, record_id: UUID | None = None) -> Sequence[SyncJob]:
        statement = select(SyncJob).order_by(col(SyncJob.record_id), col(SyncJob.ordinal))
        if record_id is not None:
            statement = statement.where(col(SyncJob.record_id) == record_id)
        async with self.stage.units.reading() as uow:
            return (await uow.session.execute(statement)).scalars().all()

    async def states(self, record_id: UUID | None = None) -> list[tuple[str, str]]:
        return [(str(job.kind), str(job.state)) for job in await self.jobs(record_id)]

    async def record(self, record_id: UUID, record_type: RecordType = RecordType.RUN) -> SyncRecord:
        async with self.stage.units.reading() as uow:
            return await uow.get(SyncRecord, (record_type, record_id))

    async def attempts(self) -> Sequence[SyncAttempt]:
        async with self.stage.units.reading() as uow:
            found = await uow.session.execute(select(SyncAttempt).order_by(col(SyncAttempt.started_at)))
            return found.scalars().all()

    async def lane(self) -> SyncLane:
        async with self.stage.units.reading() as uow:
            return await uow.get(SyncLane, LANE_ID)

    async def breaker(self, name: str = "host") -> SyncBreaker:
        async with self.stage.units.reading() as uow:
            return await uow.get(SyncBreaker, name)

    async def told(self) -> list[str]:
        """The events said so far, in order, by their short names."""
        return [envelope.event_type for envelope in await self.stage.told()]

    @property
    def remote_runs(self) -> list[Any]:
        return [stored for stored in self.gateway.store.runs.values() if not stored.deleted]
