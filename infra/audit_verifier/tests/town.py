"""Six real services on real sockets and databases, with a simulated TPGateway, in one process.

Everything is as in the running system but for the broker: `ferry` carries each event to whoever hears it, in order.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.running import run_simulator
from infra.tpg_simulator.samples import KEY, synthetic_seed
from infra.tpg_simulator.world import World
from libs.access.permissions import Role
from libs.contracts.envelope import Envelope
from libs.errors import Refused
from libs.outbox.handlers import Handlers
from libs.outbox.hearing import Heard, handle, understand
from libs.telemetry.context import entered
from libs.testing.clock import TestClock
from libs.testing.stage import MakeStage, Stage
from services.assessment.main import assessment
from services.attendance.handlers import tend_one_sheet
from services.attendance.main import attendance
from services.audit.main import audit
from services.course.handlers import advance_one
from services.course.main import course
from services.enrolment.main import enrolment
from services.tpg_sync.engine.calendar import know_provider, turn
from services.tpg_sync.main import tpg_sync
from services.tpg_sync.models import CLOSED, WAITING_FOR_A_PERSON
from services.tpg_sync.settings import ProviderType
from services.tpg_sync.tests.desk import Desk, Owner
from services.tpg_sync.tests.samples import UEN

SCOPES: Final = ("submissions:read", "audit:attest", "enrolments:write")
TRAINER, ASSESSOR = UUID(int=0xA11CE), UUID(int=0xA55E5)
"""The accounts of the two who teach."""
ROUNDS: Final = 60


class _Server(uvicorn.Server):
    """Leaves the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address of an app on a socket of its own."""
    server = _Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server tells it by no event
        await asyncio.sleep(0)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


class Bearer(httpx.Auth):
    """A service's token, as the runtime's own peers carry one."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class Town:
    """All of it; made by `town_of`."""

    def __init__(self, stages: dict[str, Stage], desk: Desk, stack: AsyncExitStack, urls: dict[str, str]) -> None:
        self.stages = stages
        self.desk = desk
        self.clock = desk.stage.clock
        self._stack = stack
        self._urls = urls
        self._heard: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, list[Heard]] = defaultdict(list)
        self._clients: dict[tuple[str, Role], httpx.AsyncClient] = {}
        self.accounts = {role: uuid4() for role in Role} | {Role.TRAINER: TRAINER, Role.ASSESSOR: ASSESSOR}

    async def as_(self, role: Role, service: str) -> httpx.AsyncClient:
        """A client of one service with a token of this role; the same account everywhere."""
        if (service, role) not in self._clients:
            token = self.stages[service].passes.issue(role, subject=self.accounts[role])
            client = httpx.AsyncClient(base_url=self._urls[service], auth=Bearer(token), timeout=60)
            self._clients[service, role] = await self._stack.enter_async_context(client)
        return self._clients[service, role]

    async def post(self, role: Role, service: str, path: str, body: Any, *, at: str | None = None) -> Any:
        """A command; `at` is the record whose present version it is meant for."""
        return await self._do("POST", role, service, path, body, at)

    async def patch(self, role: Role, service: str, path: str, body: Any) -> Any:
        return await self._do("PATCH", role, service, path, body, path)

    async def _do(self, method: str, role: Role, service: str, path: str, body: Any, at: str | None) -> Any:
        client = await self.as_(role, service)
        headers = {}
        if at is not None:
            headers["If-Match"] = (await client.get(f"/api/v1{at}")).headers["ETag"]
        answer = await client.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def get(self, role: Role, service: str, path: str, **query: Any) -> Any:
        answer = await (await self.as_(role, service)).get(f"/api/v1{path}", params={"limit": 200, **query})
        assert answer.is_success, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()

    # -- time and messages --------------------------------------------------------------------------------------
    async def go_to(self, instant: datetime) -> None:
        """Move everybody's time there, and let what falls due happen."""
        self.desk.advance(max(timedelta(0), instant - self.clock.now()))
        await self.settle()

    async def settle(self) -> None:
        """Carry and send until nothing is on its way any more."""
        for _ in range(ROUNDS):
            await _until_done(lambda: advance_one(self.stages["course"].runtime))
            await self.ferry()
            await _until_done(lambda: tend_one_sheet(self.stages["attendance"].runtime))
            await self.ferry()
            await turn(self.stages["tpg-sync"].units)
            await self.desk.work(turns=2)
            if not await self.ferry() and all(
                job.state in CLOSED | WAITING_FOR_A_PERSON for job in await self.desk.jobs()
            ):
                return
        raise AssertionError([(job.kind, job.state, job.error_code) for job in await self.desk.jobs()])

    async def ferry(self, *, but: str | None = None) -> bool:
        """Carry events until nobody says anything new; whether there were any. Who is left out hears them later."""
        any_at_all = False
        while fresh := await self._fresh():
            any_at_all = True
            for hearer, stage in self.stages.items():
                for envelope in fresh:
                    heard = understand(_handlers(stage), envelope.to_bytes())
                    if heard.handler is not None or _handlers(stage).for_everything is not None:
                        self._waiting[hearer].append(heard)
            for hearer, stage in self.stages.items():
                if hearer != but:
                    await self._deliver(hearer, stage)
        for hearer, stage in self.stages.items():
            if hearer != but:
                await self._deliver(hearer, stage)
        return any_at_all

    async def _fresh(self) -> list[Envelope]:
        """What was said since this was asked last."""
        found = []
        for name, stage in self.stages.items():
            async with stage.units.reading() as unit:
                said = text(f"select pos, body from {stage.service.schema}.event where pos > :heard order by pos")  # noqa: S608 - a fixed schema name
                for pos, body in (await unit.session.execute(said, {"heard": self._heard[name]})).all():
                    found.append(Envelope.from_bytes(body.encode()))
                    self._heard[name] = pos
        return found

    async def _deliver(self, hearer: str, stage: Stage) -> None:
        """All that waits, in one transaction; one by one where one comes too early, and that one again later."""
        waiting, self._waiting[hearer] = self._waiting[hearer], []
        if waiting and not await _taken(stage, waiting):
            stuck: set[Any] = set()
            for heard in waiting:
                if heard.key in stuck or not await _taken(stage, [heard]):
                    stuck.add(heard.key)
                    self._waiting[hearer].append(heard)


async def _taken(stage: Stage, several: list[Heard]) -> bool:
    """Hand them over; False, and nothing done, where one speaks of what is not known there yet."""
    try:
        await _hand_over(stage, several)
    except Refused:
        return False
    return True


def _handlers(stage: Stage) -> Handlers:
    """Who is in town hears something."""
    handlers = stage.service.handlers
    assert handlers is not None
    return handlers


async def _hand_over(stage: Stage, several: list[Heard]) -> None:
    async with stage.units.begin() as unit:
        for heard in several:
            unit.causation_id, unit.told_at = heard.envelope.id, heard.envelope.time
            with entered(heard.context):
                await handle(_handlers(stage), heard, unit)


async def _until_done(step: Callable[[], Awaitable[bool]]) -> None:
    while await step():
        pass


@asynccontextmanager
async def town_of(stage: MakeStage, **knobs: Any) -> AsyncIterator[Town]:
    clock, world = TestClock(), World(synthetic_seed())
    world.clock.set(clock.now(), frozen=True)
    async with AsyncExitStack() as stack:
        simulator = stack.enter_context(run_simulator(Simulator(world)))
        stages: dict[str, Stage] = {}
        urls: dict[str, str] = {}
        peers: dict[str, httpx.AsyncClient] = {}
        settings: dict[str, Any] = {
            "tpg_base_url": simulator,
            "tpg_encryption_key": SecretStr(KEY),
            "tpg_uen": UEN,
            "tpg_corppass_id": "SYNTHETIC",
            "tpg_rate_per_s": 1000.0,
            "tpg_burst": 1000.0,
            "evidence_wait": timedelta(0),
            **knobs,
        }
        for service in (enrolment, course, attendance, assessment, audit, tpg_sync):
            own = settings if service is tpg_sync else {}
            made = await stage(service, clock=clock, peers=dict(peers), **own)
            name = service.wire_name
            stages[name], urls[name] = made, await stack.enter_async_context(served(made.app))
            token = made.passes.issue(Role.SERVICE, scopes=SCOPES)
            client = httpx.AsyncClient(base_url=urls[name], auth=Bearer(token))
            peers[name] = await stack.enter_async_context(client)
        await know_provider(stages["tpg-sync"].units, ProviderType.PUBLIC)
        desk = Desk(stages["tpg-sync"], Owner(), world)
        async with desk.client, desk.owners:
            yield Town(stages, desk, stack, urls)
