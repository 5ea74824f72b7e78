"""Spreadsheets of people to enrol, row by row."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = [
    """create table enrolment.import_batch (
    id uuid primary key,
    version integer not null default 1,
    created_at timestamptz not null,
    created_by varchar not null,
    updated_at timestamptz not null,
    updated_by varchar not null,
    correlation_id uuid not null,
    run_id uuid,
    sha256 bytea not null,
    header jsonb not null,
    ignored jsonb not null,
    status text not null constraint import_batch_status_check check (status in ('checking', 'checked', 'committing',
    'committed')),
    rows integer not null,
    confirms boolean not null,
    ordered_by varchar,
    ordered_as varchar
)""",
    "create unique index import_batch_sha256_key on enrolment.import_batch (sha256, coalesce(run_id::text, ''))",
    "create index import_batch_work_idx on enrolment.import_batch (id) where status in ('checking', 'committing')",
    """create table enrolment.import_row (
    batch_id uuid not null references enrolment.import_batch,
    number integer not null,
    cells_sealed bytea not null,
    id_number_index bytea,
    verdict varchar constraint import_row_verdict_check check (verdict in ('create', 'match', 'duplicate', 'refused')),
    findings jsonb not null,
    run_id uuid,
    trainee_id uuid,
    enrolment_id uuid,
    settled_at timestamptz,
    primary key (batch_id, number)
)""",
    "create index import_row_unjudged_idx on enrolment.import_row (batch_id, number) where verdict is null",
    "create index import_row_open_idx on enrolment.import_row (batch_id, number) "
    "where verdict in ('create', 'match') and settled_at is null",
    "create index import_row_person_idx on enrolment.import_row (batch_id, id_number_index, number)",
]


def upgrade() -> None:
    for table in TABLES:
        op.execute(table)
