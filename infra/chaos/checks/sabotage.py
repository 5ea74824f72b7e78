"""Every promise broken on purpose, to see that it is counted: a check that cannot fail promises nothing.

Each breach happens in a transaction of its own that is rolled back. Triggers and foreign keys are off in it, and what
the database itself makes impossible is taken away first. What is held at TPGateway is compared with what was remembered
of it, so there the memory is tampered with.
"""

from dataclasses import replace

import asyncpg

from infra.chaos.checks.everything import PORTAL, Counting
from infra.chaos.checks.tampering import TAMPERED

NO_GUARDS = """
set local session_replication_role = replica;
alter table audit.entry disable trigger user
"""
"""The audit log guards itself against that setting, too."""


async def blind_checks(connection: asyncpg.Connection, counting: Counting) -> list[str]:
    """The promises whose breach is not counted. Needs a system at rest on which every promise holds."""
    blind = []
    for (area, promise), statements in BREACHES.items():
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(NO_GUARDS)
            for statement in statements:
                await connection.execute(statement)
            if not (await counting.count(connection, area))[promise]:
                blind.append(f"{area}: {promise}")
        finally:
            await transaction.rollback()
    if counting.aftermath is not None:
        for promise, tampered in TAMPERED.items():
            other = replace(counting, aftermath=tampered(counting.aftermath))
            if not (await other.count(connection, PORTAL))[promise]:
                blind.append(f"{PORTAL}: {promise}")
    return blind


def _copy(table: str, change: str, where: str = "true") -> str:
    """Another row like one there is, with some columns other."""
    return f"""
    insert into {table} select (jsonb_populate_record(null::{table}, to_jsonb(r) || {change})).* from (
        select * from {table} where {where} limit 1) r
    """


def _update(table: str, change: str, where: str = "true") -> str:
    return f"update {table} set {change} where ctid = (select ctid from {table} where {where} limit 1)"


def _delete(table: str, where: str = "true") -> str:
    return f"delete from {table} where ctid = (select ctid from {table} where {where} limit 1)"


_OF_MANY = "bulk_id is not null"
_NEW_ID = "jsonb_build_object('id', gen_random_uuid())"
_BOUGHT = "status = 'confirmed' and remote_id is not null and fee_sync_state = 'synced'"
BREACHES: dict[tuple[str, str], list[str]] = {
    ("messages", "event without audit entry"): [_delete("audit.entry")],
    ("messages", "event not applied by a subscriber"): [_delete("tpg_sync.inbox", "aggtype = 'enrolment'")],
    ("messages", "audited twice"): [
        "drop index audit.entry_event_idx",
        _copy("audit.entry", "jsonb_build_object('seq', r.seq + 1000000000)"),
    ],
    ("messages", "audited or applied, never said"): [_update("audit.entry", "event_id = gen_random_uuid()")],
    ("messages", "applied out of order"): [_update("tpg_sync.stream_cursor", "last_seq = last_seq - 1")],
    ("messages", "still in an outbox"): [
        "insert into course.outbox (pos, recorded_at, shard, aggid) values (1000000000, now(), 0, gen_random_uuid())"
    ],
    ("runs, people, places", "run lost or made twice"): [_update("course.course_run", "id = gen_random_uuid()")],
    ("runs, people, places", "person lost or made twice"): [_update("enrolment.trainee", "id = gen_random_uuid()")],
    ("runs, people, places", "place lost or made twice"): [_update("enrolment.enrolment", "id = gen_random_uuid()")],
    ("runs, people, places", "payment lost or booked twice"): [
        """insert into enrolment.fee_entry (id, enrolment_id, kind, amount_cents, paid_on, created_at, created_by)
        select gen_random_uuid(), id, 'payment', 1, now(), now(), 'nobody' from enrolment.enrolment limit 1"""
    ],
    ("runs, people, places", "import row lost or taken twice"): [
        _delete("enrolment.import_row", "batch_id = (select id from enrolment.import_batch order by id desc limit 1)")
    ],
    ("runs, people, places", "two active places of one person on a run"): [
        "drop index enrolment.enrolment_one_active_key",
        _copy("enrolment.enrolment", _NEW_ID, "status = 'confirmed'"),
    ],
    ("runs, people, places", "seats over capacity"): [
        """update course.course_run set intake_size = 1, threshold = 0, min_pax = 0
        where id in (select run_id from enrolment.run_seats where confirmed > 1)"""
    ],
    ("runs, people, places", "seats counted wrongly"): [_update("enrolment.run_seats", "waitlisted = waitlisted + 1")],
    ("runs, people, places", "seats told wrongly"): [
        "update course.course_run set registered_count = registered_count + 1"
    ],
    ("marks and rates", "mark lost"): [_delete("attendance.revision")],
    ("marks and rates", "mark taken twice"): [
        _copy("attendance.revision", "jsonb_build_object('number', r.number + 1000)")
    ],
    ("marks and rates", "mark outranked by a lesser one"): [
        """update attendance.attendance set rank_care = 0, rank_base = 0, rank_made_at = '2000-01-01'
        where mark_revision > 0"""
    ],
    ("marks and rates", "sheet other than its history"): [
        _update("attendance.attendance", "minutes_credited = minutes_credited - 1", "state = 'present'")
    ],
    ("marks and rates", "present in two places at once"): [
        "alter table attendance.attendance drop constraint attendance_present_once",
        """update attendance.attendance set present_from = '2000-01-01', present_to = '2000-01-02'
        where state = 'present'""",
    ],
    ("marks and rates", "rate other than a recount"): [
        _update("attendance.rate", "credited_minutes = credited_minutes + 1")
    ],
    ("marks and rates", "rate heard wrongly"): [_update("assessment.rate", "held_minutes = held_minutes + 1")],
    ("results", "result lost"): [_update("assessment.assessment", "passed = not passed", "status = 'final'")],
    ("results", "result made twice"): [_copy("assessment.revision", "jsonb_build_object('number', r.number + 1000)")],
    ("results", "outcome other than a recount"): [_update("assessment.outcome", "passed = not passed")],
    ("results", "outcome heard wrongly"): [
        "update enrolment.progress set outcome_decided = not outcome_decided, passed = false"
    ],
    ("results", "certificate missing or too many"): [_delete("assessment.certificate", "status = 'valid'")],
    ("TPGateway", "unexplained: not synced, no job open"): [_update("course.course_run", "sync_state = 'stale'")],
    ("TPGateway", "sync job still open"): [_update("tpg_sync.sync_job", "state = 'queued'")],
    ("TPGateway", "sync job refused or given up"): [_update("tpg_sync.sync_job", "state = 'rejected'")],
    ("TPGateway", "created twice"): [
        _copy(
            "tpg_sync.sync_job",
            "jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', 'sabotage')",
            "kind = 'run.publish' and state = 'succeeded'",
        )
    ],
    ("TPGateway", "runs here and there differ"): [
        _update("tpg_sync.sync_record", "remote_id = 'elsewhere'", "record_type = 'run' and remote_id is not null")
    ],
    ("TPGateway", "enrolments here and there differ"): [
        _update("enrolment.enrolment", "remote_id = 'elsewhere'", "status = 'confirmed'")
    ],
    ("TPGateway", "fees here and there differ"): [_update("enrolment.enrolment", "fee_status = 'cancelled'", _BOUGHT)],
    ("TPGateway", "attendance here and there differs"): [
        """update attendance.attendance set state = 'absent', present_from = null, present_to = null,
        minutes_credited = 0 where state = 'present'"""
    ],
    ("TPGateway", "assessments here and there differ"): [
        _update("assessment.assessment", "remote_id = 'elsewhere'", "status = 'final'")
    ],
    (PORTAL, "called a drift, and nobody had been in the portal"): [
        _update("tpg_sync.discrepancy", "first_seen_at = '2000-01-01'", "verdict = 'drift'")
    ],
    (PORTAL, "drift not found"): [_delete("tpg_sync.discrepancy", _OF_MANY)],
    (PORTAL, "found where nothing was, as something else, or twice"): [
        _update("tpg_sync.discrepancy", "code = 'SES-03'", f"{_OF_MANY} and code = 'ENR-05'")
    ],
    (PORTAL, "not mended by the second comparison"): [_update("tpg_sync.discrepancy", "state = 'open'", _OF_MANY)],
    (PORTAL, "gone without a decision"): [_update("tpg_sync.discrepancy", "resolution = null", _OF_MANY)],
    (PORTAL, "decision about many lost or taken twice"): [_update("tpg_sync.discrepancy", "bulk_id = null", _OF_MANY)],
}
