"""Runs stored messages again when they are due: two ordinary workers, one for replays, and one for suspects, alone.

What was just heard never queues behind a replay, however large: only the third worker touches replayed messages, one
at a time, and they say nothing about the health of the rest. A message whose lease ran out may have killed its process,
so it goes to quarantine, where nothing else of the process runs beside it. Attempts count handler errors only, crashes
count lost leases only.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
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
REPLAYS = WORKERS - 1
"""The ordinary worker that takes replayed messages first, and others only when there are none."""
PAUSE_CHECK_S = 0.2


class Lane(StrEnum):
    """Which messages a worker takes."""

    HEARD = "heard"
    """Those in the series they came with."""
    REPLAYED = "replayed"
    SUSPECT = "suspect"


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
        self._paused = False

    def pause(self) -> None:
        """Begin nothing more; what is being handled ends."""
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def tasks(self) -> Sequence[asyncio.Task[None]]:
        """Start the workers; they end when cancelled."""
        lanes = [(Lane.HEARD,)] * REPLAYS + [(Lane.REPLAYED, Lane.HEARD), (Lane.SUSPECT,)]
        workers = [asyncio.create_task(self._work(*pair)) for pair in zip(self._bells, lanes, strict=True)]
        return [*workers, asyncio.create_task(self._pass_rings_on())]

    async def _pass_rings_on(self) -> None:
        while True:
            if await self._bell.wait(timedelta(seconds=60)):
                for bell in self._bells:
                    bell.ring()

    async def _work(self, bell: Wakeup, lanes: Sequence[Lane]) -> None:
        while True:
            while self._paused:  # noqa: ASYNC110 - an operator's switch, looked at now and then
                await asyncio.sleep(PAUSE_CHECK_S)
            try:
                found = await self._run_first(lanes)
            except HeldTooLong:
                found = False
            except Exception:
                log.exception("retry worker goes on", consumer=self._inbox.consumer)
                found = False
            if not found:
                await bell.wait(IDLE)

    async def _run_first(self, lanes: Sequence[Lane]) -> bool:
        """One message of the first lane that has one."""
        for lane in lanes:
            if await self.run_one(lane):
                return True
        return False

    async def run_one(self, lane: Lane) -> bool:
        """Claim and run one message of a lane; False when none is due.

        Claimed last, when nothing is left to wait for: a lease that ends while its message waits for its turn would
        look like a crash.
        """
        alone = lane is Lane.SUSPECT
        if (alone or self._probation.on) and not await self._is_due(lane):
            return False
        await self._probation.turn()
        async with self._exclusion.alone() if alone else self._exclusion.shared():
            row = await self._patience.through(partial(self._claim_one, lane))
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
            # A replay that fails again tells of its own fault, and must not put everybody on probation.
            counted = row.series > 1 or self._probation.failed(heard.envelope.aggid)
            await self._patience.through(partial(self._inbox.fail, heard, error, claim, counted=counted))
            return
        self._probation.succeeded()
        if woken:
            self._bell.ring()

    async def _is_due(self, lane: Lane) -> bool:
        """Whether there is anything to wait for; asked before others are made to wait."""
        values = {"consumer": self._inbox.consumer, "lane": lane.value}

        async def ask() -> bool:
            async with self._engine.connect() as connection:
                return (await connection.execute(self._due, values)).first() is not None

        return await self._patience.through(ask)

    async def _claim_one(self, lane: Lane) -> Any:
        values = {
            "consumer": self._inbox.consumer,
            "token": self._ids.new(),
            "lease": self._lease,
            "lane": lane.value,
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
    and :lane = case when crashes + (state = 'running')::int >= 1 then 'suspect'
        when series > 1 then 'replayed' else 'heard' end
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
returning claimed.event_id, claimed.body, claimed.attempts, claimed.crashes, claimed.series, claimed.lease_token
"""  # noqa: S608 - of our own texts

_BURY = """
update $S.inbox set state = 'dead', reason = 'crash', error = 'the process died each time it was handled',
    fingerprint = consumer || '|' || type || '|crash|-', done_at = now(), lease_token = null, lease_until = null
where consumer = :consumer and event_id = :id and lease_token = :token
"""
