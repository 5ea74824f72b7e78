"""What a record's timeline is told from: redacted copies of calls, waits, and what the owners were heard to say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
SAME_KEY = "the same reference as before; what it refused is now taken along"
narrows = {
    "ban-drop-constraint": ("widens", SAME_KEY),
    "constraint-missing-not-valid": ("widens", SAME_KEY),
    "adding-foreign-key-constraint": ("widens", SAME_KEY),
}

SCHEMA = "tpg_sync"
CALLS = "sync_attempt_job_id_fkey"


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("sync_attempt", sa.Column("request", postgresql.JSONB), schema=SCHEMA)
    op.add_column("sync_attempt", sa.Column("response", postgresql.JSONB), schema=SCHEMA)
    op.add_column("sync_attempt", _instant("next_at"), schema=SCHEMA)
    op.drop_constraint(CALLS, "sync_attempt", schema=SCHEMA)
    op.create_foreign_key(
        op.f(CALLS),
        "sync_attempt",
        "sync_job",
        ["job_id"],
        ["id"],
        source_schema=SCHEMA,
        referent_schema=SCHEMA,
        ondelete="CASCADE",
    )
    op.add_column("sync_job", _instant("blocked_at"), schema=SCHEMA)
    op.add_column("sync_job", _instant("unblocked_at"), schema=SCHEMA)
    op.execute(f"update {SCHEMA}.sync_job set blocked_at = updated_at where state = 'blocked'")
    _heard()


def _heard() -> None:
    op.create_table(
        "heard_event",
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("aggtype", sa.String, nullable=False),
        sa.Column("aggid", sa.Uuid, nullable=False),
        sa.Column("aggseq", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        _instant("at", nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("actor_id", sa.String),
        sa.Column("actor_role", sa.String),
        sa.Column("correlation_id", sa.Uuid),
        sa.Column("trace_id", sa.String),
        schema=SCHEMA,
    )
    op.create_index("heard_event_record_idx", "heard_event", ["aggtype", "aggid", "at"], schema=SCHEMA)
    # What was heard before this step is in the inbox still, without its lineage.
    op.execute(
        f"insert into {SCHEMA}.heard_event (event_id, aggtype, aggid, aggseq, type, at) "  # noqa: S608 - constant text
        "select event_id, aggtype, aggid, aggseq, regexp_replace(type, '\\.v[0-9]+$', ''), received_at "
        f"from {SCHEMA}.inbox where state = 'done' and aggtype in ('run', 'enrolment', 'attendance', 'assessment') "
        "on conflict do nothing"
    )
