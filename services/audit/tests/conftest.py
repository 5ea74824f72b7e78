"""An audit service on a stage, and facts for it to hear."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import asyncpg
import pytest

from libs.contracts.auth import UserLocked
from libs.contracts.envelope import Envelope, seal
from libs.contracts.event import Event
from libs.contracts.tpg_sync import RecordType, SyncQueued, SyncState
from libs.database.engine import plain_url
from libs.testing.stage import MakeStage, Stage
from services.audit.commands import entries
from services.audit.commands.checkpoints import seal_to_end
from services.audit.main import audit
from services.audit.models import Checkpoint, Verdict
from services.audit.queries.verifying import verify

Hear = Callable[..., Awaitable[Envelope]]
HearMany = Callable[[int], Awaitable[None]]
SealNow = Callable[[], Awaitable[Checkpoint]]


@pytest.fixture
async def staged(stage: MakeStage) -> Stage:
    return await stage(audit)


def told(staged: Stage, event: Event, *, actor_id: str = "ops-1", service: str = "tpg-sync") -> Envelope:
    """An event as its service would send it."""
    return seal(
        event,
        service=service,
        event_id=uuid4(),
        sequence=1,
        at=staged.clock.now(),
        correlation_id=staged.context.correlation_id,
        causation_id=None,
        actor_id=actor_id,
        actor_role="ops",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )


def queued(subject: UUID) -> SyncQueued:
    """A fact about a synthetic record."""
    return SyncQueued(
        record_id=subject,
        record_type=RecordType.RUN,
        job_id=uuid4(),
        kind="publish",
        record_revision=1,
        state=SyncState.PENDING,
        reason="synthetic",
    )


@pytest.fixture
def hear(staged: Stage) -> Hear:
    """Let the service hear one fact about a synthetic record, in a transaction of its own."""

    async def heard(
        *, actor_id: str = "ops-1", subject: UUID | None = None, account: bool = False, event: Event | None = None
    ) -> Envelope:
        subject = subject or uuid4()
        event = event or (UserLocked(user_id=subject) if account else queued(subject))
        envelope = told(staged, event, actor_id=actor_id, service="auth" if account else "tpg-sync")
        async with staged.units.begin() as unit:
            await entries.append_entry(unit, envelope, envelope.to_bytes())
        return envelope

    return heard


@pytest.fixture
def hear_many(staged: Stage) -> HearMany:
    """Let the service hear so many facts, in one transaction."""

    async def heard(count: int) -> None:
        async with staged.units.begin() as unit:
            for _ in range(count):
                envelope = told(staged, queued(uuid4()))
                await entries.append_entry(unit, envelope, envelope.to_bytes())

    return heard


@pytest.fixture
def seal_now(staged: Stage) -> SealNow:
    """Make the checkpoint over everything heard so far."""

    async def sealed() -> Checkpoint:
        async with staged.units.begin() as unit:
            checkpoint = await seal_to_end(unit, staged.runtime.vault)
        assert checkpoint is not None
        return checkpoint

    return sealed


async def run_sql(staged: Stage, *statements: str) -> None:
    """As the administrator, who owns everything here."""
    connection = await asyncpg.connect(plain_url(staged.runtime.settings.database_url.get_secret_value()))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


GUARDED = ("entry", "node", "checkpoint", "checkpoint_key")


def round_the_guards(tables: tuple[str, ...] = GUARDED) -> list[str]:
    """What somebody would do first who owns the tables and wants to change the past."""
    opened = [f"alter table audit.{table} disable trigger all" for table in tables]
    return [*opened, *(f"grant update, delete, truncate on audit.{table} to current_user" for table in tables)]


async def verdict(staged: Stage, from_seq: int = 1, to_seq: int | None = None, batch: int = 5) -> Verdict:
    async with staged.units.reading() as unit:
        return await verify(unit, from_seq=from_seq, to_seq=to_seq, batch=batch)
