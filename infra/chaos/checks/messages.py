"""What was said in one service is heard in every service that must hear it: once, in order, and nothing else is."""

from collections.abc import Mapping, Sequence

import asyncpg

from infra.contracts.documents import listeners
from libs.testing.sample.process import SampleDatabase

Counts = dict[str, int]
Heard = Mapping[str, Mapping[str, str]]


def heard_by() -> dict[str, dict[str, str]]:
    """Per service's schema: the kinds of aggregates it hears, with the order it needs of each."""
    return {
        name.replace("-", "_"): {key.partition(".")[0]: mode for key, mode in keys.items()}
        for name, keys in listeners().items()
    }


async def message_violations(connection: asyncpg.Connection, services: Sequence[str], heard: Heard) -> Counts:
    """Over all services; the sample service is counted by `sample_violations`."""
    logs = " union all ".join(f'select id, aggtype, aggid from "{one}".event' for one in services)
    every_log = f'{logs} union all select id, aggtype, aggid from "sample".event'
    streams = " union all ".join(f'select aggtype, aggid, last_seq from "{one}".event_stream' for one in services)
    listeners_of_kinds = {one: kinds for one, kinds in heard.items() if one != "audit" and kinds}
    unheard = ghost = order = 0
    for service, kinds in listeners_of_kinds.items():
        unheard += await connection.fetchval(_UNHEARD.format(logs=logs, service=service), list(kinds))
        ghost += await connection.fetchval(_GHOST_HEARD.format(logs=logs, service=service))
        ordered = [kind for kind, mode in kinds.items() if mode != "any"]
        order += await connection.fetchval(_ORDER.format(streams=streams, service=service), ordered)
    return {
        "event without audit entry": await connection.fetchval(_UNAUDITED.format(logs=every_log)),
        "event not applied by a subscriber": unheard,
        "audited twice": await connection.fetchval("select count(*) - count(distinct event_id) from audit.entry"),
        "audited or applied, never said": ghost + await connection.fetchval(_GHOST.format(logs=every_log)),
        "applied out of order": order,
        "still in an outbox": sum(
            [await connection.fetchval(f'select count(*) from "{one}".outbox') for one in services]
        ),
    }


async def sample_violations(url: str) -> Counts:
    """What the sample service broke, if anything."""
    return await SampleDatabase(url).violations()


_UNAUDITED = "select count(*) from ({logs}) e where not exists (select 1 from audit.entry a where a.event_id = e.id)"
_GHOST = "select count(*) from audit.entry a where not exists (select 1 from ({logs}) e where e.id = a.event_id)"
_UNHEARD = """
select count(*) from ({logs}) e where e.aggtype = any($1::text[]) and not exists (
    select 1 from "{service}".inbox i where i.event_id = e.id and i.state = 'done')
"""
_GHOST_HEARD = """
select count(*) from "{service}".inbox i where not exists (select 1 from ({logs}) e where e.id = i.event_id)
"""
_ORDER = """
select count(*) from ({streams}) s left join "{service}".stream_cursor c on c.aggtype = s.aggtype and c.aggid = s.aggid
where s.aggtype = any($1::text[]) and c.last_seq is distinct from s.last_seq
"""
