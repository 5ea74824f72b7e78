"""Marks and rates: every acknowledged operation is in the sheet, or what outranks it is; rates follow from marks."""

import asyncpg

from infra.chaos.checks.messages import Counts
from infra.chaos.diary import Diary


async def mark_violations(connection: asyncpg.Connection, diary: Diary) -> Counts:
    revised = list(diary.revisions)
    revisions = [line for line, _ in revised], [number for _, number in revised], list(diary.revisions.values())
    operations = list(diary.operations.items())
    told = (
        [key[0] for key, _ in operations],
        [key[1] for key, _ in operations],
        [fate for _, (fate, _) in operations],
        [rank.care for _, (_, rank) in operations],
        [rank.base for _, (_, rank) in operations],
        [rank.made_at for _, (_, rank) in operations],
    )
    return {
        "mark lost": await connection.fetchval(_REVISION_LOST, *revisions)
        + await connection.fetchval(_OPERATION_LOST, *told[:3]),
        "mark taken twice": await connection.fetchval(_REVISION_TWICE, *revisions[:2]),
        "mark outranked by a lesser one": await connection.fetchval(_OUTRANKED, told[0], told[1], *told[3:]),
        "sheet other than its history": await connection.fetchval(_HISTORY),
        "present in two places at once": await connection.fetchval(_OVERLAP),
        "rate other than a recount": await connection.fetchval(_RATES),
        "rate heard wrongly": await connection.fetchval(_RATES_HEARD),
    }


_REVISION_LOST = """
select count(*) from unnest($1::uuid[], $2::int[], $3::text[]) as told (id, number, state)
where not exists (select 1 from attendance.revision r
    where r.attendance_id = told.id and r.number = told.number and r.state = told.state)
"""
_OPERATION_LOST = """
select count(*) from unnest($1::uuid[], $2::uuid[], $3::text[]) as told (id, operation, fate)
where not exists (select 1 from attendance.operation o
    where o.attendance_id = told.id and o.operation_id = told.operation
    and (told.fate = 'duplicate' or o.fate = told.fate))
"""
_REVISION_TWICE = """
select count(*) from attendance.revision r where not exists (
    select 1 from unnest($1::uuid[], $2::int[]) as told (id, number)
    where told.id = r.attendance_id and told.number = r.number)
"""
_OUTRANKED = """
select count(*) from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::timestamptz[])
    as told (id, operation, care, base, made_at)
join attendance.attendance a on a.id = told.id
where (told.care, told.base, told.made_at, told.operation)
    > (a.rank_care, a.rank_base, a.rank_made_at, a.rank_operation)
"""
_HISTORY = """
select count(*) from attendance.attendance a where a.mark_revision > 0 and (
    not exists (select 1 from attendance.revision r where r.attendance_id = a.id and r.number = a.mark_revision
        and (r.state, r.minutes_credited) = (a.state, a.minutes_credited))
    or a.mark_revision <> (select count(*) from attendance.revision r where r.attendance_id = a.id))
"""
_OVERLAP = """
select count(*) from attendance.attendance a join attendance.attendance b on a.trainee_id = b.trainee_id and a.id < b.id
where a.state = 'present' and b.state = 'present'
    and tstzrange(a.present_from, a.present_to) && tstzrange(b.present_from, b.present_to)
"""
# Counted from marks and sessions alone: nobody makes up a session in a storm, and assessments do not count.
_RECOUNT = """
select a.enrolment_id,
    coalesce(sum(least(a.minutes_credited, s.minutes)) filter (where a.state = 'present'), 0) as credited
from attendance.attendance a join (
    select id, (extract(epoch from end_at - start_at) / 60)::int as minutes from attendance.session
    where status = 'held' and mode_of_training <> '8' and not is_makeup
) s on s.id = a.session_id group by 1
"""
_RATES = f"""
select count(*) from ({_RECOUNT}) t full join attendance.rate r using (enrolment_id)
where r.credited_minutes is distinct from t.credited or r.held_minutes <> (
    select coalesce(sum(extract(epoch from s.end_at - s.start_at) / 60), 0) from attendance.session s
    where s.run_id = r.run_id and s.status = 'held' and s.mode_of_training <> '8' and not s.is_makeup)
"""
_RATES_HEARD = """
select (select count(*) from attendance.rate r left join assessment.rate a using (enrolment_id)
        where (a.credited_minutes, a.held_minutes, a.scheduled_minutes)
            is distinct from (r.credited_minutes, r.held_minutes, r.scheduled_minutes))
    + (select count(*) from attendance.rate r left join enrolment.progress p using (enrolment_id)
        where (p.credited_minutes, p.held_minutes, p.rate_met)
            is distinct from (r.credited_minutes, r.held_minutes, r.met))
"""
