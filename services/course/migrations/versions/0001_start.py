"""Courses, runs, sessions, venues, people, the policy they are judged by, and the tables every service shares."""

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

CATALOGUE_STATUS = "check (status in ('active', 'retired'))"
MODES = "('1', '2', '3', '4', '5', '6', '7', '8', '9')"

TABLES = [
    f"""create table course.policy ({RECORD},
    number integer not null,
    effective_from date not null,
    session_max_minutes integer not null,
    makeup_window_days integer not null,
    class_max_size integer not null,
    travel_buffer_minutes integer not null,
    publish_target_days integer not null,
    publish_min_lead_minutes integer not null,
    session_cutoff_minutes integer not null,
    reveals_an_hour integer not null,
    constraint policy_number_key unique (number),
    constraint policy_effective_from_key unique (effective_from),
    constraint policy_sensible_check check (
        session_max_minutes > 0 and makeup_window_days >= 0 and class_max_size > 0
        and travel_buffer_minutes >= 0 and publish_target_days >= 0 and publish_min_lead_minutes >= 0
        and session_cutoff_minutes >= 0 and reveals_an_hour > 0)
)""",
    f"""create table course.course ({RECORD},
    reference varchar(100) not null,
    title varchar not null,
    status text not null constraint course_status_check {CATALOGUE_STATUS},
    funded boolean not null,
    support_from date,
    support_to date,
    skill_codes text[] not null,
    planned_minutes integer not null check (planned_minutes > 0),
    pass_rule jsonb not null,
    min_attendance_pct integer not null,
    max_class_size integer check (max_class_size > 0),
    modes text[] not null constraint course_modes_check check (
        modes <@ array['1', '2', '3', '4', '5', '6', '7', '8', '9']),
    constraint course_support_ordered_check check (support_from <= support_to),
    constraint course_funded_window_check check (
        not funded or (support_from is not null and support_to is not null)),
    constraint course_pct_check check (min_attendance_pct between 0 and 100)
)""",
    "create unique index course_reference_key on course.course (reference)",
    f"""create table course.venue ({RECORD},
    name varchar not null,
    status text not null constraint venue_status_check {CATALOGUE_STATUS},
    block varchar(10),
    street varchar(32),
    floor varchar(3),
    unit varchar(5),
    building varchar(66),
    postal_code varchar(6) check (postal_code ~ '^[0-9]{{6}}$'),
    room varchar(255),
    wheelchair_access boolean not null,
    capacity integer,
    constraint venue_capacity_check check (capacity > 0)
)""",
    f"""create table course.trainer ({RECORD},
    user_id uuid,
    status text not null constraint trainer_status_check {CATALOGUE_STATUS},
    roles integer[] not null,
    existing boolean not null,
    id_type text not null constraint trainer_id_type_check check (id_type in ('SP', 'SB', 'SO', 'FP', 'OT')),
    id_number_sealed bytea not null,
    id_number_index bytea not null,
    name_sealed bytea not null,
    email_sealed bytea not null,
    salutation integer,
    domain_area_of_practice varchar(1000) not null,
    experience varchar(1000) not null,
    linkedin_url varchar(255) not null,
    qualifications jsonb not null,
    constraint trainer_salutation_check check (salutation between 1 and 6),
    constraint trainer_roles_check check (cardinality(roles) > 0 and roles <@ array[1, 2])
)""",
    "create unique index trainer_id_number_index_key on course.trainer (id_number_index)",
    "create unique index trainer_user_id_key on course.trainer (user_id)",
    """create table course.reveal (
    id uuid primary key,
    trainer_id uuid not null constraint reveal_trainer_id_fkey references course.trainer,
    actor_id varchar not null,
    revealed_at timestamptz not null
)""",
    "create index reveal_actor_idx on course.reveal (actor_id, revealed_at)",
    f"""create table course.course_run ({RECORD},
    revision integer not null,
    submitted_at timestamptz,
    sync_state text not null constraint course_run_sync_state_check check (sync_state in (
        'not_applicable', 'pending', 'synced', 'stale', 'unknown', 'rejected', 'dead', 'drifted')),
    remote_id varchar,
    sync_revision integer,
    acked_revision integer,
    acked_at timestamptz,
    sync_job_id uuid,
    sync_error_code varchar,
    sync_hints jsonb not null,
    course_id uuid not null constraint course_run_course_id_fkey references course.course,
    course_reference varchar(100) not null,
    status text not null constraint course_run_status_check check (status in (
        'draft', 'open', 'confirmed', 'in_progress', 'ended', 'closed', 'cancelled', 'discarded')),
    policy_version integer not null constraint course_run_policy_version_fkey references course.policy (number),
    registration_opens_on date not null,
    registration_closes_on date not null,
    start_on date not null,
    end_on date not null,
    intake_size integer not null,
    threshold integer not null,
    min_pax integer not null,
    registered_count integer not null,
    class_size_override varchar,
    mode_of_training text not null constraint course_run_mode_of_training_check check (mode_of_training in {MODES}),
    schedule_info varchar(300) not null,
    admin_email varchar(255) not null,
    vacancy text not null constraint course_run_vacancy_check check (vacancy in ('A', 'F', 'L')),
    venue_id uuid constraint course_run_venue_id_fkey references course.venue,
    cancel_reason varchar,
    wakes_at timestamptz,
    constraint course_run_dates_ordered_check check (
        registration_opens_on <= registration_closes_on and registration_closes_on <= start_on
        and start_on <= end_on),
    constraint course_run_seats_check check (
        intake_size > 0 and threshold >= 0 and min_pax between 0 and intake_size),
    constraint course_run_seats_taken_check check (registered_count between 0 and intake_size + threshold)
)""",
    "create index course_run_start_idx on course.course_run (start_on, id)",
    "create index course_run_status_idx on course.course_run (status, start_on, id)",
    "create index course_run_sync_idx on course.course_run (sync_state, start_on, id)",
    "create index course_run_course_idx on course.course_run (course_id, start_on, id)",
    "create index course_run_venue_id_idx on course.course_run (venue_id)",
    "create unique index course_run_remote_id_key on course.course_run (remote_id)",
    "create index course_run_wakes_idx on course.course_run (wakes_at) where wakes_at is not null",
    """create table course.run_trainer (
    run_id uuid not null constraint run_trainer_run_id_fkey references course.course_run,
    trainer_id uuid not null constraint run_trainer_trainer_id_fkey references course.trainer,
    user_id uuid,
    roles integer[] not null,
    primary key (run_id, trainer_id),
    constraint run_trainer_roles_check check (cardinality(roles) > 0 and roles <@ array[1, 2])
)""",
    "create index run_trainer_trainer_idx on course.run_trainer (trainer_id, run_id)",
    f"""create table course.session ({RECORD},
    run_id uuid not null constraint session_run_id_fkey references course.course_run,
    sequence integer not null,
    status text not null constraint session_status_check check (status in ('planned', 'held', 'cancelled')),
    start_at timestamptz not null,
    end_at timestamptz not null,
    mode_of_training text not null constraint session_mode_of_training_check check (mode_of_training in {MODES}),
    venue_id uuid constraint session_venue_id_fkey references course.venue,
    is_makeup boolean not null,
    makeup_for uuid constraint session_makeup_for_fkey references course.session,
    attendance_taken boolean not null,
    remote_id varchar,
    constraint session_run_sequence_key unique (run_id, sequence),
    constraint session_slot_key unique (id, start_at, end_at, status),
    constraint session_ordered_check check (start_at < end_at),
    constraint session_online_has_no_room_check check (mode_of_training not in ('2', '9') or venue_id is null),
    constraint session_makeup_check check (makeup_for is null or is_makeup)
)""",
    "create index session_venue_idx on course.session (venue_id, start_at)",
    """create table course.session_trainer (
    session_id uuid not null,
    trainer_id uuid not null constraint session_trainer_trainer_id_fkey references course.trainer,
    start_at timestamptz not null,
    end_at timestamptz not null,
    status text not null,
    primary key (session_id, trainer_id),
    constraint session_trainer_session_fkey foreign key (session_id, start_at, end_at, status)
        references course.session (id, start_at, end_at, status) on update cascade on delete cascade
)""",
    "create index session_trainer_trainer_idx on course.session_trainer (trainer_id, start_at)",
]

# Nobody and nothing is in two places at once. Half-open: back to back is legal. Deferrable, so that one transaction
# may shift a whole run by a day, session over session.
NO_OVERLAP = [
    """alter table course.session add constraint session_run_overlap exclude using gist (
    run_id with =, tstzrange(start_at, end_at, '[)') with &&
) where (status <> 'cancelled') deferrable initially deferred""",
    """alter table course.session add constraint session_venue_overlap exclude using gist (
    venue_id with =, tstzrange(start_at, end_at, '[)') with &&
) where (status <> 'cancelled' and venue_id is not null) deferrable initially deferred""",
    """alter table course.session_trainer add constraint session_trainer_overlap exclude using gist (
    trainer_id with =, tstzrange(start_at, end_at, '[)') with &&
) where (status <> 'cancelled') deferrable initially deferred""",
]

GUARDS = [
    """create function course.guard_submitted_run() returns trigger language plpgsql as $$
begin
    if old.submitted_at is null then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if tg_op = 'DELETE' then
        raise exception 'a run is never deleted after its first submission' using errcode = 'restrict_violation';
    end if;
    if new.course_reference <> old.course_reference or new.course_id <> old.course_id then
        raise exception 'the course of a published run never changes' using errcode = 'restrict_violation';
    end if;
    if new.submitted_at is null then
        raise exception 'a submission cannot be forgotten' using errcode = 'restrict_violation';
    end if;
    return new;
end $$""",
    """create trigger guard_submitted_run before update or delete on course.course_run
for each row execute function course.guard_submitted_run()""",
    """create function course.guard_attended_session() returns trigger language plpgsql as $$
begin
    if not old.attendance_taken then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if tg_op = 'DELETE' or new.start_at <> old.start_at or new.end_at <> old.end_at then
        raise exception 'a session with attendance is neither moved nor removed' using errcode = 'restrict_violation';
    end if;
    return new;
end $$""",
    """create trigger guard_attended_session before update or delete on course.session
for each row execute function course.guard_attended_session()""",
]

# Present practice and working assumptions; a later version replaces them from its own date on.
FIRST_POLICY = """insert into course.policy (
    id, created_at, created_by, updated_at, updated_by, correlation_id, number, effective_from,
    session_max_minutes, makeup_window_days, class_max_size, travel_buffer_minutes,
    publish_target_days, publish_min_lead_minutes, session_cutoff_minutes, reveals_an_hour
) values (
    '00000000-0000-7000-8000-000000000001', now(), 'system', now(), 'system',
    '00000000-0000-7000-8000-000000000001', 1, '2020-01-01',
    600, 60, 40, 30, 14, 0, 0, 30
)"""


def upgrade() -> None:
    # Trusted since Postgres 13, so the schema's owner may create it where provisioning has not.
    op.execute("create extension if not exists btree_gist with schema public")
    for statement in [*TABLES, *NO_OVERLAP, *GUARDS, FIRST_POLICY, *messaging_v1("course"), *idempotency_v1("course")]:
        op.execute(statement)
