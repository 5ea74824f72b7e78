"""What is owed to TPGateway has arrived there: once, and nothing else stands there."""

from collections import Counter
from typing import Any

import asyncpg
import httpx

from infra.chaos.checks.messages import Counts

KINDS = ("runs", "enrolments", "attendance", "assessments")
CANCELLED, VOIDED = "Cancelled", "4"


async def submission_violations(connection: asyncpg.Connection, control: str) -> Counts:
    """`control` is the simulator's control address."""
    async with httpx.AsyncClient(base_url=control, timeout=30) as client:
        surplus = {kind: (await client.get(f"/checks/equal-{kind}")).json()["surplus"] for kind in KINDS}
        there = {kind: (await client.get(f"/portal/{kind}")).json() for kind in KINDS}
    return {
        "unexplained: not synced, no job open": await connection.fetchval(_UNEXPLAINED),
        "sync job still open": await connection.fetchval(_OPEN),
        "sync job refused or given up": await connection.fetchval(_REFUSED),
        "created twice": await connection.fetchval(_CREATED_TWICE),
        **{f"duplicate {kind} at TPGateway": int(surplus[kind]) for kind in KINDS},
        **await _differing(connection, there),
    }


async def _differing(connection: asyncpg.Connection, there: dict[str, list[dict[str, Any]]]) -> Counts:
    """Ours against theirs, by reference where they tell one, else by number."""
    theirs = {
        "runs": {str(one["run_id"]) for one in there["runs"]},
        "enrolments": {one["reference"] for one in there["enrolments"] if one["status"] != CANCELLED},
        "assessments": {one["reference"] for one in there["assessments"] if one["result"].upper() != "VOID"},
    }
    counts = {}
    for kind, known in theirs.items():
        ours = {row[0] for row in await connection.fetch(_OURS[kind])}
        counts[f"{kind} here and there differ"] = len(ours ^ known)
    fees = {one["reference"]: _word(one["fees"]["collection_status"]) for one in there["enrolments"]}
    paid = await connection.fetch(_FEES)
    counts["fees here and there differ"] = sum(fees.get(row["remote_id"]) != row["fee_status"] for row in paid)
    ours_present = Counter({row["remote_id"]: row["present"] for row in await connection.fetch(_PRESENT)})
    present = _present(there["attendance"])
    counts["attendance here and there differs"] = ((ours_present - present) + (present - ours_present)).total()
    return counts


def _present(rows: list[dict[str, Any]]) -> Counter[str]:
    """How many people stand in each session: of each person the newest row counts."""
    newest = {(row["session_id"], row["trainee"]["id"]): row["status"] for row in rows}
    return Counter(session for (session, _), status in newest.items() if status != VOIDED)


def _word(collection_status: str) -> str:
    """Theirs says `Full Payment`, ours `full`."""
    return collection_status.partition(" ")[0].lower()


_RECORDS = """
select 'run' as record_type, id, sync_state from course.course_run
union all select 'enrolment', id, sync_state from enrolment.enrolment
union all select 'fee', id, fee_sync_state from enrolment.enrolment
union all select 'attendance', id, sync_state from attendance.attendance
union all select 'assessment', id, sync_state from assessment.assessment
"""
UNSYNCED = f"""
select r.record_type, r.id, r.sync_state, j.kind, j.state, j.error_class, j.error_code from ({_RECORDS}) r
left join lateral (
    select * from tpg_sync.sync_job j where j.record_type = r.record_type and j.record_id = r.id
        and j.state not in ('succeeded', 'superseded', 'cancelled') order by j.ordinal limit 1
) j on true
where r.sync_state not in ('synced', 'not_applicable')
"""
_UNEXPLAINED = f"select count(*) from ({UNSYNCED}) t where state is null"
_OPEN = """
select count(*) from tpg_sync.sync_job where state in ('blocked', 'queued', 'in_flight', 'retry_wait', 'verifying')
"""
_REFUSED = "select count(*) from tpg_sync.sync_job where state in ('rejected', 'dead_lettered')"
# A second creation is right only after the first was taken back, by us or in the portal; the latter was decided about.
_CREATED_TWICE = """
select count(*) from (
    select 1 from tpg_sync.sync_job
    where kind in ('run.publish', 'enrolment.create', 'assessment.create') and state = 'succeeded'
    group by record_type, record_id having count(*) > 1 + (
        select count(*) from tpg_sync.sync_job e where e.record_id = sync_job.record_id
            and e.record_type = sync_job.record_type and e.state = 'succeeded'
            and e.kind in ('run.delete', 'enrolment.cancel', 'assessment.void')
    ) + (
        select count(*) from tpg_sync.discrepancy d where d.record_id = sync_job.record_id
            and d.record_type = sync_job.record_type and d.resolution = 'push'
            and d.code in ('RUN-01', 'ENR-01', 'ENR-03', 'ASM-01', 'ASM-03'))
) t
"""
_OURS = {
    "runs": "select remote_id from tpg_sync.sync_record where record_type = 'run' and remote_id is not null",
    "enrolments": """
        select coalesce(remote_id, id::text) from enrolment.enrolment
        where status in ('confirmed', 'completed', 'withdrawn')
    """,
    "assessments": "select coalesce(remote_id, id::text) from assessment.assessment where status = 'final'",
}
_FEES = """
select remote_id, fee_status from enrolment.enrolment where status in ('confirmed', 'completed', 'withdrawn')
    and remote_id is not null and fee_sync_state = 'synced'
"""
_PRESENT = """
select coalesce(s.remote_id, s.id::text) as remote_id, count(*) as present from attendance.attendance a
join attendance.session s on s.id = a.session_id where a.state = 'present' group by 1
"""
