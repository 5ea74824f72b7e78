"""Runs stored messages again when they are due: three ordinary workers, and one for suspects that runs alone.

A message whose lease ran out may have killed its process, so it goes to quarantine, where nothing else of the process
runs beside it. Attempts count handler errors only, crashes count lost leases only.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.contracts.envelope import UnreadableEnvelope
from libs.database.statement import in_schema
from libs.outbox.exclusion import Exclusion
from libs.outbox.failpoints import failpoint
from libs.outbox.hearing import understand
from libs.outbox.inbox import Claim, Inbox
from libs.outbox.patience import HeldTooLong, Patience
from libs.outbox.probation import Probation
from libs.outbox.wakeup import Wakeup
from libs.sources import Ids

log = structlog.get_logger()

IDLE = timedelta(seconds=1)
WORKERS = 3
CRASHES_TO_DEATH = 5


class RetryWorkers:
    def __init__(
        self,
        *,
        inbox: Inbox,
        engine: AsyncEngine,
        patience: Patience,
        exclusion: Exclusion,
        probation: Probation,
        bell: Wakeup,
        ids: Ids,
        lease: timedelta,
    ) -> None:
        self._inbox = inbox
        self._engine = engine
        self._patience = patience
        self._exclusion = exclusion
        self._probation = probation
        self._bell = bell
        self._ids = ids
        self._lease = lease
        self._due = in_schema(inbox.schema, _DUE + " limit 1")
        self._claim = in_schema(inbox.schema, _CLAIM)
        self._bury = in_schema(inbox.schema, _BURY)
        self._bells = [Wakeup() for _ in range(WORKERS + 1)]

    def tasks(self) -> Sequence[asyncio.Task[None]]:
        """Start the workers; they end when cancelled."""
        ordinary = [asyncio.create_task(self._work(bell, quarantine=False)) for bell in self._bells[:WORKERS]]
        suspects = asyncio.create_task(self._work(self._bells[WORKERS], quarantine=True))
        return [*ordinary, suspects, asyncio.create_task(self._pass_rings_on())]

    async def _pass_rings_on(self) -> None:
        while True:
            if await self._bell.wait(timedelta(seconds=60)):
                for bell in self._bells:
                    bell.ring()

    async def _work(self, bell: Wakeup, *, quarantine: bool) -> None:
        while True:
            try:
                found = await self.run_one(quarantine=quarantine)
            except HeldTooLong:
                found = False
            except Exception:
                log.exception("retry worker goes on", consumer=self._inbox.consumer)
                found = False
            if not found:
                await bell.wait(IDLE)

    async def run_one(self, *, quarantine: bool) -> bool:
        """Claim and run one message; False when none is due.

        Claimed last, when nothing is left to wait for: a lease that ends while its message waits for its turn would
        look like a crash.
        """
        if (quarantine or self._probation.on) and not await self._is_due(quarantine=quarantine):
            return False
        await self._probation.turn()
        async with self._exclusion.alone() if quarantine else self._exclusion.shared():
            row = await self._patience.through(partial(self._claim_one, quarantine=quarantine))
            if row is None:
                return False
            await failpoint("retry.claimed")
            if row.crashes >= CRASHES_TO_DEATH:
                await self._patience.through(partial(self._bury_one, row))
            else:
                await self._run(row)
        return True

    async def _run(self, row: Any) -> None:
        claim = Claim(row.lease_token, row.attempts)
        try:
            heard = understand(self._inbox.handlers, row.body.encode())
        except UnreadableEnvelope:
            await self._patience.through(partial(self._bury_one, row))
            return
        try:
            _, woken = await self._patience.through(partial(self._inbox.take_up, heard, claim))
        except HeldTooLong:
            raise
        except Exception as error:  # noqa: BLE001 - sorted by the inbox
            counted = self._probation.failed(heard.envelope.aggid)
            await self._patience.through(partial(self._inbox.fail, heard, error, claim, counted=counted))
            return
        self._probation.succeeded()
        if woken:
            self._bell.ring()

    async def _is_due(self, *, quarantine: bool) -> bool:
        """Whether there is anything to wait for; asked before others are made to wait."""
        values = {"consumer": self._inbox.consumer, "quarantine": quarantine}

        async def ask() -> bool:
            async with self._engine.connect() as connection:
                return (await connection.execute(self._due, values)).first() is not None

        return await self._patience.through(ask)

    async def _claim_one(self, *, quarantine: bool) -> Any:
        values = {
            "consumer": self._inbox.consumer,
            "token": self._ids.new(),
            "lease": self._lease,
            "quarantine": quarantine,
        }
        async with self._engine.begin() as connection:
            return (await connection.execute(self._claim, values)).first()

    async def _bury_one(self, row: Any) -> None:
        values = {"consumer": self._inbox.consumer, "id": row.event_id, "token": row.lease_token}
        async with self._engine.begin() as connection:
            await connection.execute(self._bury, values)
        log.error("message killed its process too often", consumer=self._inbox.consumer, event_id=str(row.event_id))


# A waiting row is taken only when its predecessor has been applied; a running one only when its lease has ended.
_DUE = """
select consumer, event_id, state from $S.inbox row
where consumer = :consumer and next_at <= now() and state in ('retry', 'running', 'waiting')
    and (state <> 'running' or lease_until < now())
    and ((crashes + (state = 'running')::int) >= 1) = :quarantine
    and (state <> 'waiting' or exists (
        select 1 from $S.stream_cursor cursor
        where cursor.consumer = row.consumer and cursor.aggtype = row.aggtype and cursor.aggid = row.aggid
            and cursor.last_seq >= row.aggseq - 1
    ))
order by next_at
"""

_CLAIM = f"""
with due as ({_DUE} limit 1 for update skip locked)
update $S.inbox claimed set state = 'running', lease_token = :token, lease_until = now() + :lease,
    next_at = now() + :lease, crashes = claimed.crashes + (due.state = 'running')::int
from due where claimed.consumer = due.consumer and claimed.event_id = due.event_id
returning claimed.event_id, claimed.body, claimed.attempts, claimed.crashes, claimed.lease_token
"""  # noqa: S608 - of our own texts

_BURY = """
update $S.inbox set state = 'dead', reason = 'crash', error = 'the process died each time it was handled',
    fingerprint = consumer || '|' || type || '|crash|-', done_at = now(), lease_token = null, lease_until = null
where consumer = :consumer and event_id = :id and lease_token = :token
"""
