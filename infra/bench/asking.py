"""One service, asked over its own routes in this process: guards, transactions, views and Postgres, but no socket."""

import logging
import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import structlog
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from libs.access.permissions import Role
from libs.chassis.runtime import Runtime
from libs.chassis.service import Service
from libs.chassis.settings import Environment
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.privacy.vault import Vault
from libs.sources import Clock, TimeOrderedIds
from libs.telemetry.context import Context, entered
from libs.testing.passes import Passes
from libs.testing.stage import SYNTHETIC_INDEX_KEY, SYNTHETIC_KEYS

GOAL_MS = 50.0
WARM_UP, ROUNDS = 5, 3
Question = Callable[[], Awaitable[httpx.Response]]


class Still(Clock):
    """The same instant at every look."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at


@dataclass(frozen=True, slots=True)
class Asked:
    """The service with a caller's client."""

    runtime: Runtime[Any]
    client: httpx.AsyncClient
    passes: Passes

    def get(self, path: str, **query: Any) -> Question:
        return lambda: self.client.get(path, params=query)

    def get_as(self, role: Role, subject: UUID, path: str, **query: Any) -> Question:
        headers = {"Authorization": f"Bearer {self.passes.issue(role, subject=subject)}"}
        return lambda: self.client.get(path, params=query, headers=headers)

    def post(self, path: str, **body: Any) -> Question:
        return lambda: self.client.post(path, json=body)


@dataclass(frozen=True, slots=True)
class Times:
    """How long each answer took, in milliseconds, and how long this process computed for one on average."""

    each: Sequence[float]
    core: float

    @property
    def median(self) -> float:
        return statistics.median(self.each)

    @property
    def tail(self) -> float:
        return sorted(self.each)[int(len(self.each) * 0.99)]


@asynccontextmanager
async def asked(service: Service, url: str, *, role: Role, clock: Clock, **settings: Any) -> AsyncIterator[Asked]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # not a line an answer
    engine, ids, passes = create_engine(url, application_name=f"bench {service.name}"), TimeOrderedIds(), Passes()
    known = service.settings(
        environment=Environment.TEST,
        port=1,
        database_url=SecretStr(url),
        amqp_url=SecretStr("amqp://nowhere.invalid/"),
        **settings,
    )
    append = outbox_append(service.wire_name, service.schema)
    runtime: Runtime[Any] = Runtime(
        service=service.wire_name,
        settings=known,
        engine=engine,
        units=UnitsOfWork(engine, clock=clock, ids=ids, append=append),
        clock=clock,
        ids=ids,
        chance=random.Random(1),  # noqa: S311 - for backoff, not for secrets
        verifier=passes,
        vault=Vault.from_settings(SYNTHETIC_KEYS, SYNTHETIC_INDEX_KEY),
        peers={},
    )
    headers = {"Authorization": f"Bearer {passes.issue(role)}"}
    transport = httpx.ASGITransport(app=service.app(runtime))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://service.bench", headers=headers) as client:
            yield Asked(runtime, client, passes)
    finally:
        await engine.dispose()


async def take_times(questions: Mapping[str, Question], *, times: int) -> Mapping[str, Times]:
    """Ask each so often, one after the other, in three rounds; the round that was disturbed least counts.

    Raises for anything but an answer that has something to show.
    """
    rounds = [{name: await _times(question, times) for name, question in questions.items()} for _ in range(ROUNDS)]
    return {name: min((one[name] for one in rounds), key=lambda taken: taken.tail) for name in questions}


async def _times(question: Question, count: int) -> Times:
    took: list[float] = []
    computed = time.process_time()
    for number in range(-WARM_UP, count):
        if number == 0:
            took, computed = [], time.process_time()
        began = time.perf_counter()
        with entered(Context(correlation_id=TimeOrderedIds().new())):
            reply = await question()
        took.append((time.perf_counter() - began) * 1_000)
        if reply.status_code != httpx.codes.OK or reply.json() in ([], {"items": [], "next_cursor": None}):
            raise RuntimeError(f"{reply.request.url}: {reply.status_code} {reply.text[:400]}")
    return Times(took, (time.process_time() - computed) * 1_000 / count)


def show(title: str, measured: Mapping[str, Times]) -> bool:
    """Print them; True when every 99th percentile is within the goal."""
    table = Table(title=f"{title}; the best of {ROUNDS} rounds")
    for heading in ("question", "p50", "p99", "goal (p99)", "of it, computing here"):
        table.add_column(heading)
    for name, times in measured.items():
        goal = f"{GOAL_MS:.0f} ms"
        table.add_row(name, f"{times.median:.1f} ms", f"{times.tail:.1f} ms", goal, f"{times.core:.1f} ms")
    Console().print(table)
    return all(times.tail <= GOAL_MS for times in measured.values())
