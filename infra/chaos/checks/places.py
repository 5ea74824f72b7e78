"""Runs, people, places, seats, fees and spreadsheets: what was answered is there, and nothing else."""

import asyncpg

from infra.chaos.checks.messages import Counts
from infra.chaos.diary import Diary


async def place_violations(connection: asyncpg.Connection, diary: Diary) -> Counts:
    people, places = list(diary.people), list(diary.places)
    runs, payers = list(diary.runs), list(diary.payments)
    payments = [diary.payments[payer] for payer in payers]
    files = list(diary.files)
    rows, good = [diary.files[one].rows for one in files], [diary.files[one].good for one in files]
    return {
        "run lost or made twice": await connection.fetchval(_RUNS, runs),
        "person lost or made twice": await connection.fetchval(_PEOPLE, people),
        "place lost or made twice": await connection.fetchval(_PLACES, places),
        "payment lost or booked twice": await connection.fetchval(_PAYMENTS, payers, payments),
        "import row lost or taken twice": await connection.fetchval(_ROWS, files, rows, good),
        "two active places of one person on a run": await connection.fetchval(_ACTIVE_TWICE),
        "seats over capacity": await connection.fetchval(_OVER),
        "seats counted wrongly": await connection.fetchval(_SEATS),
        "seats told wrongly": await connection.fetchval(_TOLD),
    }


_LOST_OR_TWICE = """
select (select count(*) from unnest($1::uuid[]) as told (id)
        where not exists (select 1 from {table} r where r.id = told.id))
    + (select count(*) from {table} r where r.id <> all($1::uuid[]) and not ({otherwise}))
"""
_RUNS = _LOST_OR_TWICE.format(table="course.course_run", otherwise="false")
_PEOPLE = _LOST_OR_TWICE.format(
    table="enrolment.trainee",
    otherwise="exists (select 1 from enrolment.import_row i where i.trainee_id = r.id and i.enrolment_id is not null)",
)
_PLACES = _LOST_OR_TWICE.format(
    table="enrolment.enrolment",
    otherwise="exists (select 1 from enrolment.import_row i where i.enrolment_id = r.id)",
)
_PAYMENTS = """
select count(*) from (select * from unnest($1::uuid[], $2::bigint[]) as t (id, told)) told
full join (
    select enrolment_id as id, count(*) as booked from enrolment.fee_entry where kind = 'payment' group by 1
) booked using (id)
where coalesce(told, 0) <> coalesce(booked, 0)
"""
# Every row judged and, where good, taken: for one person one place, and as many as the file had good rows.
_ROWS = """
select coalesce(sum(abs(told.rows - there.rows) + abs(told.good - there.taken) + there.unsettled + there.doubled), 0)
from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as told (id, rows, good)
cross join lateral (
    select count(*) as rows, count(r.enrolment_id) as taken,
        count(*) filter (where r.verdict in ('create', 'match') and r.settled_at is null) as unsettled,
        count(r.enrolment_id) - count(distinct (e.trainee_id, e.run_id)) filter (where e.id is not null) as doubled
    from enrolment.import_row r left join enrolment.enrolment e on e.id = r.enrolment_id where r.batch_id = told.id
) there
"""
_ACTIVE_TWICE = """
select count(*) from (
    select 1 from enrolment.enrolment e join enrolment.trainee t on t.id = e.trainee_id
    where e.status in ('draft', 'waitlisted', 'offered', 'confirmed', 'completed')
    group by coalesce(t.merged_into, t.id), e.run_id having count(*) > 1
) t
"""
_TAKEN = """
select run_id, count(*) filter (where status in ('confirmed', 'completed')) as confirmed,
    count(*) filter (where status = 'offered') as offered, count(*) filter (where status = 'waitlisted') as waitlisted
from enrolment.enrolment group by 1
"""
_OVER = f"""
select count(*) from ({_TAKEN}) t join course.course_run r on r.id = t.run_id
where t.confirmed + t.offered > r.intake_size + r.threshold
"""
_SEATS = f"""
select count(*) from enrolment.run_seats s left join ({_TAKEN}) t using (run_id)
where (s.confirmed, s.offered, s.waitlisted)
    is distinct from (coalesce(t.confirmed, 0), coalesce(t.offered, 0), coalesce(t.waitlisted, 0))
"""
_TOLD = """
select count(*) from enrolment.run_seats s join course.course_run r on r.id = s.run_id
where r.registered_count <> s.confirmed
"""
