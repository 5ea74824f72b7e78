"""One event, one effect: the inbox row, the cursor, the handler's writes and its own events are one transaction.

New deliveries go through many at a time in one transaction. When anything at all goes wrong the transaction rolls back
and each message goes alone, so that a failure is counted for the message it belongs to and for no other.
"""

import contextlib
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanKind

from libs.database.statement import in_schema
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.outbox import metrics
from libs.outbox.failpoints import failpoint
from libs.outbox.handlers import Handlers
from libs.outbox.hearing import Failure, Heard, Result, failure_of, handle
from libs.telemetry import names
from libs.telemetry.context import entered
from libs.telemetry.lines import Lines
from libs.telemetry.tracing import extract, tracer

log = structlog.get_logger()

CAME_BACK = "came_back"
"""The reason of a message that the broker handed out before, and that nobody acknowledged then."""
SHORTEST_PAUSE_S = 1.0
SAME_TRACE_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Claim:
    """A stored message that a retry worker holds, fenced by its token."""

    token: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class Ran:
    """One message whose handler has run, for what is told once that is committed."""

    heard: Heard
    attempt: int
    seconds: float
    trace_id: int


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
        self.lines = Lines(consumer)
        self._ceilings = ceilings
        self._chance = chance
        self._insert = in_schema(schema, _INSERT)
        self._park = in_schema(schema, _PARK)
        self._lock = in_schema(schema, _LOCK)
        self._advance = in_schema(schema, _ADVANCE)
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
        ran: list[Ran] = []
        async with self.units.begin() as uow:
            new_ids = await self._insert_new(uow, unique)
            new = [heard for heard in unique if heard.envelope.id in new_ids]
            woken = await self._apply(uow, new, results, ran)
        await failpoint("consumer.committed")
        self._count(results)
        self._tell(ran)
        return results, woken

    async def take_up(self, heard: Heard, claim: Claim) -> tuple[Result, bool]:
        """Apply one stored message that a retry worker has claimed; raises what its handler raised."""
        results = {heard.envelope.id: Result.LOST_LEASE}
        ran: list[Ran] = []
        woken = False
        async with self.units.begin() as uow:
            values = {"consumer": self.consumer, "id": heard.envelope.id, "token": claim.token}
            if (await uow.session.execute(self._held, values)).first() is not None:
                woken = await self._apply(uow, [heard], results, ran, attempt=claim.attempts + 1)
                if results[heard.envelope.id] is not Result.WAITING and results[heard.envelope.id] is not Result.DEAD:
                    await uow.session.execute(self._done, values)
        await failpoint("consumer.committed")
        self._count(results)
        self._tell(ran)
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
        self._count({heard.envelope.id: result})
        log.warning(
            "event not handled",
            **_log_fields(self.consumer, heard, attempts),
            result=result,
            reason=failure.reason,
            error=failure.error,
        )
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
        ran: list[Ran],
        *,
        attempt: int = 1,
    ) -> bool:
        ordered = sorted(batch, key=lambda heard: (*heard.key, heard.envelope.aggseq))
        cursors = await self._cursors(uow, ordered)
        moved: dict[tuple[str, UUID], Heard] = {}
        for heard in ordered:
            result = self._gate(heard, cursors)
            if result is None:
                result = await self._run(uow, heard, attempt, ran)
                if heard.mode != "any":
                    cursors[heard.key] = (heard.envelope.aggseq, heard.envelope.id)
                    moved[heard.key] = heard
            elif result is Result.WAITING or result is Result.DEAD:
                await self._keep(uow, heard, result)
            results[heard.envelope.id] = result
        return await self._advance_cursors(uow, list(moved.values()))

    async def _cursors(
        self, uow: UnitOfWork, batch: Sequence[Heard]
    ) -> dict[tuple[str, UUID], tuple[int, UUID | None]]:
        """The aggregates' cursors, locked to the end of the transaction, always in one order."""
        keys = sorted({heard.key for heard in batch if heard.mode != "any"})
        if not keys:
            return {}
        values = {"consumer": self.consumer, "aggtypes": [key[0] for key in keys], "aggids": [key[1] for key in keys]}
        rows = await uow.session.execute(self._lock, values)
        return {(row.aggtype, row.aggid): (row.last_seq, row.last_id) for row in rows}

    def _gate(self, heard: Heard, cursors: dict[tuple[str, UUID], tuple[int, UUID | None]]) -> Result | None:
        """None when the event is next; otherwise why its handler must not run."""
        if heard.mode == "any":
            return None
        last_seq, last_id = cursors[heard.key]
        seq = heard.envelope.aggseq
        if seq == last_seq and last_id is not None and heard.envelope.id != last_id:
            log.error("two events with one number", **_log_fields(self.consumer, heard, 1))
            metrics.inbox_results.labels(self.consumer, metrics.SEQ_CONFLICT).inc()
            return Result.DEAD
        if seq <= last_seq:
            return Result.STALE
        if heard.mode == "ordered" and seq > last_seq + 1:
            return Result.WAITING
        return None

    async def _run(self, uow: UnitOfWork, heard: Heard, attempt: int, ran: list[Ran]) -> Result:
        if heard.hopeless is not None:
            raise heard.hopeless
        began = time.perf_counter()
        outcome = "failed"
        uow.causation_id, uow.told_at = heard.envelope.id, heard.envelope.time
        try:
            with entered(heard.context), _span(self.consumer, heard, attempt) as span:
                handled = await handle(self.handlers, heard, uow)
                await failpoint("handler.mid")
            outcome = "done" if handled else "ignored"
        finally:
            seconds = time.perf_counter() - began
            metrics.handler_seconds.labels(self.consumer, heard.envelope.routing_key, outcome).observe(seconds)
        if handled:
            ran.append(Ran(heard, attempt, seconds, span.get_span_context().trace_id))
        return Result.DONE if handled else Result.IGNORED

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

    async def _advance_cursors(self, uow: UnitOfWork, moved: Sequence[Heard]) -> bool:
        if not moved:
            return False
        values = {
            "consumer": self.consumer,
            "aggtypes": [heard.envelope.aggtype for heard in moved],
            "aggids": [heard.envelope.aggid for heard in moved],
            "seqs": [heard.envelope.aggseq for heard in moved],
        }
        woken = await uow.session.execute(self._advance, {**values, "ids": [heard.envelope.id for heard in moved]})
        return bool(woken.rowcount)  # type: ignore[attr-defined]  # an update's result

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

    def _tell(self, ran: Sequence[Ran]) -> None:
        """A line and a measure for each effect, which is committed now."""
        now, delivery = self.units.clock.now(), metrics.delivery_seconds.labels(self.consumer)
        for one in ran:
            delivery.observe(max((now - one.heard.envelope.time).total_seconds(), 0))
            self.lines.add(
                "event handled",
                **_log_fields(self.consumer, one.heard, one.attempt),
                actor_id=one.heard.envelope.actorid,
                result=Result.DONE,
                ms=round(one.seconds * 1000, 2),
                trace_id=f"{one.trace_id:032x}",
            )

    def _count(self, results: dict[UUID, Result]) -> None:
        for result in results.values():
            metrics.inbox_results.labels(self.consumer, result.value).inc()


def _log_fields(consumer: str, heard: Heard, attempt: int) -> dict[str, Any]:
    envelope = heard.envelope
    return {
        "consumer": consumer,
        "event_id": str(envelope.id),
        "type": envelope.routing_key,
        "aggid": str(envelope.aggid),
        "aggseq": envelope.aggseq,
        "attempt": attempt,
        "correlation_id": str(envelope.correlationid),
    }


@contextlib.contextmanager
def _span(consumer: str, heard: Heard, attempt: int) -> Iterator[Span]:
    """A step of the event's own trace while that is fresh; later, and on retries, a new trace linked to it."""
    envelope = heard.envelope
    origin = extract({"traceparent": envelope.traceparent} if envelope.traceparent else {})
    fresh = attempt == 1 and datetime.now(UTC) - envelope.time < SAME_TRACE_WITHIN
    cause = trace.get_current_span(origin).get_span_context()
    links = [Link(cause)] if cause.is_valid and not fresh else []
    attributes: dict[str, str | int] = {
        names.MESSAGING_SYSTEM: "rabbitmq",
        names.MESSAGING_MESSAGE_ID: str(envelope.id),
        names.CONSUMER: consumer,
        names.EVENT_TYPE: envelope.routing_key,
        names.AGGREGATE_TYPE: envelope.aggtype,
        names.AGGREGATE_ID: str(envelope.aggid),
        names.AGGREGATE_SEQUENCE: envelope.aggseq,
        names.CORRELATION_ID: str(envelope.correlationid),
        names.ATTEMPT: attempt,
    }
    with tracer().start_as_current_span(
        f"process {envelope.event_type}",
        context=origin if fresh else None,
        kind=SpanKind.CONSUMER,
        links=links,
        attributes=attributes,
        record_exception=False,
    ) as span:
        yield span


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

# The upsert both makes and locks the cursor, in the order of the input.
_LOCK = """
insert into $S.stream_cursor as cursor (consumer, aggtype, aggid, last_seq)
select :consumer, aggtype, aggid, 0 from unnest(cast(:aggtypes as text[]), cast(:aggids as uuid[]))
    as wanted (aggtype, aggid)
on conflict (consumer, aggtype, aggid) do update set last_seq = cursor.last_seq
returning aggtype, aggid, last_seq, last_id
"""

# Who waited for one of these may go on.
_ADVANCE = """
with moved as (
    select * from unnest(
        cast(:aggtypes as text[]), cast(:aggids as uuid[]), cast(:seqs as bigint[]), cast(:ids as uuid[])
    ) as moved (aggtype, aggid, seq, id)
), advanced as (
    update $S.stream_cursor as cursor set last_seq = moved.seq, last_id = moved.id from moved
    where cursor.consumer = :consumer and cursor.aggtype = moved.aggtype and cursor.aggid = moved.aggid
)
update $S.inbox as next set next_at = now() from moved
where next.consumer = :consumer and next.state = 'waiting'
    and next.aggtype = moved.aggtype and next.aggid = moved.aggid and next.aggseq = moved.seq + 1
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
