"""A record is its type and its id: enrolments, fees, attendance and assessments join the runs.

What is there stays: the rows of runs keep their ids, names and revisions; jobs learn what they touch at TPGateway.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
EARLY = "came before anybody had an installation that had to go on meanwhile"
narrows = {
    "ban-drop-constraint": ("unreleased", EARLY),
    "constraint-missing-not-valid": ("unreleased", EARLY),
    "adding-serial-primary-key-field": ("unreleased", EARLY),
    "adding-not-nullable-field": ("unreleased", EARLY),
    "ban-drop-column": ("unreleased", EARLY),
    "adding-unique-index": ("unreleased", EARLY),
}

SCHEMA = "tpg_sync"
TYPES = "('run', 'enrolment', 'fee', 'attendance', 'assessment')"
KINDS = (
    "kind in ('run.publish', 'run.edit', 'run.delete', 'run.sessions', 'enrolment.create', 'enrolment.update', "
    "'enrolment.cancel', 'fee.collect', 'attendance.upload', 'assessment.create', 'assessment.update', "
    "'assessment.void')"
)


def upgrade() -> None:
    _record()
    _job()
    _calendar()
    _scans()
    op.execute(
        f"insert into {SCHEMA}.sync_breaker (name, state, open_count) values ('enrolments', 'closed', 0), "
        "('attendance', 'closed', 0), ('assessments', 'closed', 0) on conflict (name) do nothing"
    )


def _record() -> None:
    op.execute(f"alter table {SCHEMA}.sync_record drop constraint sync_record_pkey")
    op.execute(f"alter table {SCHEMA}.sync_record add constraint sync_record_pkey primary key (record_type, record_id)")
    for name in ("run_id", "session_id", "enrolment_id", "replaces"):
        op.add_column("sync_record", sa.Column(name, sa.Uuid), schema=SCHEMA)
    op.add_column("sync_record", sa.Column("former_ids", postgresql.JSONB), schema=SCHEMA)
    op.add_column("sync_record", sa.Column("ended", sa.Boolean), schema=SCHEMA)
    op.add_column("sync_record", sa.Column("carried_revision", sa.Integer), schema=SCHEMA)
    op.add_column("sync_record", sa.Column("there_since", sa.DateTime(timezone=True)), schema=SCHEMA)
    # A run whose newest intention is its removal is given up; names it had before stand on its finished removals.
    op.execute(
        f"""update {SCHEMA}.sync_record r set
            ended = coalesce((
                select j.kind = 'run.delete' from {SCHEMA}.sync_job j
                where j.record_id = r.record_id and j.kind <> 'run.sessions' order by j.ordinal desc limit 1), false),
            former_ids = coalesce((
                select jsonb_agg(j.remote_ref order by j.ordinal) from {SCHEMA}.sync_job j
                where j.record_id = r.record_id and j.kind = 'run.delete' and j.state = 'succeeded'
                    and j.remote_ref is not null), '[]')"""
    )
    op.alter_column("sync_record", "ended", nullable=False, schema=SCHEMA)
    op.alter_column("sync_record", "former_ids", nullable=False, schema=SCHEMA)
    for name, columns, where in (
        ("run", ["run_id", "record_type"], "run_id is not null"),
        ("enrolment", ["enrolment_id"], "enrolment_id is not null"),
        ("replaces", ["replaces"], "replaces is not null"),
    ):
        op.create_index(
            f"sync_record_{name}_idx", "sync_record", columns, schema=SCHEMA, postgresql_where=sa.text(where)
        )


def _job() -> None:
    op.execute(f"alter table {SCHEMA}.sync_job drop constraint sync_job_kind_check")
    op.execute(f"alter table {SCHEMA}.sync_job add constraint sync_job_kind_check check ({KINDS})")
    op.add_column("sync_job", sa.Column("remote_type", sa.Text), schema=SCHEMA)
    op.execute(
        f"update {SCHEMA}.sync_job set remote_type = case record_type when 'fee' then 'enrolment' else record_type end"
    )
    op.alter_column("sync_job", "remote_type", nullable=False, schema=SCHEMA)
    op.execute(f"alter table {SCHEMA}.sync_job add constraint sync_job_remote_type_check check (remote_type in {TYPES})")
    op.add_column("sync_job", sa.Column("deadline_policy", sa.String), schema=SCHEMA)
    op.add_column("sync_job", sa.Column("dated_for", sa.Integer), schema=SCHEMA)
    # Jobs waited for jobs; now they wait for records, which is judged again when one is claimed.
    op.execute(f"update {SCHEMA}.sync_job set state = 'queued' where state = 'blocked'")
    op.drop_column("sync_job", "depends_on", schema=SCHEMA)
    indexes = {
        "one_in_flight": (["remote_type", "record_id"], True, "state in ('in_flight', 'verifying')"),
        "open": (["record_type", "record_id", "ordinal"], False, "state not in ('succeeded', 'superseded', 'cancelled')"),
        "record": (["record_type", "record_id", "ordinal"], False, None),
    }
    for name in indexes:
        op.drop_index(f"sync_job_{name}_idx", "sync_job", schema=SCHEMA)
    indexes["blocked"] = (["record_type", "record_id"], False, "state = 'blocked'")
    for name, (columns, unique, where) in indexes.items():
        op.create_index(
            f"sync_job_{name}_idx",
            "sync_job",
            columns,
            unique=unique,
            schema=SCHEMA,
            postgresql_where=sa.text(where) if where else None,
        )


def _calendar() -> None:
    op.create_table(
        "run_calendar",
        sa.Column("run_id", sa.Uuid, primary_key=True),
        sa.Column("course_id", sa.Uuid, nullable=False),
        sa.Column("course_reference", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("start_on", sa.Date, nullable=False),
        sa.Column("end_on", sa.Date, nullable=False),
        sa.Column("dates_version", sa.Integer, nullable=False),
        sa.Column("sessions", postgresql.JSONB, nullable=False),
        schema=SCHEMA,
    )


def _scans() -> None:
    op.create_table(
        "scan_watch",
        sa.Column("session_id", sa.Uuid, primary_key=True),
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", postgresql.JSONB, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        schema=SCHEMA,
    )
    op.create_index(
        "scan_watch_due_idx", "scan_watch", ["next_at"], schema=SCHEMA, postgresql_where=sa.text("not done")
    )
    op.create_table(
        "course_funding",
        sa.Column("course_id", sa.Uuid, primary_key=True),
        sa.Column("funded", sa.Boolean, nullable=False),
        schema=SCHEMA,
    )
