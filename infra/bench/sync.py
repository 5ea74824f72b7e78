"""Sync jobs a second against the simulator: our engine against an RQ worker that posts the same bodies.

Ours does what the peer does not: claim check over HTTP, sealed storage, `sent_at` before the first byte, an attempts
row, the outcome with its event in one transaction on a durable Postgres.
"""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import redis
from rich.console import Console
from rich.table import Table
from rq import Queue, SimpleWorker, Worker
from rq.job import JobStatus
from sqlalchemy import text

from infra.bench.sync_case import KEY, UEN, fact, run_id, submission
from infra.bench.sync_peer import post
from libs.contracts.course import RunPublished
from libs.database.engine import create_engine
from libs.database.migrations import upgrade
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.servers.account import remove_folder
from libs.servers.ports import free_ports, is_listening
from libs.servers.postgres import PostgresServer
from libs.sources import SystemClock, TimeOrderedIds, singapore_day
from libs.telemetry.context import Context, entered
from libs.tpgateway.encryption import PayloadCipher
from libs.tpgateway.rules.ruleset import ruleset_on
from libs.tpgateway.submissions.course_runs import publish_request
from services import tpg_sync
from services.tpg_sync.commands.runs import owe_run
from services.tpg_sync.models import JobKind

GOAL = 30
JOBS, PEER_JOBS, WARM_UP = 2_000, 60, 100
PEER_FIRST = 500_000
PATIENCE_S = 120.0
MIGRATIONS = Path(tpg_sync.__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Measured:
    """Jobs a second of both sides."""

    ours: float
    peer: float
    peer_without_fork: float

    @property
    def ratio(self) -> float:
        return self.ours / self.peer


def run() -> bool:
    """Measure and tell; True when the goal is reached."""
    console = Console()
    if shutil.which("redis-server") is None:
        console.print("redis-server is needed for the peer: apt-get install redis-server")
        return False
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-sync-", ignore_cleanup_errors=True))
        )
        gateway_url = stack.enter_context(_simulator())
        ours = asyncio.run(_ours(stack, folder, gateway_url))
        peer, simple = _peer(stack, folder, gateway_url)
    measured = Measured(ours, peer, simple)
    _tell(console, measured)
    return measured.ratio >= GOAL


def _tell(console: Console, measured: Measured) -> None:
    table = Table(title="sync jobs a second against the simulator")
    for heading in ("who", "jobs/s", "ours is"):
        table.add_column(heading)
    table.add_row("tpg-sync engine, one process", f"{measured.ours:.0f}", "")
    table.add_row(f"RQ {version('rq')} worker", f"{measured.peer:.1f}", f"{measured.ratio:.1f} x (goal {GOAL})")
    simple = measured.ours / measured.peer_without_fork
    table.add_row("RQ SimpleWorker (no fork, not its default)", f"{measured.peer_without_fork:.1f}", f"{simple:.1f} x")
    console.print(table)


@contextmanager
def _process(argv: Sequence[str], port: int, **env: str) -> Iterator[None]:
    """One of our processes, ready when it listens (port 0: at once), ended with the block."""
    process = subprocess.Popen([sys.executable, *argv], env={**os.environ, **env})
    try:
        deadline = time.monotonic() + PATIENCE_S
        while port and not is_listening(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{argv[1]} did not start")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def _simulator() -> Iterator[str]:
    (port,) = free_ports(1)
    argv = ["-m", "infra.tpg_simulator", "--port", str(port), "--quiet"]
    with _process(argv, port, TPG_SIMULATOR_AES_KEY=KEY):
        yield f"http://127.0.0.1:{port}"


async def _ours(stack: ExitStack, folder: Path, gateway_url: str) -> float:
    port, owner_port = free_ports(2)
    server = PostgresServer(folder / "postgres", port=port, password="synthetic")  # noqa: S106 - a throw-away cluster
    stack.callback(remove_folder, folder / "postgres")
    server.start()
    stack.callback(server.stop)
    url = server.url("postgres")
    await upgrade(url, folder=MIGRATIONS, schema="tpg_sync")
    stack.enter_context(_process(["-m", "infra.bench.sync_owner", str(owner_port)], owner_port))
    worker = ["-m", "infra.bench.sync_worker", url, gateway_url, f"http://127.0.0.1:{owner_port}"]
    await _owe(url, range(WARM_UP + JOBS))
    with _process(worker, 0):
        return await _rate(url, WARM_UP + JOBS)


async def _owe(url: str, numbers: range) -> None:
    """Make the jobs as the event handlers would."""
    engine = create_engine(url, application_name="sync bench seed")
    append = outbox_append("tpg-sync", "tpg_sync")
    units = UnitsOfWork(engine, clock=SystemClock(), ids=TimeOrderedIds(), append=append)
    with entered(Context(correlation_id=TimeOrderedIds().new())):
        for start in range(numbers.start, numbers.stop, 100):
            async with units.begin() as uow:
                for number in range(start, min(start + 100, numbers.stop)):
                    run_now = submission(run_id(number))
                    event = RunPublished(run_id=run_now.run_id, run=fact(run_now))
                    await owe_run(uow, event, JobKind.RUN_PUBLISH)
    await engine.dispose()


async def _rate(url: str, wanted: int) -> float:
    """Jobs settled a second, the first WARM_UP left out."""
    engine = create_engine(url, application_name="sync bench watch")
    count = text("select count(*) from tpg_sync.sync_job where state = 'succeeded'")
    ends = text("select finished_at from tpg_sync.sync_job where state = 'succeeded' order by finished_at")
    deadline = time.monotonic() + PATIENCE_S
    async with engine.connect() as connection:
        while (done := (await connection.execute(count)).scalar_one()) < wanted:
            await connection.rollback()
            if time.monotonic() > deadline:
                raise RuntimeError(f"only {done} of {wanted} jobs succeeded in {PATIENCE_S:.0f} s")
            await asyncio.sleep(0.5)
        finished = list((await connection.execute(ends)).scalars())
    await engine.dispose()
    seconds: float = (finished[-1] - finished[WARM_UP]).total_seconds()
    return (len(finished) - WARM_UP) / seconds


def _peer(stack: ExitStack, folder: Path, gateway_url: str) -> tuple[float, float]:
    """RQ as its documentation starts it (a worker that forks for each job), and without the fork for comparison."""
    (port,) = free_ports(1)
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    stack.callback(server.wait)
    stack.callback(server.terminate)
    connection = redis.Redis(port=port)
    _until(lambda: is_listening(port))
    forking = _rq_rate(connection, "forking", gateway_url, "worker", PEER_FIRST, PEER_JOBS)
    simple = _rq_rate(connection, "simple", gateway_url, "simple", PEER_FIRST + PEER_JOBS, PEER_JOBS * 5)
    return forking, simple


def _until(ready: Any) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError("the peer's server did not start")
        time.sleep(0.05)


def _rq_rate(connection: "redis.Redis", name: str, gateway_url: str, kind: str, first: int, count: int) -> float:
    queue = Queue(name, connection=connection)
    jobs = [queue.enqueue(post, f"{gateway_url}/courses/courseRuns/publish", body) for body in _bodies(first, count)]
    worker = Worker if kind == "worker" else SimpleWorker
    with contextlib.redirect_stderr(None):
        began = time.perf_counter()
        worker([queue], connection=connection).work(burst=True, logging_level="ERROR")
        took = time.perf_counter() - began
    failed = [job.id for job in jobs if job.get_status(refresh=True) is not JobStatus.FINISHED]
    if failed:
        raise RuntimeError(f"{len(failed)} of the peer's jobs failed")
    return count / took


def _bodies(first: int, count: int) -> list[str]:
    """Encrypted beforehand: the peer only posts."""
    cipher = PayloadCipher.from_text(KEY)
    ruleset = ruleset_on(singapore_day(SystemClock().now()))
    runs = (submission(run_id(number)) for number in range(first, first + count))
    requests = (publish_request(one, uen=UEN, ruleset=ruleset).body() for one in runs)
    return [cipher.body(json.dumps(request)).decode() for request in requests]


if __name__ == "__main__":
    raise SystemExit(0 if run() else 1)
