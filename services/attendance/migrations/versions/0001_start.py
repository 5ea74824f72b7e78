"""Sheets and marks with their revisions, rates, check-ins, what other services say of runs and seats, and the tables
every service shares."""

from alembic import op

from libs.outbox.schema import messaging_v1
from libs.web.schema import idempotency_v1

revision = "0001"
down_revision = None

TABLES = [
    """create table attendance.course_terms (
    course_id uuid not null,
    required_pct integer not null,
    funded boolean not null,
    constraint course_terms_pkey primary key (course_id)
)""",
    """create table attendance.policy (
    version integer not null default 1,
    id uuid not null,
    created_at timestamptz not null,
    created_by varchar not null,
    updated_at timestamptz not null,
    updated_by varchar not null,
    correlation_id uuid not null,
    number integer not null,
    effective_from date not null,
    lock_hours integer not null,
    check_in_early_minutes integer not null,
    check_in_close_minutes integer not null,
    threshold_pct integer not null,
    counts_assessments boolean not null,
    constraint policy_pkey primary key (id),
    constraint policy_sensible_check check (lock_hours > 0 and check_in_early_minutes >= 0 and
    check_in_close_minutes >= 0 and threshold_pct between 0 and 100),
    constraint policy_number_key unique (number),
    constraint policy_effective_from_key unique (effective_from)
)""",
    """create table attendance.rate (
    enrolment_id uuid not null,
    run_id uuid not null,
    credited_minutes integer not null,
    held_minutes integer not null,
    scheduled_minutes integer not null,
    required_pct integer not null,
    met boolean not null,
    reachable boolean not null,
    at_risk boolean not null,
    complete boolean not null,
    constraint rate_pkey primary key (enrolment_id)
)""",
    "create index rate_run_idx on attendance.rate (run_id, enrolment_id)",
    """create table attendance.run (
    id uuid not null,
    course_id uuid not null,
    course_reference varchar not null,
    status text not null constraint run_status_check check (status in ('draft', 'open', 'confirmed', 'in_progress',
    'ended', 'closed', 'cancelled', 'discarded')),
    constraint run_pkey primary key (id)
)""",
    "create index run_course_id_idx on attendance.run (course_id)",
    """create table attendance.seat (
    id uuid not null,
    run_id uuid not null,
    trainee_id uuid not null,
    status text not null constraint seat_status_check check (status in ('draft', 'waitlisted', 'offered',
    'confirmed', 'completed', 'cancelled', 'withdrawn', 'transferred')),
    seated_from timestamptz,
    seated_until timestamptz,
    replaces uuid,
    remote_id varchar,
    constraint seat_pkey primary key (id)
)""",
    "create index seat_remote_id_idx on attendance.seat (remote_id)",
    "create index seat_replaces_idx on attendance.seat (replaces)",
    "create index seat_run_idx on attendance.seat (run_id, id)",
    """create table attendance.check_in_pass (
    enrolment_id uuid not null,
    digest bytea not null,
    issued_at timestamptz not null,
    issued_by varchar not null,
    constraint check_in_pass_pkey primary key (enrolment_id),
    constraint check_in_pass_enrolment_id_fkey foreign key (enrolment_id) references attendance.seat (id)
)""",
    "create unique index check_in_pass_digest_key on attendance.check_in_pass (digest)",
    """create table attendance.run_account (
    run_id uuid not null,
    user_id uuid not null,
    teaches boolean not null,
    constraint run_account_pkey primary key (run_id, user_id),
    constraint run_account_run_id_fkey foreign key (run_id) references attendance.run (id)
)""",
    "create index run_account_user_idx on attendance.run_account (user_id, run_id)",
    """create table attendance.session (
    id uuid not null,
    run_id uuid not null,
    sequence integer not null,
    start_at timestamptz not null,
    end_at timestamptz not null,
    mode_of_training varchar not null,
    status text not null constraint session_status_check check (status in ('planned', 'held', 'cancelled')),
    is_makeup boolean not null,
    makeup_for uuid,
    remote_id varchar,
    constraint session_pkey primary key (id),
    constraint session_run_id_fkey foreign key (run_id) references attendance.run (id)
)""",
    "create index session_run_idx on attendance.session (run_id, sequence)",
    "create index session_start_idx on attendance.session (start_at, id)",
    """create table attendance.sheet (
    version integer not null default 1,
    id uuid not null,
    created_at timestamptz not null,
    created_by varchar not null,
    updated_at timestamptz not null,
    updated_by varchar not null,
    correlation_id uuid not null,
    run_id uuid not null,
    state text not null constraint sheet_state_check check (state in ('open', 'locked')),
    policy_version integer not null,
    lock_due_at timestamptz not null,
    locked_at timestamptz,
    locked_by varchar,
    constraint sheet_pkey primary key (id),
    constraint sheet_locked_check check ((state = 'locked') = (locked_at is not null)),
    constraint sheet_policy_version_fkey foreign key (policy_version) references attendance.policy (number)
)""",
    "create index sheet_due_idx on attendance.sheet (lock_due_at) where state = 'open'",
    "create index sheet_run_idx on attendance.sheet (run_id, id)",
    """create table attendance.attendance (
    revision integer not null,
    submitted_at timestamptz,
    sync_state text not null constraint attendance_sync_state_check check (sync_state in ('not_applicable',
    'pending', 'synced', 'stale', 'unknown', 'rejected', 'dead', 'drifted')),
    remote_id varchar,
    sync_revision integer,
    acked_revision integer,
    acked_at timestamptz,
    sync_job_id uuid,
    sync_error_code varchar,
    sync_hints jsonb not null,
    version integer not null default 1,
    id uuid not null,
    created_at timestamptz not null,
    created_by varchar not null,
    updated_at timestamptz not null,
    updated_by varchar not null,
    correlation_id uuid not null,
    session_id uuid not null,
    run_id uuid not null,
    enrolment_id uuid not null,
    trainee_id uuid not null,
    seated boolean not null,
    state text not null constraint attendance_state_check check (state in ('unmarked', 'checked_in', 'present',
    'absent', 'rejected', 'voided')),
    method varchar,
    note varchar,
    minutes_credited integer not null,
    present_from timestamptz,
    present_to timestamptz,
    mark_revision integer not null,
    marked_by varchar,
    marked_at timestamptz,
    checked_in_at timestamptz,
    reason varchar,
    evidence varchar,
    scanned_at timestamptz,
    scan_row varchar,
    conflict varchar,
    rank_care integer,
    rank_base integer,
    rank_made_at timestamptz,
    rank_operation uuid,
    constraint attendance_pkey primary key (id),
    constraint attendance_line_key unique (session_id, enrolment_id),
    constraint attendance_method_check check (method in ('singpass_qr', 'local_qr', 'trainer', 'import', 'paper')),
    constraint attendance_note_check check (note in ('late', 'left_early', 'excused')),
    constraint attendance_conflict_check check (conflict in ('ATT-02', 'ATT-03', 'ATT-04', 'ATT-05')),
    constraint attendance_present_check check ((state = 'present') = (present_from is not null) and (present_from is
    null) = (present_to is null) and present_from < present_to),
    constraint attendance_minutes_check check (minutes_credited >= 0 and (state = 'present' or minutes_credited =
    0)),
    constraint attendance_owed_check check (state <> 'present' or submitted_at is not null),
    constraint attendance_judged_check check (state in ('unmarked', 'checked_in') or marked_at is not null),
    constraint attendance_session_id_fkey foreign key (session_id) references attendance.session (id)
)""",
    "create index attendance_conflict_idx on attendance.attendance (id) where conflict is not null",
    "create index attendance_enrolment_idx on attendance.attendance (enrolment_id, id)",
    "create index attendance_run_idx on attendance.attendance (run_id, id)",
    "create index attendance_state_idx on attendance.attendance (state, id)",
    "create index attendance_sync_idx on attendance.attendance (sync_state, id)",
    "create index attendance_trainee_idx on attendance.attendance (trainee_id, id)",
    """create table attendance.check_in (
    session_id uuid not null,
    enrolment_id uuid not null,
    at timestamptz not null,
    device bytea not null,
    constraint check_in_pkey primary key (session_id, enrolment_id),
    constraint check_in_session_id_fkey foreign key (session_id) references attendance.session (id),
    constraint check_in_enrolment_id_fkey foreign key (enrolment_id) references attendance.seat (id)
)""",
    "create index check_in_device_idx on attendance.check_in (session_id, device)",
    """create table attendance.operation (
    attendance_id uuid not null,
    operation_id uuid not null,
    fate text not null constraint operation_fate_check check (fate in ('applied', 'superseded')),
    heard_at timestamptz not null,
    constraint operation_pkey primary key (attendance_id, operation_id),
    constraint operation_attendance_id_fkey foreign key (attendance_id) references attendance.attendance (id)
)""",
    """create table attendance.revision (
    attendance_id uuid not null,
    number integer not null,
    action varchar not null,
    state text not null constraint revision_state_check check (state in ('unmarked', 'checked_in', 'present',
    'absent', 'rejected', 'voided')),
    method varchar,
    note varchar,
    minutes_credited integer not null,
    enrolment_id uuid not null,
    reason varchar,
    evidence varchar,
    made_at timestamptz not null,
    recorded_at timestamptz not null,
    actor_id varchar not null,
    actor_role varchar not null,
    correlation_id uuid not null,
    constraint revision_pkey primary key (attendance_id, number),
    constraint revision_attendance_id_fkey foreign key (attendance_id) references attendance.attendance (id)
)""",
    """create table attendance.import_batch (
    version integer not null default 1,
    id uuid not null,
    created_at timestamptz not null,
    created_by varchar not null,
    updated_at timestamptz not null,
    updated_by varchar not null,
    correlation_id uuid not null,
    run_id uuid,
    evidence varchar,
    sha256 bytea not null,
    header jsonb not null,
    ignored jsonb not null,
    status text not null constraint import_batch_status_check check (status in ('checking', 'checked', 'committing',
    'committed')),
    rows integer not null,
    ordered_by varchar,
    ordered_as varchar,
    may_correct boolean not null,
    constraint import_batch_pkey primary key (id)
)""",
    "create unique index import_batch_sha256_key on attendance.import_batch (sha256, coalesce(run_id::text, ''), coalesce(evidence, ''))",
    "create index import_batch_work_idx on attendance.import_batch (id) where status in ('checking', 'committing')",
    """create table attendance.import_row (
    batch_id uuid not null,
    number integer not null,
    cells_sealed bytea not null,
    verdict varchar,
    findings jsonb not null,
    session_id uuid,
    enrolment_id uuid,
    state_now varchar,
    state_wished varchar,
    attendance_id uuid,
    settled_at timestamptz,
    constraint import_row_pkey primary key (batch_id, number),
    constraint import_row_batch_id_fkey foreign key (batch_id) references attendance.import_batch (id)
)""",
    "create index import_row_line_idx on attendance.import_row (batch_id, session_id, enrolment_id, number)",
    "create index import_row_open_idx on attendance.import_row (batch_id, number) where verdict in ('create', 'change') and settled_at is null",
    "create index import_row_unjudged_idx on attendance.import_row (batch_id, number) where verdict is null",
]

# Nobody is present in two sessions at once, across all runs; back to back is legal.
NO_OVERLAP = """alter table attendance.attendance add constraint attendance_present_once exclude using gist (
    trainee_id with =, tstzrange(present_from, present_to, '[)') with &&
) where (state = 'present')"""

GUARDS = [
    """create function attendance.guard_line() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.mark_revision > 0 or old.submitted_at is not null then
            raise exception 'attendance is never deleted once it was touched' using errcode = 'restrict_violation';
        end if;
        return old;
    end if;
    if new.session_id <> old.session_id or new.run_id <> old.run_id then
        raise exception 'where attendance was taken never changes' using errcode = 'restrict_violation';
    end if;
    if new.mark_revision < old.mark_revision or new.revision < old.revision
        or (old.submitted_at is not null and new.submitted_at is null) then
        raise exception 'what was said of attendance is not unsaid' using errcode = 'restrict_violation';
    end if;
    return new;
end $$""",
    """create trigger guard_line before update or delete on attendance.attendance
for each row execute function attendance.guard_line()""",
    """create function attendance.guard_revision() returns trigger language plpgsql as $$
begin
    raise exception 'a revision is never changed or removed' using errcode = 'restrict_violation';
end $$""",
    """create trigger guard_revision before update or delete on attendance.revision
for each row execute function attendance.guard_revision()""",
]

# Working assumptions and present practice; a later version replaces them from its own date on.
FIRST_POLICY = """insert into attendance.policy (
    id, created_at, created_by, updated_at, updated_by, correlation_id, number, effective_from,
    lock_hours, check_in_early_minutes, check_in_close_minutes, threshold_pct, counts_assessments
) values (
    '00000000-0000-7000-8000-000000000001', now(), 'system', now(), 'system',
    '00000000-0000-7000-8000-000000000001', 1, '2020-01-01',
    24, 30, 30, 75, false
)"""


def upgrade() -> None:
    op.execute("create extension if not exists btree_gist with schema public")
    for statement in [
        *TABLES,
        NO_OVERLAP,
        *GUARDS,
        FIRST_POLICY,
        *messaging_v1("attendance"),
        *idempotency_v1("attendance"),
    ]:
        op.execute(statement)
