"""The compliance calendar: duties with their levels, and the files they are derived from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

SCHEMA = "tpg_sync"
STANDS = "state in ('open', 'late')"
KEYS = (
    *("run_publish", "sessions_submit", "run_confirm", "trainer_assigned", "enrolment_submit", "enrolment_ack"),
    *("fee_status_initial", "fee_status_update", "attendance_marked", "attendance_submit", "attendance_threshold_risk"),
    *("assessment_record", "assessment_submit", "makeup_complete", "reconcile_run", "run_close", "certificate_issue"),
    *("survey_notice", "record_retention"),
)
LEVELS = ("green", "amber", "red")
TYPES = ("run", "enrolment", "fee", "attendance", "assessment")


def _chosen(table: str, name: str, values: tuple[str, ...], **options: bool) -> sa.Column[str]:
    listed = ", ".join(f"'{value}'" for value in values)
    check = sa.CheckConstraint(f"{name} in ({listed})", name=op.f(f"{table}_{name}_check"))
    return sa.Column(name, sa.Text, check, nullable=False, **options)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _files()
    _obligation()
    op.create_table(
        "obligation_provider",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("provider_type", sa.String, nullable=False),
        schema=SCHEMA,
    )
    op.execute(f"insert into {SCHEMA}.obligation_provider (id, provider_type) values (1, 'public')")


def _files() -> None:
    op.create_table(
        "obligation_run",
        sa.Column("run_id", sa.Uuid, primary_key=True),
        sa.Column("staff", postgresql.ARRAY(sa.Uuid), nullable=False),
        sa.Column("facts", postgresql.JSONB, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("obligation_run_staff_idx", "obligation_run", ["staff"], schema=SCHEMA, postgresql_using="gin")
    op.create_table(
        "obligation_enrolment",
        sa.Column("enrolment_id", sa.Uuid, primary_key=True),
        sa.Column("run_id", sa.Uuid),
        sa.Column("facts", postgresql.JSONB, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("obligation_enrolment_run_idx", "obligation_enrolment", ["run_id"], schema=SCHEMA)
    op.create_table(
        "obligation_part",
        _chosen("obligation_part", "record_type", TYPES, primary_key=True),
        sa.Column("record_id", sa.Uuid, primary_key=True),
        sa.Column("run_id", sa.Uuid),
        sa.Column("enrolment_id", sa.Uuid),
        sa.Column("session_id", sa.Uuid),
        _instant("settled_at", nullable=True),
        sa.Column("owed_revision", sa.Integer, nullable=False),
        _instant("owed_at", nullable=True),
        sa.Column("acked_revision", sa.Integer, nullable=False),
        _instant("acked_at", nullable=True),
        _instant("drifted_at", nullable=True),
        _instant("cleared_at", nullable=True),
        schema=SCHEMA,
    )
    op.create_index("obligation_part_run_idx", "obligation_part", ["run_id"], schema=SCHEMA)
    op.create_index("obligation_part_enrolment_idx", "obligation_part", ["enrolment_id"], schema=SCHEMA)


def _obligation() -> None:
    op.create_table(
        "obligation",
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("id", sa.Uuid, primary_key=True),
        _chosen("obligation", "key", KEYS),
        _chosen("obligation", "subject_type", ("run", "session", "enrolment")),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("occasion", sa.Integer, nullable=False),
        sa.Column("run_id", sa.Uuid, nullable=False),
        _chosen("obligation", "style", ("deadline", "alarm", "reminder", "keep")),
        _instant("trigger_at"),
        _instant("anchor_at"),
        _instant("target_at", nullable=True),
        _instant("due_at"),
        _instant("amber_at"),
        _instant("red_at"),
        _instant("satisfied_at", nullable=True),
        _chosen("obligation", "floor", LEVELS),
        sa.Column("dropped", sa.Boolean, nullable=False),
        _instant("waived_at", nullable=True),
        sa.Column("waived_by", sa.String),
        sa.Column("waived_because", sa.String),
        _chosen("obligation", "state", ("open", "met", "late", "waived", "dropped")),
        _chosen("obligation", "level", LEVELS),
        sa.Column("breached", sa.Boolean, nullable=False),
        _instant("next_change_at", nullable=True),
        sa.Column("affected", sa.Integer, nullable=False),
        sa.Column("money_cents", sa.Integer, nullable=False),
        _instant("queue_at"),
        sa.Column("policy", sa.String, nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        schema=SCHEMA,
    )
    indexes: dict[str, tuple[list[str], str | None]] = {
        "run": (["run_id"], None),
        "next": (["next_change_at"], "next_change_at is not null"),
        "due": (["due_at", "id"], STANDS),
        "queue": (["queue_at", "id"], f"{STANDS} and level <> 'green'"),
    }
    op.create_index(
        "obligation_subject_idx", "obligation", ["subject_id", "key", "occasion"], unique=True, schema=SCHEMA
    )
    for name, (columns, where) in indexes.items():
        op.create_index(
            f"obligation_{name}_idx",
            "obligation",
            columns,
            schema=SCHEMA,
            postgresql_where=sa.text(where) if where else None,
        )
    op.create_table(
        "obligation_sum",
        sa.Column("run_id", sa.Uuid, primary_key=True),
        _chosen("obligation_sum", "key", KEYS, primary_key=True),
        _chosen("obligation_sum", "level", LEVELS, primary_key=True),
        sa.Column("breached", sa.Boolean, primary_key=True),
        sa.Column("week", sa.Integer, primary_key=True),
        sa.Column("duties", sa.Integer, nullable=False),
        sa.Column("money_cents", sa.Integer, nullable=False),
        _instant("next_due_at"),
        schema=SCHEMA,
    )
