"""Jobs, attempts, records, lane and circuits, and the tables every service shares."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.outbox.schema import messaging_v1
from libs.web.schema import idempotency_v1

revision = "0001"
down_revision = None

SCHEMA = "tpg_sync"
RECORD_TYPES = "record_type in ('run', 'enrolment', 'fee', 'attendance', 'assessment')"
KINDS = "kind in ('run.publish', 'run.edit', 'run.delete', 'run.sessions')"
STATES = (
    "state in ('blocked', 'queued', 'in_flight', 'retry_wait', 'verifying', 'succeeded', 'rejected', "
    "'dead_lettered', 'superseded', 'cancelled')"
)
# Ids made from fixed names, the same in every installation; see models.py.
LANE_ID = "ef566303-8370-59dc-a6d3-e00edcc0da3a"


def _instant(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _record()
    _job()
    _attempt()
    _way()
    for statement in [*messaging_v1(SCHEMA), *idempotency_v1(SCHEMA)]:
        op.execute(statement)


def _record() -> None:
    op.create_table(
        "sync_record",
        sa.Column("record_id", sa.Uuid, primary_key=True),
        sa.Column("record_type", sa.Text, nullable=False),
        sa.Column("remote_id", sa.String),
        sa.Column("parts", postgresql.JSONB, nullable=False),
        sa.Column("acked_revision", sa.Integer),
        sa.Column("acked_hash", sa.LargeBinary),
        _instant("acked_at"),
        sa.Column("last_ordinal", sa.BigInteger, nullable=False),
        sa.CheckConstraint(RECORD_TYPES, name="record_type"),
        schema=SCHEMA,
    )
    op.create_index(
        "sync_record_remote_idx",
        "sync_record",
        ["record_type", "remote_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("remote_id is not null"),
    )


def _job() -> None:
    op.create_table(
        "sync_job",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("record_type", sa.Text, nullable=False),
        sa.Column("record_id", sa.Uuid, nullable=False),
        sa.Column("record_revision", sa.Integer, nullable=False),
        sa.Column("ordinal", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("endpoint_group", sa.String, nullable=False),
        sa.Column("idempotency_key", sa.String, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("reads", sa.Integer, nullable=False),
        sa.Column("series", sa.Integer, nullable=False),
        _instant("not_before", nullable=False),
        _instant("deadline_at"),
        sa.Column("depends_on", postgresql.ARRAY(sa.Uuid), nullable=False),
        sa.Column("lease_token", sa.Uuid),
        _instant("lease_until"),
        _instant("sent_at"),
        sa.Column("repeatable", sa.Boolean, nullable=False),
        sa.Column("sent_revision", sa.Integer),
        sa.Column("payload_hash", sa.LargeBinary),
        sa.Column("payload_enc", sa.LargeBinary),
        sa.Column("natural_form", postgresql.JSONB),
        sa.Column("remote_ref", sa.String),
        sa.Column("error_class", sa.String),
        sa.Column("error_code", sa.String),
        sa.Column("hints", postgresql.JSONB, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("correlation_id", sa.Uuid, nullable=False),
        sa.Column("causation_id", sa.Uuid),
        sa.Column("traceparent", sa.String),
        _instant("created_at", nullable=False),
        _instant("updated_at", nullable=False),
        _instant("finished_at"),
        sa.CheckConstraint(RECORD_TYPES, name="record_type"),
        sa.CheckConstraint(KINDS, name="kind"),
        sa.CheckConstraint(STATES, name="state"),
        sa.UniqueConstraint("idempotency_key"),
        schema=SCHEMA,
    )
    indexes = {
        "one_in_flight": (["record_id"], True, "state in ('in_flight', 'verifying')"),
        "due": (["deadline_at", "not_before", "id"], False, "state in ('queued', 'retry_wait', 'verifying')"),
        "open": (["record_id", "ordinal"], False, "state not in ('succeeded', 'superseded', 'cancelled')"),
        "lease": (["lease_until"], False, "lease_until is not null"),
        "record": (["record_id", "ordinal"], False, None),
        "state": (["state", "id"], False, None),
    }
    for name, (columns, unique, where) in indexes.items():
        op.create_index(
            f"sync_job_{name}_idx",
            "sync_job",
            columns,
            unique=unique,
            schema=SCHEMA,
            postgresql_where=sa.text(where) if where else None,
        )


def _attempt() -> None:
    op.create_table(
        "sync_attempt",
        sa.Column("job_id", sa.Uuid, sa.ForeignKey(f"{SCHEMA}.sync_job.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("series", sa.Integer, nullable=False),
        sa.Column("endpoint_group", sa.String, nullable=False),
        sa.Column("operation", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        _instant("started_at", nullable=False),
        _instant("ended_at", nullable=False),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("http_status", sa.Integer),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("counted", sa.Boolean, nullable=False),
        sa.Column("breaker_failure", sa.Boolean, nullable=False),
        sa.Column("error_class", sa.String),
        sa.Column("error_code", sa.String),
        sa.Column("request_bytes", sa.Integer, nullable=False),
        sa.Column("request_sha256", sa.LargeBinary),
        sa.Column("response_bytes", sa.Integer, nullable=False),
        sa.Column("trace_id", sa.String),
        schema=SCHEMA,
    )
    op.create_index("sync_attempt_ended_idx", "sync_attempt", ["endpoint_group", "ended_at"], schema=SCHEMA)


def _way() -> None:
    op.create_table(
        "sync_lane",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("held_cause", sa.String),
        _instant("held_at"),
        _instant("probe_at"),
        sa.Column("tokens", sa.Float, nullable=False),
        _instant("refilled_at", nullable=False),
        _instant("slowed_until"),
        _instant("ramp_from"),
        schema=SCHEMA,
    )
    op.create_table(
        "sync_breaker",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        _instant("changed_at"),
        _instant("open_until"),
        sa.Column("open_count", sa.Integer, nullable=False),
        sa.CheckConstraint("state in ('closed', 'open', 'half_open')", name="state"),
        schema=SCHEMA,
    )
    op.execute(f"insert into {SCHEMA}.sync_lane (id, tokens, refilled_at) values ('{LANE_ID}', 0, '2000-01-01')")
    op.execute(
        f"insert into {SCHEMA}.sync_breaker (name, state, open_count) "
        "values ('host', 'closed', 0), ('course_runs', 'closed', 0), ('sessions', 'closed', 0)"
    )
