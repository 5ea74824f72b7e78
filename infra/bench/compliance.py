"""The compliance calendar with many open duties in a large provider's past: its summary, its work queue, its lists.

Synthetic duties of all keys over the present runs, beside everything a million enrolments have left behind; asked over
the service's own routes, with guards, views and round trips.
"""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from rich.console import Console

from infra.bench.asking import Asked, Question, Still, Times, asked, show, take_times
from infra.bench.compliance_history import FIRST_RUN, PLACES, make_history
from infra.bench.loading import settle
from infra.bench.throw_away import throw_away_postgres
from libs.access.permissions import Role
from libs.database.engine import plain_url
from libs.database.migrations import upgrade
from services.tpg_sync.commands.obligation_sums import add_up
from services.tpg_sync.main import tpg_sync
from services.tpg_sync.models import Obligation, ObligationKey, Subject
from services.tpg_sync.policy import judge, policies
from services.tpg_sync.policy.rows import case_of, time_row
from services.tpg_sync.settings import ProviderType

OPEN = int(os.environ.get("BENCH_OBLIGATIONS", "50000"))
ENROLMENTS = int(os.environ.get("BENCH_ENROLMENTS", "1000000"))
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
NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)
SEED = 20260901
COUNTS = """select (select count(*) from tpg_sync.obligation) as duties,
    (select count(*) from tpg_sync.obligation_enrolment) as places"""
COLUMNS = tuple(Obligation.__table__.columns.keys())  # type: ignore[attr-defined]  # SQLModel's own table


def run() -> bool:
    """Measure and tell; True when every question's 99th percentile is within the goal."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-compliance-")))
        measured = asyncio.run(_measure(throw_away_postgres(stack, folder)))
    return show(f"{OPEN:,} open duties in the history of {ENROLMENTS:,} enrolments, one connection", measured)


async def _measure(url: str) -> Mapping[str, Times]:
    began = time.monotonic()
    await upgrade(url, folder=tpg_sync.migrations, schema=tpg_sync.schema)
    connection = await asyncpg.connect(plain_url(url))
    try:
        await make_history(connection, ENROLMENTS, NOW - timedelta(days=60))
        records = [tuple(getattr(row, name) for name in COLUMNS) for row in _rows(random.Random(SEED))]  # noqa: S311 - synthetic
        await connection.copy_records_to_table("obligation", schema_name="tpg_sync", columns=COLUMNS, records=records)
        await settle(connection)
        [stored] = await connection.fetch(COUNTS)
    finally:
        await connection.close()
    del records
    async with asked(tpg_sync, url, role=Role.OPS, clock=Still(NOW), tpg_uen="197401143C") as at:
        await _add_up(at)
        Console().print(
            f"{stored['duties']:,} duties, {stored['places']:,} enrolments; {time.monotonic() - began:.0f} s"
        )
        return await take_times(_questions(at), times=ASKED)


async def _add_up(at: Asked) -> None:
    """The sums of all runs, as handlers and time have left them."""
    present = [UUID(int=number) for number in range(OPEN // IN_ONE_RUN + 1)]
    past = [UUID(int=FIRST_RUN + number) for number in range(-(-ENROLMENTS // PLACES))]
    for start in range(0, len(past), 5_000):
        async with at.runtime.units.begin() as uow:
            await add_up(uow, past[start : start + 5_000])
    async with at.runtime.units.begin() as uow:
        await add_up(uow, present)
    async with at.runtime.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).exec_driver_sql(
            "vacuum analyze tpg_sync.obligation_sum"
        )


def _questions(at: Asked) -> Mapping[str, Question]:
    base = "/api/v1/compliance"
    return {
        "summary": at.get(f"{base}/summary"),
        "work queue": at.get(f"{base}/queue"),
        "list, nearest first": at.get(f"{base}/obligations"),
        "list of red ones": at.get(f"{base}/obligations", level="red"),
        "list of missed ones": at.get(f"{base}/obligations", breached="true"),
        "list of one key": at.get(f"{base}/obligations", key="certificate_issue"),
        "list of one run": at.get(f"{base}/obligations", run_id=str(UUID(int=17))),
        "queue of one key": at.get(f"{base}/queue", key="run_close"),
    }


def _rows(chance: random.Random) -> Iterator[Obligation]:
    """Runs of twenty trainees and four sessions that ended in the last weeks, or are ahead.

    An enrolment's duties arise on the day it is confirmed or its run ends, as they do.
    """
    for number, key, ended in _duties(chance):
        confirmed = ended - timedelta(days=7 + chance.randrange(21))
        arose = confirmed if key in EARLY else ended
        row = Obligation(**_plain(number, key, arose, ended))
        time_row(row, ProviderType.PUBLIC)
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
            if number == OPEN:
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
