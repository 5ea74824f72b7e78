"""The chain, its guards, and the tables every service shares."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.outbox.schema import messaging_v1
from libs.web.schema import idempotency_v1

revision = "0001"
down_revision = None

GUARD = """
create function audit.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'audit entries are append-only' using errcode = 'insufficient_privilege';
end $$
"""


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subject_type", sa.String, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("subject_seq", sa.Integer, nullable=False),
        sa.Column("actor_id", sa.String, nullable=False),
        sa.Column("actor_role", sa.String, nullable=False),
        sa.Column("correlation_id", sa.Uuid, nullable=False),
        sa.Column("causation_id", sa.Uuid),
        sa.Column("trace_id", sa.String),
        sa.Column("reason", sa.String),
        sa.Column("changes", postgresql.JSONB, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        schema="audit",
    )
    for name, columns in {
        "entry_subject_idx": ["subject_type", "subject_id", sa.text("seq DESC")],
        "entry_actor_idx": ["actor_id", sa.text("seq DESC")],
        "entry_correlation_idx": ["correlation_id"],
        "entry_action_idx": ["action", sa.text("seq DESC")],
    }.items():
        op.create_index(name, "entry", columns, schema="audit")
    op.create_index("entry_event_idx", "entry", ["event_id"], unique=True, schema="audit")
    op.execute(GUARD)
    for moment in ("update or delete", "truncate"):
        name = f"refuse_{moment.split()[0]}"
        op.execute(
            f"create trigger {name} before {moment} on audit.entry "
            f"for each {'statement' if moment == 'truncate' else 'row'} execute function audit.refuse_change()",
        )
        # ALWAYS: also when a session pretends to be a replica to skip triggers.
        op.execute(f"alter table audit.entry enable always trigger {name}")
    op.execute("revoke update, delete, truncate on audit.entry from public, current_user")
    for statement in [*messaging_v1("audit"), *idempotency_v1("audit")]:
        op.execute(statement)
