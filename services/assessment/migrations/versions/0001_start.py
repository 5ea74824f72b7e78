"""Rules, assessments with their revisions and proposals, outcomes, certificates, what other services say, and the
tables every service shares."""

from alembic import op

from libs.outbox.schema import messaging_v1
from libs.web.schema import idempotency_v1

revision = "0001"
down_revision = None

RECORD = """
    id uuid primary key,
    version integer not null default 1,
    created_at timestamptz not null,
    created_by varchar not null,
    updated_at timestamptz not null,
    updated_by varchar not null,
    correlation_id uuid not null"""

TABLES = [
    """create table assessment.course (
    id uuid primary key,
    reference varchar not null,
    title varchar not null,
    skill_codes text[] not null
)""",
    """create table assessment.run (
    id uuid primary key,
    course_id uuid not null,
    course_reference varchar not null,
    status text not null constraint run_status_check check (status in ('draft', 'open', 'confirmed',
    'in_progress', 'ended', 'closed', 'cancelled', 'discarded')),
    start_on date not null,
    end_on date not null
)""",
    "create index run_course_id_idx on assessment.run (course_id)",
    """create table assessment.run_account (
    run_id uuid not null constraint run_account_run_id_fkey references assessment.run,
    user_id uuid not null,
    assesses boolean not null,
    trains boolean not null,
    primary key (run_id, user_id)
)""",
    "create index run_account_user_idx on assessment.run_account (user_id, run_id)",
    """create table assessment.enrolment (
    id uuid primary key,
    run_id uuid not null,
    trainee_id uuid not null,
    status text not null constraint enrolment_status_check check (status in ('draft', 'waitlisted',
    'offered', 'confirmed', 'completed', 'cancelled', 'withdrawn', 'transferred')),
    replaces uuid
)""",
    "create index enrolment_replaces_idx on assessment.enrolment (replaces)",
    "create index enrolment_run_id_idx on assessment.enrolment (run_id)",
    """create table assessment.rate (
    enrolment_id uuid primary key,
    credited_minutes integer not null,
    held_minutes integer not null,
    scheduled_minutes integer not null
)""",
    "create sequence assessment.rule_number_seq start with 2",
    f"""create table assessment.rule ({RECORD},
    number integer not null,
    course_id uuid,
    source text not null constraint rule_source_check check (source in ('default', 'course', 'person')),
    effective_from date not null,
    pass_mark integer,
    bands jsonb not null,
    competency_only boolean not null,
    exempt_allowed boolean not null,
    min_attendance_pct integer not null,
    amend_days integer not null,
    makeup_days integer not null,
    skill_codes text[] not null,
    auto_certificate boolean not null,
    constraint rule_pass_mark_check check (pass_mark between 0 and 100),
    constraint rule_min_attendance_check check (min_attendance_pct between 0 and 100),
    constraint rule_days_check check (amend_days >= 0 and makeup_days >= 0),
    constraint rule_whose_check check ((course_id is null) = (source = 'default')),
    constraint rule_number_key unique (number)
)""",
    "create index rule_course_idx on assessment.rule (course_id, effective_from, number)",
    """create unique index rule_person_day_key on assessment.rule (course_id, effective_from)
    where source = 'person'""",
    f"""create table assessment.assessment ({RECORD},
    revision integer not null,
    submitted_at timestamptz,
    sync_state text not null constraint assessment_sync_state_check check (sync_state in
    ('not_applicable', 'pending', 'synced', 'stale', 'unknown', 'rejected', 'dead', 'drifted')),
    remote_id varchar,
    sync_revision integer,
    acked_revision integer,
    acked_at timestamptz,
    sync_job_id uuid,
    sync_error_code varchar,
    sync_hints jsonb not null,
    enrolment_id uuid not null constraint assessment_enrolment_id_fkey references assessment.enrolment,
    run_id uuid not null constraint assessment_run_id_fkey references assessment.run,
    skill_code varchar(30) not null,
    attempt integer not null,
    status text not null constraint assessment_status_check check (status in ('draft', 'final',
    'voided')),
    effective boolean not null,
    words_sealed bytea not null,
    passed boolean,
    assessed_on date not null,
    assessor_id uuid,
    assessor_trains boolean not null,
    rule_number integer not null constraint assessment_rule_number_fkey references assessment.rule
    (number),
    overridden boolean not null,
    late_override boolean not null,
    finalised_at timestamptz,
    finalised_by varchar,
    voided_at timestamptz,
    voided_by varchar,
    void_reason varchar,
    constraint assessment_attempt_check check (attempt > 0),
    constraint assessment_effective_check check (not effective or status = 'final'),
    constraint assessment_finalised_check check ((status = 'draft') = (finalised_at is null)),
    constraint assessment_submitted_check check ((status = 'draft') = (submitted_at is null)),
    constraint assessment_passed_check check ((status = 'draft') = (passed is null)),
    constraint assessment_voided_check check ((status = 'voided') = (voided_at is not null and
    void_reason is not null))
)""",
    "create index assessment_assessor_idx on assessment.assessment (assessor_id, id)",
    "create unique index assessment_attempt_key on assessment.assessment (enrolment_id, skill_code, attempt)",
    """create unique index assessment_one_draft_key on assessment.assessment (enrolment_id, skill_code)
    where status = 'draft'""",
    """create unique index assessment_one_effective_key on assessment.assessment (enrolment_id, skill_code)
    where effective""",
    "create index assessment_remote_id_idx on assessment.assessment (remote_id)",
    "create index assessment_run_idx on assessment.assessment (run_id, id)",
    "create index assessment_status_idx on assessment.assessment (status, id)",
    "create index assessment_sync_idx on assessment.assessment (sync_state, id)",
    """create table assessment.revision (
    assessment_id uuid not null constraint revision_assessment_id_fkey references assessment.assessment,
    number integer not null,
    kind text not null constraint revision_kind_check check (kind in ('finalised', 'amended', 'voided')),
    skill_code varchar not null,
    assessed_on date not null,
    words_sealed bytea not null,
    rule_number integer not null,
    fields text[] not null,
    reason varchar,
    proposal_id uuid,
    made_at timestamptz not null,
    made_by varchar not null,
    made_as varchar not null,
    primary key (assessment_id, number)
)""",
    """create table assessment.proposal (
    id uuid primary key,
    assessment_id uuid not null constraint proposal_assessment_id_fkey references assessment.assessment,
    kind text not null constraint proposal_kind_check check (kind in ('amendment', 'void')),
    status text not null constraint proposal_status_check check (status in ('open', 'approved', 'declined',
    'withdrawn')),
    values_sealed bytea,
    fields text[] not null,
    reason varchar not null,
    proposed_by varchar not null,
    proposed_at timestamptz not null,
    decided_by varchar,
    decided_at timestamptz,
    decision_reason varchar,
    constraint proposal_second_person_check check ((status = 'withdrawn') = (decided_by = proposed_by)),
    constraint proposal_decided_check check ((status = 'open') = (decided_at is null)),
    constraint proposal_values_check check ((kind = 'amendment') = (values_sealed is not null))
)""",
    "create index proposal_assessment_idx on assessment.proposal (assessment_id, id)",
    """create unique index proposal_one_open_key on assessment.proposal (assessment_id)
    where status = 'open'""",
    "create index proposal_status_idx on assessment.proposal (status, id)",
    """create table assessment.rule_override (
    id uuid primary key,
    assessment_id uuid not null constraint rule_override_assessment_id_fkey references
    assessment.assessment on delete cascade,
    rule text not null constraint rule_override_rule_check check (rule in ('min_attendance',
    'makeup_window')),
    reason varchar not null,
    granted_by varchar not null,
    granted_at timestamptz not null
)""",
    "create unique index rule_override_once_key on assessment.rule_override (assessment_id, rule)",
    """create table assessment.outcome (
    enrolment_id uuid primary key constraint outcome_enrolment_id_fkey references assessment.enrolment,
    run_id uuid not null,
    decided boolean not null,
    passed boolean not null
)""",
    f"""create table assessment.certificate ({RECORD},
    enrolment_id uuid not null constraint certificate_enrolment_id_fkey references assessment.enrolment,
    run_id uuid not null,
    code varchar(16) not null,
    status text not null constraint certificate_status_check check (status in ('valid', 'revoked')),
    course_reference varchar not null,
    course_title varchar not null,
    start_on date not null,
    end_on date not null,
    issued_on date not null,
    revoked_at timestamptz,
    revoked_by varchar,
    revoke_reason varchar,
    constraint certificate_revoked_check check ((status = 'revoked') = (revoked_at is not null))
)""",
    "create unique index certificate_code_key on assessment.certificate (code)",
    """create unique index certificate_one_valid_key on assessment.certificate (enrolment_id)
    where status = 'valid'""",
    "create index certificate_run_idx on assessment.certificate (run_id, id)",
]

GUARDS = [
    """create function assessment.guard_result() returns trigger language plpgsql as $$
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
    if old.status = 'voided' and (new.status <> 'voided' or new.words_sealed <> old.words_sealed
        or new.void_reason <> old.void_reason or new.voided_by <> old.voided_by or new.voided_at <> old.voided_at) then
        raise exception 'a voided result stays as it is' using errcode = 'restrict_violation';
    end if;
    return new;
end $$""",
    """create trigger guard_result before update or delete on assessment.assessment
for each row execute function assessment.guard_result()""",
    """create function assessment.guard_written_once() returns trigger language plpgsql as $$
begin
    raise exception 'what is written here is never changed or removed' using errcode = 'restrict_violation';
end $$""",
    """create trigger guard_revision before update or delete on assessment.revision
for each row execute function assessment.guard_written_once()""",
    """create trigger guard_rule before update or delete on assessment.rule
for each row execute function assessment.guard_written_once()""",
    """create function assessment.guard_certificate() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'a certificate is never deleted' using errcode = 'restrict_violation';
    end if;
    if old.status = 'revoked' and new.status <> 'revoked' then
        raise exception 'a revoked certificate stays revoked' using errcode = 'restrict_violation';
    end if;
    if new.code <> old.code or new.enrolment_id <> old.enrolment_id then
        raise exception 'whose a certificate is, and its code, never change' using errcode = 'restrict_violation';
    end if;
    return new;
end $$""",
    """create trigger guard_certificate before update or delete on assessment.certificate
for each row execute function assessment.guard_certificate()""",
]

# Working assumptions and present practice; a course's own rule replaces them from its own date on.
FIRST_RULE = """insert into assessment.rule (
    id, created_at, created_by, updated_at, updated_by, correlation_id, number, course_id, source, effective_from,
    pass_mark, bands, competency_only, exempt_allowed, min_attendance_pct, amend_days, makeup_days, skill_codes,
    auto_certificate
) values (
    '00000000-0000-7000-8000-000000000001', now(), 'system', now(), 'system',
    '00000000-0000-7000-8000-000000000001', 1, null, 'default', '1970-01-01',
    null, '[]', false, true, 75, 7, 60, '{}', true
)"""


def upgrade() -> None:
    for statement in [
        *TABLES,
        *GUARDS,
        FIRST_RULE,
        *messaging_v1("assessment"),
        *idempotency_v1("assessment"),
    ]:
        op.execute(statement)
