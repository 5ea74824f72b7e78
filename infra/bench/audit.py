"""The audit log at a million entries: how long reading all of it again takes, and one proof, and one append.

Verifying is set against the least anyone could do: the same bodies over a bare asyncpg COPY, each through SHA-256 once.
Ours checks two hashes a link, every searchable column, the tree over all entries, its stored nodes and signed roots.
"""

import asyncio
import hashlib
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import asyncpg
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from infra.bench.audit_log import fill
from libs.contracts.auth import UserLocked
from libs.contracts.envelope import seal
from libs.database.engine import create_engine, plain_url
from libs.database.migrations import upgrade
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.privacy.vault import Vault
from libs.servers.account import remove_folder
from libs.servers.ports import free_ports
from libs.servers.postgres import PostgresServer
from libs.sources import SystemClock, TimeOrderedIds
from libs.telemetry.context import Context, entered
from services.audit.api.entries import path_to
from services.audit.commands.checkpoints import Rhythm, make_due_checkpoint
from services.audit.commands.entries import append_entry
from services.audit.main import audit
from services.audit.queries.checkpoints import newest_checkpoint
from services.audit.queries.entries import EntryFilter, find_entry
from services.audit.queries.verifying import verify

ENTRIES = int(os.environ.get("BENCH_AUDIT_ENTRIES", "1000000"))
VERIFY_GOAL_S, PROOF_GOAL_MS = 20.0, 5.0
PROOFS, APPENDS, BATCH = 1_000, 1_000, 5_000
RHYTHM = Rhythm(entries=1, wait=timedelta(0), most=5_000)
SEED = 20260105


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, and for each proof its milliseconds."""

    filling: float
    sealing: float
    checkpoints: int
    verifying: float
    computing: float
    """Processor seconds of this process while verifying: what a busy machine does not change much."""
    peer: float
    proofs: Sequence[float]
    appending: float


def run() -> bool:
    """Measure and tell; True when both goals are reached."""
    with ExitStack() as stack:
        measured = asyncio.run(_measure(_database(stack)))
    table = Table(title=f"the audit log at {ENTRIES:,} entries, one process, Postgres with fsync")
    for heading in ("what", "measured", "goal"):
        table.add_column(heading)
    proofs = sorted(measured.proofs)
    median, tail = statistics.median(proofs), proofs[int(len(proofs) * 0.99)]
    rate, peer = ENTRIES / measured.verifying, ENTRIES / measured.peer
    goal = VERIFY_GOAL_S * ENTRIES / 1_000_000
    table.add_row("verify everything", f"{measured.verifying:.1f} s, {rate:,.0f} entries/s", f"{goal:.1f} s")
    table.add_row("of it, computing in this process", f"{measured.computing:.1f} s", "")
    told = f"{measured.peer:.1f} s, {peer:,.0f} entries/s: ours is {rate / peer:.2f} x"
    table.add_row(f"asyncpg {version('asyncpg')} COPY of the bodies, one SHA-256 each", told, "")
    table.add_row("one inclusion proof", f"p50 {median:.1f} ms, p99 {tail:.1f} ms", f"{PROOF_GOAL_MS:.0f} ms")
    table.add_row("seal all", f"{measured.sealing:.1f} s, {measured.checkpoints} checkpoints", "")
    table.add_row("append, one commit each", f"{APPENDS / measured.appending:,.0f} entries/s", "")
    table.add_row("(filling it for this)", f"{measured.filling:.1f} s", "")
    Console().print(table)
    return measured.verifying <= goal and tail <= PROOF_GOAL_MS


def _database(stack: ExitStack) -> str:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-audit-")))
    folder.chmod(0o711)
    (port,) = free_ports(1)
    postgres = PostgresServer(folder / "postgres", port=port, password="synthetic")  # noqa: S106 - throw-away
    stack.callback(remove_folder, folder / "postgres")
    postgres.start()
    stack.callback(postgres.stop)
    return postgres.url("postgres")


async def _measure(url: str) -> Measured:
    await upgrade(url, folder=audit.migrations, schema=audit.schema)
    engine, ids = create_engine(url, application_name="bench audit"), TimeOrderedIds()
    units = UnitsOfWork(engine, clock=SystemClock(), ids=ids, append=outbox_append("audit", "audit"))
    connection = await asyncpg.connect(plain_url(url))
    try:
        with entered(Context(correlation_id=ids.new())):
            filling = await _timed(fill(connection, ENTRIES))
            await connection.execute("vacuum analyze audit.entry")
            began = time.monotonic()
            checkpoints = await _seal(units)
            sealing = time.monotonic() - began
            peer = await _timed(_peer(connection))
            computed = time.process_time()
            verifying = await _timed(_verify(units))
            computing = time.process_time() - computed
            proofs = await _proofs(units)
            appending = await _timed(_append(units))
    finally:
        await connection.close()
        await engine.dispose()
    return Measured(filling, sealing, checkpoints, verifying, computing, peer, proofs, appending)


async def _timed(work: Awaitable[None]) -> float:
    began = time.monotonic()
    await work
    return time.monotonic() - began


async def _seal(units: UnitsOfWork) -> int:
    vault = Vault.from_settings(
        SecretStr("bench:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        SecretStr("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="),
    )
    made = 0
    while True:
        async with units.begin() as unit:
            if await make_due_checkpoint(unit, vault, RHYTHM) is None:
                return made
        made += 1


async def _verify(units: UnitsOfWork) -> None:
    async with units.reading() as unit:
        verdict = await verify(unit, from_seq=1, to_seq=None, batch=BATCH)
    if not verdict.intact or verdict.checkpoint != ENTRIES:
        raise RuntimeError(f"the log should hold: {verdict}")


async def _peer(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Every body once through SHA-256, batch by batch as ours reads them."""
    for start in range(1, ENTRIES + 1, BATCH):
        received: list[bytes] = []

        async def take(data: bytes, received: list[bytes] = received) -> None:
            received.append(bytes(data))

        query = "select body from audit.entry where seq between $1 and $2 order by seq"
        await connection.copy_from_query(query, start, start + BATCH - 1, output=take, format="binary")
        rows = b"".join(received)
        at, end = 19, len(rows) - 2
        while at < end:
            body_at = at + 6
            at = body_at + int.from_bytes(rows[at + 2 : body_at], "big")
            hashlib.sha256(rows[body_at:at]).digest()


async def _proofs(units: UnitsOfWork) -> list[float]:
    """Milliseconds of each, with its transaction, for entries all over the log."""
    chance, took = random.Random(SEED), []  # noqa: S311 - the same entries in every run
    for _ in range(PROOFS):
        began = time.perf_counter()
        async with units.reading() as unit:
            entry = await find_entry(unit, chance.randint(1, ENTRIES), EntryFilter())
            checkpoint = await newest_checkpoint(unit)
            if entry is None or checkpoint is None:
                raise RuntimeError("an entry or its checkpoint is not there")
            await path_to(unit, entry, checkpoint)
        took.append((time.perf_counter() - began) * 1000)
    return took


async def _append(units: UnitsOfWork) -> None:
    for _ in range(APPENDS):
        envelope = seal(
            UserLocked(user_id=uuid4()),
            service="auth",
            event_id=uuid4(),
            sequence=1,
            at=units.clock.now(),
            correlation_id=uuid4(),
            causation_id=None,
            actor_id="system",
            actor_role="system",
        )
        async with units.begin() as unit:
            await append_entry(unit, envelope, envelope.to_bytes())
