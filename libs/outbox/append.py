"""Writes emitted events into the outbox, inside the business transaction that made them true."""

import hashlib
from collections.abc import Sequence
from uuid import UUID
from zlib import crc32

from sqlalchemy import text

from libs.contracts.envelope import Envelope, seal
from libs.contracts.event import Event
from libs.database.unit_of_work import Append, Lineage, UnitOfWork
from libs.telemetry.context import current

SHARDS = 4

# The upsert keeps the aggregate's row locked until the commit: position, sequence and commit order agree whatever
# locking the caller does. Sorted input makes every transaction take these locks in one order, so none can deadlock.
_NUMBER = """
insert into {schema}.event_stream as stream (aggtype, aggid, last_seq)
select aggtype, aggid, many from unnest(
    cast(:aggtypes as text[]), cast(:aggids as uuid[]), cast(:many as bigint[])
) as wanted (aggtype, aggid, many)
on conflict (aggtype, aggid) do update set last_seq = stream.last_seq + excluded.last_seq
returning aggtype, aggid, last_seq
"""

_STORE = """
with stored as (
    insert into {schema}.event (id, aggtype, aggid, aggseq, type, body, sha256)
    select id, aggtype, aggid, aggseq, type, body, sha256 from unnest(
        cast(:ids as uuid[]), cast(:aggtypes as text[]), cast(:aggids as uuid[]), cast(:seqs as bigint[]),
        cast(:types as text[]), cast(:bodies as text[]), cast(:digests as bytea[]), cast(:order as int[])
    ) as given (id, aggtype, aggid, aggseq, type, body, sha256, place) order by place
    returning pos, recorded_at, aggid
)
insert into {schema}.outbox (pos, recorded_at, shard, aggid)
select stored.pos, stored.recorded_at, shards.shard, stored.aggid
from stored join (
    select distinct * from unnest(cast(:aggids as uuid[]), cast(:shards as smallint[])) as of (aggid, shard)
) as shards on shards.aggid = stored.aggid
"""


def shard_of(aggregate_id: UUID) -> int:
    """Which relay shard carries an aggregate: always the same one, so that its order is kept on the wire."""
    return crc32(aggregate_id.bytes) % SHARDS


def outbox_append(service: str, schema: str) -> Append:
    """What `UnitsOfWork` calls last before the commit. It never commits; two round trips for any number of events."""
    number, store = text(_NUMBER.format(schema=schema)), text(_STORE.format(schema=schema))

    async def append(uow: UnitOfWork, events: Sequence[Event]) -> None:
        told = zip(events, uow.lineages, strict=True)
        ordered = sorted(told, key=lambda pair: (pair[0].aggregate_type, pair[0].aggregate_id))
        streams: dict[tuple[str, UUID], int] = {}
        for event, _ in ordered:
            key = (event.aggregate_type, event.aggregate_id)
            streams[key] = streams.get(key, 0) + 1
        rows = await uow.session.execute(
            number,
            {
                "aggtypes": [aggtype for aggtype, _ in streams],
                "aggids": [aggid for _, aggid in streams],
                "many": list(streams.values()),
            },
        )
        next_seq = {(row.aggtype, row.aggid): row.last_seq - streams[row.aggtype, row.aggid] + 1 for row in rows}
        envelopes: list[Envelope] = []
        for event, lineage in ordered:
            key = (event.aggregate_type, event.aggregate_id)
            envelopes.append(_sealed(uow, event, lineage, service, next_seq[key]))
            next_seq[key] += 1
        await uow.session.execute(store, _columns(envelopes))

    return append


def _sealed(uow: UnitOfWork, event: Event, lineage: Lineage, service: str, sequence: int) -> Envelope:
    journey = lineage.context or current()
    return seal(
        event,
        service=service,
        event_id=uow.new_id(),
        sequence=sequence,
        at=uow.now(),
        correlation_id=journey.correlation_id,
        causation_id=journey.causation_id or uow.causation_id,
        actor_id=journey.actor_id,
        actor_role=journey.actor_role,
        traceparent=lineage.carrier.get("traceparent"),
    )


def _columns(envelopes: Sequence[Envelope]) -> dict[str, list[object]]:
    bodies = [envelope.to_bytes() for envelope in envelopes]
    return {
        "ids": [envelope.id for envelope in envelopes],
        "aggtypes": [envelope.aggtype for envelope in envelopes],
        "aggids": [envelope.aggid for envelope in envelopes],
        "seqs": [envelope.aggseq for envelope in envelopes],
        "types": [envelope.routing_key for envelope in envelopes],
        "bodies": [body.decode() for body in bodies],
        "digests": [hashlib.sha256(body).digest() for body in bodies],
        "order": list(range(len(bodies))),
        "shards": [shard_of(envelope.aggid) for envelope in envelopes],
    }
