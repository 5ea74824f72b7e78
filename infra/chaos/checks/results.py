"""Results and outcomes: what was answered stands, once, and outcomes and certificates follow from it."""

import asyncpg

from infra.chaos.checks.messages import Counts
from infra.chaos.diary import Diary


async def result_violations(connection: asyncpg.Connection, diary: Diary) -> Counts:
    told = list(diary.results)
    ids, numbers = [one for one, _ in told], [number for _, number in told]
    passed = list(diary.results.values())
    return {
        "result lost": await connection.fetchval(_LOST, ids, numbers, passed),
        "result made twice": await connection.fetchval(_TWICE, ids, numbers),
        "outcome other than a recount": await connection.fetchval(_OUTCOMES),
        "outcome heard wrongly": await connection.fetchval(_HEARD),
        "certificate missing or too many": await connection.fetchval(_CERTIFICATES),
    }


# The newest answer about each result says what stands: a draft where it is number 0, void where it says neither pass
# nor fail.
_LOST = """
select count(*) from (
    select distinct on (id) id, number, passed from unnest($1::uuid[], $2::int[], $3::bool[]) as t (id, number, passed)
    order by id, number desc
) told left join assessment.assessment a on a.id = told.id
where a.id is null or (told.number > 0 and a.revision <> told.number) or a.status <> case
        when told.number = 0 then 'draft' when told.passed is null then 'voided' else 'final' end
    or (told.passed is not null and a.passed <> told.passed)
"""
_TWICE = """
select (select count(*) from assessment.revision r where not exists (
        select 1 from unnest($1::uuid[], $2::int[]) as told (id, number)
        where told.id = r.assessment_id and told.number = r.number))
    + (select count(*) from assessment.assessment a where a.id <> all($1::uuid[]))
    + (select count(*) from (select 1 from assessment.assessment where effective
        group by enrolment_id, skill_code having count(*) > 1) t)
"""
_OUTCOMES = """
select count(*) from assessment.outcome o join assessment.run r on r.id = o.run_id
cross join lateral (
    select case when cardinality(skill_codes) = 0 then array[''] else skill_codes end as codes from assessment.rule
    where (course_id = r.course_id or course_id is null) and effective_from <= r.start_on
    order by course_id is not null desc, effective_from desc, number desc limit 1
) required
cross join lateral (
    select count(a.id) as known, count(*) filter (where a.passed) as passed from unnest(required.codes) as code
    left join assessment.assessment a on a.enrolment_id = o.enrolment_id and a.skill_code = code and a.effective
) found
where (o.decided, o.passed) is distinct from
    (found.known = cardinality(required.codes), found.passed = cardinality(required.codes))
"""
_HEARD = """
select count(*) from assessment.outcome o left join enrolment.progress p using (enrolment_id)
where (o.decided, o.passed) is distinct from (p.outcome_decided, p.passed)
"""
_CERTIFICATES = """
select count(*) from assessment.outcome o where o.passed::int <> (
    select count(*) from assessment.certificate c where c.enrolment_id = o.enrolment_id and c.status = 'valid')
"""
