"""Those who work while things break: ticks of the sample service, and course runs published through the gateway."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infra.demo.journey import Journey, run_wish
from libs.database.unit_of_work import UnitsOfWork
from libs.sources import SINGAPORE
from libs.telemetry.context import Context, entered
from libs.testing.sample.events import SampleTicked

ROLLED_BACK, FAILING = 0.05, 0.02
PAUSE_S = 0.02
AGAIN_S = 0.3
DAYS_AHEAD = 40


class ChangedMind(Exception):
    """The business rolls back after all; nothing of it may ever be heard."""


@dataclass(slots=True)
class Counts:
    ticks: int = 0
    rolled_back: int = 0
    failing: int = 0
    published: list[str] = field(default_factory=list)


async def tick_on(
    units: UnitsOfWork, sample_id: UUID, chance: random.Random, counts: Counts, stop: asyncio.Event
) -> None:
    """One aggregate's life. After a lost reply the log itself says whether the tick was committed."""
    while not stop.is_set():
        try:
            number = await _next_number(units, sample_id)
            behave = "once" if chance.random() < FAILING else "ok"
            await _tick(units, sample_id, number, behave, roll_back=chance.random() < ROLLED_BACK)
            counts.ticks += 1
            counts.failing += behave == "once"
        except ChangedMind:
            counts.rolled_back += 1
        except (SQLAlchemyError, OSError, TimeoutError):
            await asyncio.sleep(AGAIN_S)
        await asyncio.sleep(PAUSE_S)


async def _next_number(units: UnitsOfWork, sample_id: UUID) -> int:
    async with units.reading() as uow:
        query = text("select coalesce(max(aggseq), 0) + 1 from sample.event where aggtype = 'sample' and aggid = :id")
        return int((await uow.session.execute(query, {"id": sample_id})).scalar_one())


async def _tick(units: UnitsOfWork, sample_id: UUID, number: int, behave: str, *, roll_back: bool) -> None:
    with entered(Context(correlation_id=units.ids.new())):
        async with units.begin() as uow:
            uow.emit(SampleTicked(sample_id=sample_id, number=number, behave=behave))
            if roll_back:
                raise ChangedMind


class Publisher:
    """Publishes course runs one after another; repeats a request with its own key until it gets an answer."""

    def __init__(self, journey: Journey, token: Callable[[], Awaitable[str]], base_url: str) -> None:
        self._journey = journey
        self._token = token
        self._http = httpx.AsyncClient(base_url=f"{base_url}/api/v1", timeout=10)

    async def publish_on(self, counts: Counts, stop: asyncio.Event) -> None:
        number = 0
        while not stop.is_set():
            start_on = datetime.now(SINGAPORE).date() + timedelta(days=DAYS_AHEAD + 2 * number)
            number += 1
            draft = await self._insist("/course-runs", run_wish(self._journey, start_on))
            run_id = draft["id"]
            await self._insist(f"/course-runs/{run_id}/publish", {}, etag=f'"{draft["version"]}"')
            counts.published.append(run_id)

    async def _insist(self, path: str, body: dict[str, Any], *, etag: str | None = None) -> dict[str, Any]:
        key = str(uuid4())
        while True:
            headers = {"Idempotency-Key": key, "Authorization": f"Bearer {await self._token()}"}
            if etag is not None:
                headers["If-Match"] = etag
            try:
                response = await self._http.post(path, json=body, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(AGAIN_S)
                continue
            if response.is_success:
                answer: dict[str, Any] = response.json()
                return answer
            if response.status_code < httpx.codes.INTERNAL_SERVER_ERROR and response.status_code not in (401, 429):
                raise RuntimeError(f"{path} answered {response.status_code}: {response.text[:500]}")
            await asyncio.sleep(AGAIN_S)

    async def close(self) -> None:
        await self._http.aclose()
