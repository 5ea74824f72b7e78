"""Trainees, employers, enrolments with their fees, seats and queue, what other services say of them, and the tables
every service shares."""

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
    """create table enrolment.course_terms (
    course_id uuid primary key,
    funded boolean not null
)""",
    f"""create table enrolment.employer ({RECORD},
    uen varchar(10) not null,
    name varchar(200) not null,
    contact_name_sealed bytea not null,
    email_sealed bytea not null,
    phone_sealed bytea not null
)""",
    "create index employer_name_idx on enrolment.employer (name, id)",
    "create unique index employer_uen_key on enrolment.employer (uen)",
    f"""create table enrolment.policy ({RECORD},
    number integer not null,
    effective_from date not null,
    offer_hours integer not null,
    submission_days integer not null,
    reveals_an_hour integer not null,
    constraint policy_sensible_check check (offer_hours > 0 and submission_days >= 0 and reveals_an_hour >
    0),
    constraint policy_number_key unique (number),
    constraint policy_effective_from_key unique (effective_from)
)""",
    """create table enrolment.run (
    id uuid primary key,
    course_id uuid not null,
    course_reference varchar not null,
    status text not null constraint run_status_check check (status in ('draft', 'open', 'confirmed',
    'in_progress', 'ended', 'closed', 'cancelled', 'discarded')),
    registration_opens_on date not null,
    registration_closes_on date not null,
    start_on date not null,
    end_on date not null,
    starts_at timestamptz not null,
    sessions jsonb not null
)""",
    "create index run_course_id_idx on enrolment.run (course_id)",
    f"""create table enrolment.trainee ({RECORD},
    id_type text not null constraint trainee_id_type_check check (id_type in ('NRIC', 'FIN', 'OTHERS')),
    id_number_sealed bytea not null,
    id_number_index bytea not null,
    id_number_last4 varchar(4) not null,
    full_name_sealed bytea not null,
    full_name_index bytea not null,
    born_on_sealed bytea not null,
    birth_precision text not null constraint trainee_birth_precision_check check (birth_precision in
    ('day', 'month', 'year')),
    person_index bytea not null,
    email_sealed bytea,
    email_index bytea,
    phone_sealed bytea,
    phone_index bytea,
    survey_language text not null constraint trainee_survey_language_check check (survey_language in
    ('EL', 'MN', 'MY', 'TM')),
    merged_into uuid constraint trainee_merged_into_fkey references enrolment.trainee,
    constraint trainee_merged_elsewhere_check check (merged_into <> id)
)""",
    "create index trainee_email_index_idx on enrolment.trainee (email_index)",
    "create index trainee_full_name_index_idx on enrolment.trainee (full_name_index)",
    "create unique index trainee_id_number_index_key on enrolment.trainee (id_number_index)",
    "create index trainee_merged_into_idx on enrolment.trainee (merged_into)",
    "create index trainee_person_index_idx on enrolment.trainee (person_index)",
    "create index trainee_phone_index_idx on enrolment.trainee (phone_index)",
    f"""create table enrolment.enrolment ({RECORD},
    full_fee_cents bigint not null,
    nett_fee_cents bigint not null,
    discount_cents bigint not null,
    balance_cents bigint not null,
    fee_due_on date,
    fee_status text not null constraint enrolment_fee_status_check check (fee_status in ('pending',
    'partial', 'full', 'cancelled')),
    fee_revision integer not null,
    fee_sync_state text not null constraint enrolment_fee_sync_state_check check (fee_sync_state in
    ('not_applicable', 'pending', 'synced', 'stale', 'unknown', 'rejected', 'dead', 'drifted')),
    fee_sync_revision integer,
    fee_acked_revision integer,
    fee_acked_at timestamptz,
    fee_sync_job_id uuid,
    fee_sync_error_code varchar,
    fee_sync_hints jsonb not null,
    revision integer not null,
    submitted_at timestamptz,
    sync_state text not null constraint enrolment_sync_state_check check (sync_state in ('not_applicable',
    'pending', 'synced', 'stale', 'unknown', 'rejected', 'dead', 'drifted')),
    remote_id varchar,
    sync_revision integer,
    acked_revision integer,
    acked_at timestamptz,
    sync_job_id uuid,
    sync_error_code varchar,
    sync_hints jsonb not null,
    run_id uuid not null constraint enrolment_run_id_fkey references enrolment.run,
    trainee_id uuid not null constraint enrolment_trainee_id_fkey references enrolment.trainee,
    status text not null constraint enrolment_status_check check (status in ('draft', 'waitlisted',
    'offered', 'confirmed', 'completed', 'cancelled', 'withdrawn', 'transferred')),
    sponsorship text not null constraint enrolment_sponsorship_check check (sponsorship in ('EMPLOYER',
    'INDIVIDUAL')),
    employer_id uuid constraint enrolment_employer_id_fkey references enrolment.employer,
    enrolled_on date not null,
    override_reason varchar,
    waitlist_seq bigint,
    offer_ends_at timestamptz,
    seated_from timestamptz,
    seated_until timestamptz,
    replaces uuid constraint enrolment_replaces_fkey references enrolment.enrolment,
    transferred_from uuid constraint enrolment_transferred_from_fkey references enrolment.enrolment,
    successor_id uuid,
    end_reason varchar,
    fundable boolean,
    funding_causes jsonb not null,
    policy_version integer not null constraint enrolment_policy_version_fkey references enrolment.policy
    (number),
    accepted_at timestamptz,
    remote_since integer not null,
    constraint enrolment_employer_check check (status not in ('confirmed', 'completed') or sponsorship <>
    'EMPLOYER' or employer_id is not null),
    constraint enrolment_individual_check check (sponsorship = 'EMPLOYER' or employer_id is null),
    constraint enrolment_queued_check check (status <> 'waitlisted' or waitlist_seq is not null),
    constraint enrolment_offer_check check ((status = 'offered') = (offer_ends_at is not null)),
    constraint enrolment_seated_check check (status not in ('confirmed', 'completed') or (submitted_at is
    not null and seated_from is not null)),
    constraint enrolment_fees_check check (nett_fee_cents between 0 and full_fee_cents and discount_cents
    between 0 and full_fee_cents and balance_cents >= 0),
    constraint enrolment_not_itself_check check (replaces <> id and transferred_from <> id and
    successor_id <> id)
)""",
    "create index enrolment_employer_idx on enrolment.enrolment (employer_id, id)",
    "create index enrolment_enrolled_on_idx on enrolment.enrolment (enrolled_on, id)",
    "create index enrolment_fee_status_idx on enrolment.enrolment (fee_status, id)",
    "create index enrolment_offers_idx on enrolment.enrolment (offer_ends_at) where status = 'offered'",
    """create unique index enrolment_one_active_key on enrolment.enrolment (trainee_id, run_id)
    where status in ('completed', 'confirmed', 'draft', 'offered', 'waitlisted')""",
    """create unique index enrolment_queue_key on enrolment.enrolment (run_id, waitlist_seq)
    where status = 'waitlisted'""",
    """create index enrolment_refund_idx on enrolment.enrolment (id)
    where status = 'cancelled' and balance_cents > 0""",
    "create index enrolment_remote_id_idx on enrolment.enrolment (remote_id)",
    "create index enrolment_run_idx on enrolment.enrolment (run_id, id)",
    "create index enrolment_status_idx on enrolment.enrolment (status, id)",
    "create index enrolment_sync_idx on enrolment.enrolment (sync_state, id)",
    "create index enrolment_trainee_idx on enrolment.enrolment (trainee_id, id)",
    """create table enrolment.reveal (
    id uuid primary key,
    trainee_id uuid not null constraint reveal_trainee_id_fkey references enrolment.trainee,
    actor_id varchar not null,
    revealed_at timestamptz not null
)""",
    "create index reveal_actor_idx on enrolment.reveal (actor_id, revealed_at)",
    """create table enrolment.run_account (
    run_id uuid not null constraint run_account_run_id_fkey references enrolment.run,
    user_id uuid not null,
    primary key (run_id, user_id)
)""",
    "create index run_account_user_idx on enrolment.run_account (user_id, run_id)",
    """create table enrolment.run_seats (
    run_id uuid primary key constraint run_seats_run_id_fkey references enrolment.run,
    planned integer not null,
    capacity integer not null,
    confirmed integer not null,
    offered integer not null,
    waitlisted integer not null,
    last_sequence bigint not null,
    constraint run_seats_capacity_check check (confirmed + offered <= capacity),
    constraint run_seats_counts_check check (confirmed >= 0 and offered >= 0 and waitlisted >= 0),
    constraint run_seats_planned_check check (capacity >= planned and planned >= 0)
)""",
    """create table enrolment.fee_entry (
    id uuid primary key,
    enrolment_id uuid not null constraint fee_entry_enrolment_id_fkey references enrolment.enrolment,
    kind text not null constraint fee_entry_kind_check check (kind in ('payment', 'reversal', 'refund',
    'carried_out', 'carried_in')),
    amount_cents bigint not null,
    paid_on date not null,
    reverses uuid constraint fee_entry_reverses_fkey references enrolment.fee_entry,
    reason varchar,
    created_at timestamptz not null,
    created_by varchar not null,
    constraint fee_entry_sign_check check (case when kind in ('payment', 'carried_in') then amount_cents >
    0 else amount_cents < 0 end),
    constraint fee_entry_reverses_check check ((kind = 'reversal') = (reverses is not null))
)""",
    "create index fee_entry_enrolment_idx on enrolment.fee_entry (enrolment_id, id)",
    "create unique index fee_entry_reverses_key on enrolment.fee_entry (reverses)",
    """create table enrolment.progress (
    enrolment_id uuid primary key constraint progress_enrolment_id_fkey references enrolment.enrolment,
    credited_minutes integer not null,
    held_minutes integer not null,
    scheduled_minutes integer not null,
    required_pct integer not null,
    rate_met boolean not null,
    rate_reachable boolean not null,
    outcome_decided boolean not null,
    passed boolean not null
)""",
]

GUARDS = [
    """create function enrolment.guard_submitted_enrolment() returns trigger language plpgsql as $$
begin
    if old.submitted_at is null then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if tg_op = 'DELETE' then
        raise exception 'an enrolment is never deleted after its first submission' using errcode = 'restrict_violation';
    end if;
    if new.run_id <> old.run_id or new.trainee_id <> old.trainee_id then
        raise exception 'who and where of a submitted enrolment never change' using errcode = 'restrict_violation';
    end if;
    if new.submitted_at is null then
        raise exception 'a submission cannot be forgotten' using errcode = 'restrict_violation';
    end if;
    return new;
end $$""",
    """create trigger guard_submitted_enrolment before update or delete on enrolment.enrolment
for each row execute function enrolment.guard_submitted_enrolment()""",
    """create function enrolment.guard_fee_entry() returns trigger language plpgsql as $$
begin
    raise exception 'a fee entry is never changed or removed' using errcode = 'restrict_violation';
end $$""",
    """create trigger guard_fee_entry before update or delete on enrolment.fee_entry
for each row execute function enrolment.guard_fee_entry()""",
]

# Working assumptions and present practice; a later version replaces them from its own date on.
FIRST_POLICY = """insert into enrolment.policy (
    id, created_at, created_by, updated_at, updated_by, correlation_id, number, effective_from,
    offer_hours, submission_days, reveals_an_hour
) values (
    '00000000-0000-7000-8000-000000000001', now(), 'system', now(), 'system',
    '00000000-0000-7000-8000-000000000001', 1, '2020-01-01',
    48, 14, 30
)"""


def upgrade() -> None:
    for statement in [
        *TABLES,
        *GUARDS,
        FIRST_POLICY,
        *messaging_v1("enrolment"),
        *idempotency_v1("enrolment"),
    ]:
        op.execute(statement)
