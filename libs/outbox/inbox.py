"""One event, one effect: the inbox row, the cursor, the handler's writes and its own events are one transaction.

New deliveries go through many at a time in one transaction. When anything at all goes wrong the transaction rolls back
and each message goes alone, so that a failure is counted for the message it belongs to and for no other.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from libs.database.statement import in_schema
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.outbox.failpoints import failpoint
from libs.outbox.gate import Gate
from libs.outbox.handlers import Handlers
from libs.outbox.hearing import Failure, Heard, Result, failure_of, handle
from libs.outbox.trail import Run, Trail
from libs.telemetry.context import entered

log = structlog.get_logger()

CAME_BACK = "came_back"
"""The reason of a message that the broker handed out before, and that nobody acknowledged then."""
SHORTEST_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A stored message that a retry worker holds, fenced by its token."""

    token: UUID
    attempts: int


class Inbox:
    """The inbox of one consumer in one service's schema."""

    def __init__(
        self,
        *,
        consumer: str,
        schema: str,
        units: UnitsOfWork,
        handlers: Handlers,
        chance: random.Random,
        ceilings: Sequence[timedelta],
        gap_wait: timedelta,
    ) -> None:
        self.consumer = consumer
        self.schema = schema
        self.units = units
        self.handlers = handlers
        self.gap_wait = gap_wait
        self.trail = Trail(consumer)
        self._gate = Gate(consumer=consumer, schema=schema, trail=self.trail)
        self._ceilings = ceilings
        self._chance = chance
        self._insert = in_schema(schema, _INSERT)
        self._park = in_schema(schema, _PARK)
        self._wait = in_schema(schema, _WAIT)
        self._done = in_schema(schema, _DONE)
        self._held = in_schema(schema, _HELD)
        self._fail = in_schema(schema, _FAIL)
        self._revive = in_schema(schema, _REVIVE)

    async def take_in(self, batch: Sequence[Heard]) -> tuple[dict[UUID, Result], bool]:
        """Apply new messages in one transaction; raises whatever went wrong, with nothing applied.

        Answers each event's result and whether a message that waited for one of them may go on now.
        """
        unique = list({heard.envelope.id: heard for heard in batch}.values())
        results = {heard.envelope.id: Result.DUPLICATE for heard in unique}
        ran: list[Run] = []
        async with self.units.begin() as uow:
            new_ids = await self._insert_new(uow, unique)
            new = [heard for heard in unique if heard.envelope.id in new_ids]
            woken = await self._apply(uow, new, results, ran)
        await failpoint("consumer.committed")
        self._tell(results, ran)
        return results, woken

    async def take_up(self, heard: Heard, claim: Claim) -> tuple[Result, bool]:
        """Apply one stored message that a retry worker has claimed; raises what its handler raised."""
        results = {heard.envelope.id: Result.LOST_LEASE}
        ran: list[Run] = []
        woken = False
        async with self.units.begin() as uow:
            values = {"consumer": self.consumer, "id": heard.envelope.id, "token": claim.token}
            if (await uow.session.execute(self._held, values)).first() is not None:
                woken = await self._apply(uow, [heard], results, ran, attempt=claim.attempts + 1)
                if results[heard.envelope.id] is not Result.WAITING and results[heard.envelope.id] is not Result.DEAD:
                    await uow.session.execute(self._done, values)
        await failpoint("consumer.committed")
        self._tell(results, ran)
        return results[heard.envelope.id], woken

    async def park(self, heard: Heard, *, reason: str | None = None) -> None:
        """Store a message for the retry workers without running anything; one that is known already stays as it is."""
        async with self.units.begin() as uow:
            await uow.session.execute(self._park, {**self._row(heard), "reason": reason})
        await failpoint("park.before")

    async def fail(self, heard: Heard, error: BaseException, claim: Claim | None, *, counted: bool = True) -> Result:
        """Record that a message was not handled: due again later, or dead and visible. Fenced by the claim's token."""
        failure = failure_of(self.consumer, heard, error)
        attempts = (claim.attempts if claim else 0) + (1 if counted else 0)
        dead = failure.permanent or attempts > len(self._ceilings)
        async with self.units.begin() as uow:
            await uow.session.execute(self._fail, self._failed_row(heard, failure, claim, attempts, dead=dead))
        result = Result.DEAD if dead else Result.RETRY
        self.trail.not_handled(heard, failure, result, attempts)
        return result

    async def revive_known_versions(self) -> int:
        """Make events due again that died because an earlier build did not know their version, and this one does."""
        values = {"consumer": self.consumer, "types": list(self.handlers.by_routing_key)}
        async with self.units.begin() as uow:
            revived = len((await uow.session.execute(self._revive, values)).all())
        if revived:
            log.info("events of a version now known are due again", consumer=self.consumer, count=revived)
        return revived

    async def _insert_new(self, uow: UnitOfWork, batch: Sequence[Heard]) -> set[UUID]:
        envelopes = [heard.envelope for heard in batch]
        rows = await uow.session.execute(
            self._insert,
            {
                "consumer": self.consumer,
                "ids": [envelope.id for envelope in envelopes],
                "aggtypes": [envelope.aggtype for envelope in envelopes],
                "aggids": [envelope.aggid for envelope in envelopes],
                "seqs": [envelope.aggseq for envelope in envelopes],
                "types": [envelope.routing_key for envelope in envelopes],
                "sources": [envelope.source for envelope in envelopes],
            },
        )
        return {row.event_id for row in rows}

    async def _apply(
        self,
        uow: UnitOfWork,
        batch: Sequence[Heard],
        results: dict[UUID, Result],
        ran: list[Run],
        *,
        attempt: int = 1,
    ) -> bool:
        ordered = sorted(batch, key=lambda heard: (*heard.key, heard.envelope.aggseq))
        cursors = await self._gate.cursors(uow, ordered)
        moved: dict[tuple[str, UUID], Heard] = {}
        for heard in ordered:
            result = self._gate.stops(heard, cursors)
            if result is None:
                result = await self._run(uow, heard, attempt, ran)
                if heard.mode != "any":
                    cursors[heard.key] = (heard.envelope.aggseq, heard.envelope.id)
                    moved[heard.key] = heard
            elif result is Result.WAITING or result is Result.DEAD:
                await self._keep(uow, heard, result)
            results[heard.envelope.id] = result
        return await self._gate.advance(uow, list(moved.values()))

    async def _run(self, uow: UnitOfWork, heard: Heard, attempt: int, ran: list[Run]) -> Result:
        if heard.hopeless is not None:
            raise heard.hopeless
        uow.causation_id, uow.told_at = heard.envelope.id, heard.envelope.time
        with entered(heard.context), self.trail.running(heard, attempt) as run:
            handled = await handle(self.handlers, heard, uow)
            await failpoint("handler.mid")
            run.outcome = result = Result.DONE if handled else Result.IGNORED
        if handled:
            ran.append(run)
        return result

    def _tell(self, results: dict[UUID, Result], ran: Sequence[Run]) -> None:
        """Once it is committed."""
        self.trail.results(results.values())
        self.trail.effects(ran, self.units.clock.now())

    async def _keep(self, uow: UnitOfWork, heard: Heard, result: Result) -> None:
        values = {
            "consumer": self.consumer,
            "id": heard.envelope.id,
            "body": heard.body.decode(),
            "state": result.value,
            "reason": "gap" if result is Result.WAITING else "seq_conflict",
            "wait": self.gap_wait,
        }
        await uow.session.execute(self._wait, values)

    def _row(self, heard: Heard) -> dict[str, Any]:
        envelope = heard.envelope
        return {
            "consumer": self.consumer,
            "id": envelope.id,
            "aggtype": envelope.aggtype,
            "aggid": envelope.aggid,
            "seq": envelope.aggseq,
            "type": envelope.routing_key,
            "source": envelope.source,
            "body": heard.body.decode(),
        }

    def _failed_row(
        self, heard: Heard, failure: Failure, claim: Claim | None, attempts: int, *, dead: bool
    ) -> dict[str, Any]:
        ceiling = self._ceilings[min(max(attempts, 1), len(self._ceilings)) - 1].total_seconds()
        pause = timedelta(seconds=max(min(SHORTEST_PAUSE_S, ceiling), self._chance.uniform(0, ceiling)))
        return {
            **self._row(heard),
            "state": "dead" if dead else "retry",
            "attempts": attempts,
            "pause": pause,
            "reason": failure.reason,
            "error": failure.error,
            "fingerprint": failure.fingerprint,
            "token": claim.token if claim else None,
        }


_INSERT = """
insert into $S.inbox (consumer, event_id, state, aggtype, aggid, aggseq, type, source, done_at)
select :consumer, id, 'done', aggtype, aggid, aggseq, type, source, now() from unnest(
    cast(:ids as uuid[]), cast(:aggtypes as text[]), cast(:aggids as uuid[]), cast(:seqs as bigint[]),
    cast(:types as text[]), cast(:sources as text[])
) as heard (id, aggtype, aggid, aggseq, type, source) order by id
on conflict do nothing returning event_id
"""

_PARK = """
insert into $S.inbox (consumer, event_id, state, aggtype, aggid, aggseq, type, source, body, next_at, reason)
values (:consumer, :id, 'retry', :aggtype, :aggid, :seq, :type, :source, :body, now(), :reason)
on conflict do nothing
"""

_WAIT = """
update $S.inbox set state = :state, body = :body, reason = :reason, next_at = now() + :wait,
    done_at = case when cast(:state as text) = 'dead' then now() end, lease_token = null, lease_until = null
where consumer = :consumer and event_id = :id
"""

_HELD = """
select 1 from $S.inbox where consumer = :consumer and event_id = :id and lease_token = :token and state = 'running'
for update
"""

_DONE = """
update $S.inbox set state = 'done', body = null, done_at = now(), next_at = null, lease_token = null,
    lease_until = null, reason = null, error = null, fingerprint = null
where consumer = :consumer and event_id = :id
"""

_FAIL = """
insert into $S.inbox as row (consumer, event_id, state, aggtype, aggid, aggseq, type, source, body, attempts, next_at,
    reason, error, fingerprint, done_at)
values (:consumer, :id, :state, :aggtype, :aggid, :seq, :type, :source, :body, :attempts, now() + :pause,
    :reason, :error, :fingerprint, case when cast(:state as text) = 'dead' then now() end)
on conflict (consumer, event_id) do update set state = excluded.state, attempts = excluded.attempts,
    next_at = excluded.next_at, reason = excluded.reason, error = excluded.error, fingerprint = excluded.fingerprint,
    done_at = excluded.done_at, body = excluded.body, lease_token = null, lease_until = null
where row.state = 'running' and row.lease_token = cast(:token as uuid)
"""

_REVIVE = """
update $S.inbox set state = 'retry', attempts = 0, series = series + 1, next_at = now(), done_at = null,
    reason = null, error = null
where consumer = :consumer and state = 'dead' and reason = 'unsupported_version' and type = any(:types) returning 1
"""
