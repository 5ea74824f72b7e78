"""What stands between the system and rest, in a few lines: jobs, messages, outboxes, circuits."""

from datetime import datetime

import asyncpg

from infra.chaos.checks.everything import Counting
from infra.chaos.checks.mended import unmended
from infra.chaos.checks.submissions import UNSYNCED


async def reasons(url: str, counting: Counting, now: datetime) -> list[str]:
    """Everything that is open, with its last error; `now` is what time it is for the system."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        lines = [
            f"{row['count']} jobs {row['kind']} {row['state']} {row['code']}, next in {row['wait']} s"
            for row in await connection.fetch(_JOBS, now)
        ]
        lines += [
            f"{row['count']} {row['record_type']} records are {row['sync_state']}, e.g. {row['example']}: {row['job']}"
            for row in await connection.fetch(_UNSYNCED)
        ]
        ways = "select name, state, open_until from tpg_sync.sync_breaker where state <> 'closed'"
        lines += [
            f"circuit {row['name']} is {row['state']} until {row['open_until']:%H:%M:%S}"
            for row in await connection.fetch(ways)
        ]
        held = await connection.fetchval("select held_cause from tpg_sync.sync_lane where held_cause is not null")
        lines += [f"the lane is held: {held}"] if held else []
        if counting.aftermath is not None:
            lines += await unmended(connection, counting.control, counting.aftermath)
        for service in (*counting.services, "sample"):
            lines += [
                f"{service} inbox: {row['count']} {row['type']} {row['state']}, {row['attempts']} tries: {row['error']}"
                for row in await connection.fetch(_INBOX.format(service=service))
            ]
            lines += [
                f"{service} outbox: {row['count']} not published; {row['error']}"
                for row in await connection.fetch(_OUTBOX.format(service=service))
            ]
    finally:
        await connection.close()
    return lines


_JOBS = """
select kind, state, coalesce(error_class || ' ' || error_code, 'without error') as code, count(*),
    greatest(0, round(extract(epoch from min(not_before) - $1))) as wait
from tpg_sync.sync_job where state not in ('succeeded', 'superseded', 'cancelled') group by 1, 2, 3 order by 4 desc
"""
_UNSYNCED = f"""
select record_type, sync_state, coalesce(kind || ' ' || state, 'no job is open') as job, count(*),
    min(id::text) as example
from ({UNSYNCED}) t group by 1, 2, 3 order by 4 desc
"""
_INBOX = """
select type, state, max(attempts) as attempts, max(coalesce(error, reason, 'no error')) as error, count(*)
from "{service}".inbox where state <> 'done' group by 1, 2 order by 5 desc
"""
_OUTBOX = (
    "select max(coalesce(last_error, 'no error')) as error, count(*) from \"{service}\".outbox having count(*) > 0"
)
