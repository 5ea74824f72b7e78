"""What is dead and why, in one list; and the two things a person can do about it.

Three places: inbox rows that are dead, messages the broker gave up, events the broker would not take. Replay makes an
inbox row due again in this consumer only; other consumers never see it twice. Payloads cannot be edited: facts do not
change; a fix is a better build or a correcting event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.contracts.operations import ConsumerPaused, ConsumerResumed, DeadLettersDiscarded, DeadLettersReplayed
from libs.database.statement import in_schema
from libs.database.unit_of_work import UnitOfWork

REFUSALS_TO_SHOW = 3
MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message that waits for a person. `letter_id` names it within its source."""

    source: str
    letter_id: str
    type: str | None
    aggtype: str | None
    aggid: UUID | None
    aggseq: int | None
    reason: str | None
    error: str | None
    fingerprint: str | None
    attempts: int
    series: int
    waiting_behind: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterGroup:
    """Dead letters that failed alike."""

    fingerprint: str
    source: str
    count: int
    first_at: datetime
    last_at: datetime
    example: str | None


class DeadLetters:
    """The dead letters of one service. Methods run in the caller's unit of work; the caller commits."""

    def __init__(self, service: str, schema: str) -> None:
        self._service = service
        self._list = in_schema(schema, _LIST)
        self._groups = in_schema(schema, _GROUPS)
        self._replay = in_schema(schema, _REPLAY)
        self._discard = in_schema(schema, _DISCARD)
        self._close = in_schema(schema, _CLOSE)
        self._skip = in_schema(schema, _SKIP)
        self._pause = in_schema(schema, _PAUSE)
        self._paused = in_schema(schema, _PAUSED)
        self._summary = in_schema(schema, _SUMMARY)

    async def list(self, uow: UnitOfWork, *, fingerprint: str | None = None, limit: int = 100) -> Sequence[DeadLetter]:
        """The oldest first."""
        values = {"fingerprint": fingerprint, "limit": min(limit, MOST), "refusals": REFUSALS_TO_SHOW}
        rows = await uow.session.execute(self._list, values)
        return [DeadLetter(**row._asdict()) for row in rows]

    async def groups(self, uow: UnitOfWork) -> Sequence[DeadLetterGroup]:
        """The largest group first."""
        rows = await uow.session.execute(self._groups, {"refusals": REFUSALS_TO_SHOW})
        return [DeadLetterGroup(**row._asdict()) for row in rows]

    async def replay(
        self,
        uow: UnitOfWork,
        *,
        event_ids: Sequence[UUID] | None,
        fingerprint: str | None,
        rate_per_s: float,
        reason: str,
        dry_run: bool,
    ) -> int:
        """Make dead inbox rows due again, spread out in time; answers how many (or, on a dry run, would be)."""
        values = {
            "ids": list(event_ids) if event_ids is not None else None,
            "fingerprint": fingerprint,
            "step": timedelta(seconds=1 / rate_per_s),
            "consumer": self._service,
            "dry_run": dry_run,
        }
        count = int((await uow.session.execute(self._replay, values)).scalar_one())
        if count and not dry_run:
            event = DeadLettersReplayed(operation_id=uow.new_id(), service=self._service, count=count)
            uow.emit(event.because(reason))
        return count

    async def discard(self, uow: UnitOfWork, *, event_ids: Sequence[UUID], reason: str, skip: bool) -> int:
        """Give dead rows up. With `skip` the aggregate's later events go on without them, else they wait on."""
        values: dict[str, Any] = {"ids": list(event_ids), "consumer": self._service, "reason": reason}
        if skip:
            await uow.session.execute(self._skip, values)
        count = len((await uow.session.execute(self._discard, values)).all())
        if count:
            event = DeadLettersDiscarded(operation_id=uow.new_id(), service=self._service, count=count)
            uow.emit(event.because(reason))
        return count

    async def close(self, uow: UnitOfWork, *, letter_id: int, reason: str) -> int:
        """Put away a message the broker gave up, with a note."""
        rows = await uow.session.execute(self._close, {"id": letter_id, "note": reason})
        count = len(rows.all())
        if count:
            event = DeadLettersDiscarded(operation_id=uow.new_id(), service=self._service, count=count)
            uow.emit(event.because(reason))
        return count

    async def set_paused(self, uow: UnitOfWork, *, paused: bool, reason: str) -> None:
        """Stop or start delivery to this service's handlers; every worker notices within seconds."""
        await uow.session.execute(self._pause, {"consumer": self._service, "paused": paused})
        kind = ConsumerPaused if paused else ConsumerResumed
        uow.emit(kind(operation_id=uow.new_id(), service=self._service).because(reason))

    async def paused(self, uow: UnitOfWork) -> bool:
        value = (await uow.session.execute(self._paused, {"consumer": self._service})).scalar_one_or_none()
        return bool(value)

    async def summary(self, uow: UnitOfWork) -> dict[str, Any]:
        """Depths and ages: what waits to go out, what waits to be handled, what is dead."""
        row = (await uow.session.execute(self._summary, {"refusals": REFUSALS_TO_SHOW})).one()
        return dict(row._asdict())


_LETTERS = """
select 'inbox' as source, event_id::text as letter_id, type, aggtype, aggid, aggseq, reason, error, fingerprint,
    attempts, series, received_at as at, consumer
from $S.inbox where state = 'dead'
union all
select 'broker', id::text, null, null, null, null, death_reason, note, 'broker|' || coalesce(death_reason, '-'), 0, 1,
    received_at, queue
from $S.dlq_message where state = 'open'
union all
select 'outbox', e.id::text, e.type, e.aggtype, e.aggid, e.aggseq, 'refused', o.last_error,
    'outbox|' || e.type || '|' || coalesce(o.last_error, '-'), o.refusals, 1, e.recorded_at, ''
from $S.outbox o join $S.event e on e.recorded_at = o.recorded_at and e.pos = o.pos where o.refusals >= :refusals
"""

_LIST = f"""
select source, letter_id, type, aggtype, aggid, aggseq, reason, error, fingerprint, attempts, series, at,
    (select count(*) from $S.inbox behind where behind.consumer = letter.consumer and behind.state = 'waiting'
        and behind.aggtype = letter.aggtype and behind.aggid = letter.aggid) as waiting_behind
from ({_LETTERS}) as letter
where cast(:fingerprint as text) is null or fingerprint = :fingerprint
order by at limit :limit
"""  # noqa: S608 - constant text

_GROUPS = f"""
select coalesce(fingerprint, '-') as fingerprint, source, count(*) as count, min(at) as first_at, max(at) as last_at,
    min(error) as example
from ({_LETTERS}) as letter group by 1, 2 order by count(*) desc, 1
"""  # noqa: S608 - constant text

_REPLAY = """
with chosen as (
    select consumer, event_id, row_number() over (order by aggtype, aggid, aggseq) as place from $S.inbox
    where consumer = :consumer and state = 'dead'
        and (cast(:ids as uuid[]) is null or event_id = any(:ids))
        and (cast(:fingerprint as text) is null or fingerprint = :fingerprint)
), replayed as (
    update $S.inbox row set state = 'retry', attempts = 0, crashes = 0, series = row.series + 1, reason = null,
        next_at = now() + chosen.place * cast(:step as interval)
    from chosen where not :dry_run and row.consumer = chosen.consumer and row.event_id = chosen.event_id
    returning 1
)
select case when :dry_run then (select count(*) from chosen) else (select count(*) from replayed) end
"""

_DISCARD = """
update $S.inbox set state = 'discarded', reason = :reason, body = null, done_at = now()
where consumer = :consumer and state = 'dead' and event_id = any(:ids) returning 1
"""

_SKIP = """
update $S.stream_cursor cursor set last_seq = row.aggseq, last_id = row.event_id from $S.inbox row
where row.consumer = :consumer and row.state = 'dead' and row.event_id = any(:ids) and cursor.consumer = row.consumer
    and cursor.aggtype = row.aggtype and cursor.aggid = row.aggid and cursor.last_seq = row.aggseq - 1
"""

_CLOSE = "update $S.dlq_message set state = 'discarded', note = :note where id = :id and state = 'open' returning 1"

_PAUSE = """
insert into $S.consumer_state (consumer, source, paused) values (:consumer, '', :paused)
on conflict (consumer, source) do update set paused = excluded.paused
"""

_PAUSED = "select paused from $S.consumer_state where consumer = :consumer and source = ''"

_SUMMARY = """
select
    (select count(*) from $S.outbox) as outbox_pending,
    (select coalesce(extract(epoch from now() - min(recorded_at)), 0)::float from $S.outbox) as outbox_oldest_s,
    (select count(*) from $S.outbox where refusals >= :refusals) as outbox_refused,
    (select count(*) from $S.inbox where state = 'retry') as inbox_retry,
    (select count(*) from $S.inbox where state = 'running') as inbox_running,
    (select count(*) from $S.inbox where state = 'waiting') as inbox_waiting,
    (select count(*) from $S.inbox where state = 'dead') as inbox_dead,
    (select coalesce(extract(epoch from now() - min(received_at)), 0)::float from $S.inbox
        where state in ('retry', 'running', 'waiting')) as inbox_oldest_s,
    (select count(*) from $S.dlq_message where state = 'open') as broker_dead,
    (select count(*) from $S.relay_lease where expires_at > now()) as shards_carried
"""
