"""The order within a record: how far each aggregate has been applied here, and whether an event is the next one."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from libs.database.statement import in_schema
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.hearing import Heard, Result
from libs.outbox.trail import Trail

Cursors = dict[tuple[str, UUID], tuple[int, UUID | None]]
"""By aggregate: the number and id of the last event applied."""


class Gate:
    """The gate of one consumer's inbox."""

    def __init__(self, *, consumer: str, schema: str, trail: Trail) -> None:
        self._consumer = consumer
        self._trail = trail
        self._lock = in_schema(schema, _LOCK)
        self._advance = in_schema(schema, _ADVANCE)

    async def cursors(self, uow: UnitOfWork, batch: Iterable[Heard]) -> Cursors:
        """The aggregates' cursors, locked to the end of the transaction, always in one order."""
        keys = sorted({heard.key for heard in batch if heard.mode != "any"})
        if not keys:
            return {}
        values = {"consumer": self._consumer, "aggtypes": [key[0] for key in keys], "aggids": [key[1] for key in keys]}
        rows = await uow.session.execute(self._lock, values)
        return {(row.aggtype, row.aggid): (row.last_seq, row.last_id) for row in rows}

    def stops(self, heard: Heard, cursors: Cursors) -> Result | None:
        """None when the event is next; otherwise why its handler must not run."""
        if heard.mode == "any":
            return None
        last_seq, last_id = cursors[heard.key]
        seq = heard.envelope.aggseq
        if seq == last_seq and last_id is not None and heard.envelope.id != last_id:
            self._trail.number_taken(heard)
            return Result.DEAD
        if seq <= last_seq:
            return Result.STALE
        if heard.mode == "ordered" and seq > last_seq + 1:
            return Result.WAITING
        return None

    async def advance(self, uow: UnitOfWork, moved: Sequence[Heard]) -> bool:
        """Move the cursors to these events; whether a message that waited for one of them may go on now."""
        if not moved:
            return False
        values = {
            "consumer": self._consumer,
            "aggtypes": [heard.envelope.aggtype for heard in moved],
            "aggids": [heard.envelope.aggid for heard in moved],
            "seqs": [heard.envelope.aggseq for heard in moved],
            "ids": [heard.envelope.id for heard in moved],
        }
        woken = await uow.session.execute(self._advance, values)
        return bool(woken.rowcount)  # type: ignore[attr-defined]  # an update's result


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
