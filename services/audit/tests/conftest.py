"""An audit service on a stage, and facts for it to hear."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from libs.contracts.auth import UserLocked
from libs.contracts.envelope import Envelope, seal
from libs.contracts.tpg_sync import RecordType, SyncQueued, SyncState
from libs.testing.stage import MakeStage, Stage
from services.audit import commands
from services.audit.main import audit

Hear = Callable[..., Awaitable[Envelope]]


@pytest.fixture
async def staged(stage: MakeStage) -> Stage:
    return await stage(audit)


@pytest.fixture
def hear(staged: Stage) -> Hear:
    """Let the service hear one fact about a synthetic record, in a transaction of its own."""

    async def heard(*, actor_id: str = "ops-1", subject: UUID | None = None, account: bool = False) -> Envelope:
        subject = subject or uuid4()
        queued = SyncQueued(
            record_id=subject,
            record_type=RecordType.RUN,
            job_id=uuid4(),
            kind="publish",
            record_revision=1,
            state=SyncState.PENDING,
            reason="synthetic",
        )
        envelope = seal(
            UserLocked(user_id=subject) if account else queued,
            service="auth" if account else "tpg-sync",
            event_id=uuid4(),
            sequence=1,
            at=staged.clock.now(),
            correlation_id=staged.context.correlation_id,
            causation_id=None,
            actor_id=actor_id,
            actor_role="ops",
            traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )
        async with staged.units.begin() as unit:
            await commands.append_entry(unit, envelope, envelope.to_bytes())
        return envelope

    return heard
