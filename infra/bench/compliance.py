"""The compliance calendar with many open duties: how long its summary, its work queue and its list take.

Synthetic duties of all keys over a year of runs; the questions are the service's own, with their round trips.
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from rich.console import Console
from rich.table import Table

from infra.bench.throw_away import throw_away_postgres
from libs.contracts.tpg_sync import ObligationLevel
from libs.database.engine import create_engine, plain_url
from libs.database.migrations import upgrade
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.sources import Clock, TimeOrderedIds
from services.tpg_sync.commands.obligation_sums import add_up
from services.tpg_sync.main import tpg_sync
from services.tpg_sync.models import Obligation, ObligationKey, Subject
from services.tpg_sync.policy import judge, policies
from services.tpg_sync.policy.rows import case_of, time_row
from services.tpg_sync.queries.obligations import ObligationFilter, list_obligations, list_queue, tally, worst_runs
from services.tpg_sync.settings import ProviderType

OPEN = int(os.environ.get("BENCH_OBLIGATIONS", "50000"))
CLOSED_FOR_EACH_OPEN = 1
HOW_MANY = {Subject.RUN: 1, Subject.SESSION: 4, Subject.ENROLMENT: 20}
EARLY = frozenset(
    {
        *(ObligationKey.RUN_PUBLISH, ObligationKey.RUN_CONFIRM, ObligationKey.TRAINER_ASSIGNED),
        *(ObligationKey.SESSIONS_SUBMIT, ObligationKey.ENROLMENT_SUBMIT, ObligationKey.ENROLMENT_ACK),
        *(ObligationKey.FEE_STATUS_INITIAL, ObligationKey.FEE_STATUS_UPDATE),
    }
)
IN_ONE_RUN = sum(HOW_MANY[rule.subject] for rule in policies()[0].obligations.values())
ASKED = int(os.environ.get("BENCH_OBLIGATION_QUESTIONS", "300"))
GOAL_MS = 50.0
NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)
SEED = 20260901
COLUMNS = tuple(Obligation.__table__.columns.keys())  # type: ignore[attr-defined]  # SQLModel's own table
Question = Callable[[UnitOfWork], Awaitable[object]]


class _Still(Clock):
    def now(self) -> datetime:
        return NOW


def run() -> bool:
    """Measure and tell; True when every question's 99th percentile is within the goal."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-compliance-")))
        measured = asyncio.run(_measure(throw_away_postgres(stack, folder)))
    table = Table(title=f"{OPEN:,} open duties beside {OPEN * CLOSED_FOR_EACH_OPEN:,} that are over, one connection")
    for heading in ("question", "p50", "p99", "goal (p99)"):
        table.add_column(heading)
    reached = True
    for name, times in measured.items():
        ordered = sorted(times)
        tail = ordered[int(len(ordered) * 0.99)]
        reached &= tail <= GOAL_MS
        table.add_row(name, f"{statistics.median(ordered):.1f} ms", f"{tail:.1f} ms", f"{GOAL_MS:.0f} ms")
    Console().print(table)
    return reached


async def _measure(url: str) -> Mapping[str, Sequence[float]]:
    await upgrade(url, folder=tpg_sync.migrations, schema=tpg_sync.schema)
    connection = await asyncpg.connect(plain_url(url))
    try:
        records = [tuple(getattr(row, name) for name in COLUMNS) for row in _rows(random.Random(SEED))]  # noqa: S311 - synthetic
        await connection.copy_records_to_table("obligation", schema_name="tpg_sync", columns=COLUMNS, records=records)
        await connection.execute("vacuum analyze tpg_sync.obligation")
    finally:
        await connection.close()
    del records
    engine = create_engine(url, application_name="bench compliance")
    units = UnitsOfWork(engine, clock=_Still(), ids=TimeOrderedIds())
    try:
        async with units.begin() as uow:
            await add_up(uow, [UUID(int=number) for number in range(OPEN // IN_ONE_RUN + 1)])
        return {name: await _times(units, question) for name, question in _questions().items()}
    finally:
        await engine.dispose()


def _questions() -> Mapping[str, Question]:
    async def summary(uow: UnitOfWork) -> None:
        await tally(uow)
        await worst_runs(uow)

    async def queue(uow: UnitOfWork) -> None:
        first = await list_queue(uow, ObligationFilter(), after=None, limit=51)
        await list_queue(uow, ObligationFilter(), after=(first[-1].queue_at, first[-1].id), limit=51)

    async def red_ones(uow: UnitOfWork) -> None:
        await list_obligations(uow, ObligationFilter(level=ObligationLevel.RED), after=None, limit=51)

    async def of_a_run(uow: UnitOfWork) -> None:
        await list_obligations(uow, ObligationFilter(run_id=UUID(int=17)), after=None, limit=51)

    return {
        "summary": summary,
        "work queue, first and second page": queue,
        "list of red ones": red_ones,
        "list of one run": of_a_run,
    }


async def _times(units: UnitsOfWork, question: Question) -> list[float]:
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        async with units.reading() as uow:
            await question(uow)
        times.append((time.perf_counter() - began) * 1_000)
    return times


def _rows(chance: random.Random) -> Iterator[Obligation]:
    """Runs of twenty trainees and four sessions that ended in the last weeks, or are ahead; then those that are over.

    An enrolment's duties arise on the day it is confirmed or its run ends, as they do.
    """
    for number, key, ended in _duties(chance):
        confirmed = ended - timedelta(days=7 + chance.randrange(21))
        arose = confirmed if key in EARLY else ended
        row = Obligation(**_plain(number, key, arose, ended))
        time_row(row, ProviderType.PUBLIC)
        if number >= OPEN:
            row.satisfied_at = min(arose + timedelta(hours=1), row.due_at - timedelta(hours=1))
        verdict = judge(case_of(row), NOW)
        row.state, row.level, row.breached = verdict.state, verdict.level, verdict.breached
        row.next_change_at = verdict.next_change_at
        yield row


def _duties(chance: random.Random) -> Iterator[tuple[int, ObligationKey, datetime]]:
    """Numbered keys with the end of their run, run by run."""
    rules = policies()[0].obligations
    of_one_run = [key for key in ObligationKey for _ in range(HOW_MANY[rules[key].subject])]
    number = 0
    while True:
        ended = NOW + timedelta(minutes=chance.randrange(-60 * 24 * 30, 60 * 24 * 30))
        for key in of_one_run:
            yield number, key, ended
            number += 1
            if number == OPEN * (1 + CLOSED_FOR_EACH_OPEN):
                return


def _plain(number: int, key: ObligationKey, arose: datetime, anchor: datetime) -> dict[str, Any]:
    rule = policies()[0].rule(key)
    return {
        "version": 1,
        "id": UUID(int=10**9 + number),
        "key": key,
        "subject_type": rule.subject,
        "subject_id": UUID(int=2 * 10**9 + number),
        "run_id": UUID(int=number // IN_ONE_RUN),
        "style": rule.style,
        "trigger_at": arose,
        "anchor_at": anchor,
        "due_at": anchor,
        "amber_at": anchor,
        "red_at": anchor,
        "queue_at": anchor,
        "policy": "",
        "affected": 1,
        "created_at": arose,
        "updated_at": arose,
    }
