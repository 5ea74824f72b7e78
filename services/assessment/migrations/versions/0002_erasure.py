"""Results are sealed with people's own keys: destroying one makes every revision of theirs unreadable.

What was sealed before opens as it did; the worker seals it anew. A revision is written once, so the ones there are stay
as they are; `sealed_anew` lets the worker replace how their words are kept, and nothing else of them.
"""

from alembic import op

from libs.privacy.schema import data_key_v1

revision = "0002"
down_revision = "0001"

STATEMENTS = [
    *data_key_v1("assessment"),
    "create index assessment_sealed_before_idx on assessment.assessment (id) where get_byte(words_sealed, 0) = 1",
    "create index revision_sealed_before_idx on assessment.revision (assessment_id) where get_byte(words_sealed, 0) = 1",
    "create index proposal_sealed_before_idx on assessment.proposal (id) where get_byte(values_sealed, 0) = 1",
    """create or replace function assessment.guard_result() returns trigger language plpgsql as $$
begin
    if old.submitted_at is null then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if tg_op = 'DELETE' then
        raise exception 'a result is never deleted' using errcode = 'restrict_violation';
    end if;
    if new.enrolment_id <> old.enrolment_id or new.run_id <> old.run_id then
        raise exception 'whose a result is never changes' using errcode = 'restrict_violation';
    end if;
    if new.status = 'draft' then
        raise exception 'a result is never a draft again' using errcode = 'restrict_violation';
    end if;
    if old.status = 'voided' and (new.status <> 'voided'
        or (new.words_sealed <> old.words_sealed and get_byte(old.words_sealed, 0) <> 1)
        or new.void_reason <> old.void_reason or new.voided_by <> old.voided_by or new.voided_at <> old.voided_at) then
        raise exception 'a voided result stays as it is' using errcode = 'restrict_violation';
    end if;
    return new;
end $$""",
    """create function assessment.guard_revision() returns trigger language plpgsql as $$
declare
    sealed_anew assessment.revision := new;
begin
    if tg_op = 'UPDATE' and get_byte(old.words_sealed, 0) = 1 and get_byte(new.words_sealed, 0) = 2 then
        sealed_anew.words_sealed := old.words_sealed;
        if sealed_anew is not distinct from old then
            return new;
        end if;
    end if;
    raise exception 'what is written here is never changed or removed' using errcode = 'restrict_violation';
end $$""",
    "drop trigger guard_revision on assessment.revision",
    """create trigger guard_revision before update or delete on assessment.revision
for each row execute function assessment.guard_revision()""",
]


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
