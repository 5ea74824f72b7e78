"""The promises, counted by SQL and by asking the simulator: every number must be 0 once all has come to rest."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import httpx

from libs.testing.sample.process import SampleDatabase


async def system_violations(
    url: str, services: Sequence[str], published: Sequence[str], simulator: str
) -> dict[str, int]:
    """What the real services broke, if anything."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        logs = " union all ".join(f'select id, aggtype from "{service}".event' for service in (*services, "sample"))
        counts = {
            "lost": await connection.fetchval(_LOST.format(logs=logs)),
            "twice": await connection.fetchval(_TWICE),
            "ghost": await connection.fetchval(_GHOST.format(logs=logs)),
            "order": await connection.fetchval(_ORDER),
            "unexplained": await connection.fetchval(_UNSYNCED, [UUID(run) for run in published]),
            "unpublished": sum([await connection.fetchval(f'select count(*) from "{s}".outbox') for s in services]),
        }
        known = await connection.fetchval(_KNOWN)
    finally:
        await connection.close()
    async with httpx.AsyncClient(base_url=simulator, timeout=10) as client:
        surplus = (await client.get("/checks/equal-runs")).json()["surplus"]
        standing = len((await client.get("/portal/runs")).json())
    counts["duplicates at TPGateway"] = int(surplus) + abs(standing - int(known))
    return {name: int(count) for name, count in counts.items()}


async def unsynced_because(url: str) -> list[str]:
    """What stands between the runs that are not synced and TPGateway, in a few lines."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        jobs = await connection.fetch(_OPEN_JOBS)
        ways = await connection.fetch(
            "select name, state, open_until from tpg_sync.sync_breaker where state <> 'closed'"
        )
        held = await connection.fetchval("select held_cause from tpg_sync.sync_lane where held_cause is not null")
    finally:
        await connection.close()
    return [
        *(f"{job['count']} jobs {job['kind']} {job['state']} {job['code']}, next in {job['wait']} s" for job in jobs),
        *(f"breaker {way['name']} is {way['state']} until {way['open_until']:%H:%M:%S}" for way in ways),
        *([f"the lane is held: {held}"] if held else []),
    ]


async def sample_violations(database: SampleDatabase) -> dict[str, int]:
    """What the sample service broke, if anything."""
    return await database.violations()


_LOST = """
select (select count(*) from ({logs}) e where not exists (select 1 from audit.entry a where a.event_id = e.id))
    + (select count(*) from course.event e where e.aggtype = 'run' and not exists (
        select 1 from tpg_sync.inbox i where i.event_id = e.id and i.state = 'done'))
    + (select count(*) from tpg_sync.event e where e.aggtype = 'sync' and not exists (
        select 1 from course.inbox i where i.event_id = e.id and i.state = 'done'))
"""
_GHOST = "select count(*) from audit.entry a where not exists (select 1 from ({logs}) e where e.id = a.event_id)"
_TWICE = """
select count(*) from (
    select 1 from tpg_sync.sync_job where kind = 'run.publish' and state = 'succeeded'
    group by record_id having count(*) > 1
) t
"""
_ORDER = """
select count(*) from course.event_stream s left join tpg_sync.stream_cursor c
    on c.aggtype = s.aggtype and c.aggid = s.aggid
where s.aggtype = 'run' and c.last_seq is distinct from s.last_seq
"""
_UNSYNCED = "select count(*) from course.course_run where id = any($1::uuid[]) and sync_state <> 'synced'"
_KNOWN = "select count(*) from tpg_sync.sync_record where record_type = 'run' and remote_id is not null"
_OPEN_JOBS = """
select kind, state, coalesce(error_class || ' ' || error_code, 'without error') as code, count(*),
    greatest(0, round(extract(epoch from min(not_before) - now()))) as wait
from tpg_sync.sync_job where state not in ('succeeded', 'superseded', 'cancelled') group by 1, 2, 3 order by 4 desc
"""
