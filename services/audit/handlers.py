"""Events in: the audit service hears everything, and every fact becomes one entry. By the clock it seals and checks."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from libs.chassis.runtime import Runtime
from libs.contracts.envelope import Envelope
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.handlers import Handlers
from libs.telemetry.context import Context, entered
from services.audit.commands import entries
from services.audit.commands.attesting import attest_verification
from services.audit.commands.checkpoints import Rhythm, make_due_checkpoint
from services.audit.commands.keys import rotate_when_due
from services.audit.models import Checkpoint, Verdict
from services.audit.queries.checkpoints import newest_checkpoint
from services.audit.queries.entries import last_own_verification, last_seq
from services.audit.queries.verifying import verify

handlers = Handlers()


@handlers.on_everything
async def append_entry(envelope: Envelope, body: bytes, uow: UnitOfWork) -> None:
    await entries.append_entry(uow, envelope, body)


async def seal_entries(runtime: Runtime[Any]) -> None:
    """A duty of the worker: checkpoints as they fall due. Any number of replicas may do it at once."""
    while True:
        while await seal_once(runtime):
            pass
        await asyncio.sleep(runtime.settings.checkpoint_poll.total_seconds())


async def seal_once(runtime: Runtime[Any]) -> Checkpoint | None:
    """The checkpoint that is due, in a transaction of its own; None when none is. Raises LogBroken."""
    settings = runtime.settings
    rhythm = Rhythm(settings.checkpoint_entries, settings.checkpoint_wait, settings.checkpoint_most)
    with entered(Context(correlation_id=runtime.ids.new())):
        async with runtime.units.begin() as unit:
            await rotate_when_due(unit, runtime.vault, settings.checkpoint_key_lifetime)
            return await make_due_checkpoint(unit, runtime.vault, rhythm)


async def verify_by_the_clock(runtime: Runtime[Any]) -> None:
    """A duty of the worker: read the whole log again once in every `verify_every`, whichever replica comes first."""
    done_at: datetime | None = None
    while True:
        due = done_at is None or done_at <= runtime.clock.now() - runtime.settings.verify_every
        if due and await verify_when_due(runtime) is not None:
            done_at = runtime.clock.now()
        await asyncio.sleep(runtime.settings.verify_poll.total_seconds())


async def verify_when_due(runtime: Runtime[Any]) -> Verdict | None:
    """Verify all, unless another replica does so now or the system itself has within `verify_every`."""
    every: timedelta = runtime.settings.verify_every
    with entered(Context(correlation_id=runtime.ids.new())):
        async with runtime.units.begin() as unit:
            if not (await unit.session.execute(_ALONE)).scalar_one():
                return None
            if await last_seq(unit) == 0 and await newest_checkpoint(unit) is None:
                return None  # nothing has happened yet
            last = await last_own_verification(unit)
            if last is not None and last > unit.now() - every:
                return None
            verdict = await verify(unit, from_seq=1, to_seq=None, batch=runtime.settings.verify_batch)
            attest_verification(unit, verdict)
            return verdict


_ALONE = text("select pg_try_advisory_xact_lock(hashtext('audit.verification'))")
