"""Reconciliations, what they find, and what is compared with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
MORE_KINDS = "the check lets through all kinds it did before, and more"
narrows = {"ban-drop-constraint": ("widens", MORE_KINDS), "constraint-missing-not-valid": ("widens", MORE_KINDS)}

SCHEMA = "tpg_sync"
CODES = (
    "'RUN-01', 'RUN-02', 'RUN-03', 'SES-01', 'SES-02', 'SES-03', 'ENR-01', 'ENR-02', 'ENR-03', 'ENR-04', 'ENR-05', "
    "'ENR-06', 'ENR-07', 'ATT-01', 'ATT-02', 'ATT-03', 'ATT-04', 'ATT-05', 'ASM-01', 'ASM-02', 'ASM-03', 'ASM-04', "
    "'TRN-01'"
)
TYPES = "'run', 'enrolment', 'fee', 'attendance', 'assessment'"
VERDICTS = "'clean', 'stale', 'drift', 'conflict', 'converged'"
ACTIONS = "'push', 'pull', 'adopt', 'cancel_remote', 'void_remote', 'replace', 'accept', 'assign'"


KINDS = (
    "kind in ('run.publish', 'run.edit', 'run.delete', 'run.sessions', 'enrolment.create', 'enrolment.update', "
    "'enrolment.cancel', 'fee.collect', 'attendance.upload', 'assessment.create', 'assessment.update', "
    "'assessment.void', 'run.drop_session', 'run.delete_foreign', 'enrolment.cancel_foreign', "
    "'attendance.void_foreign', 'assessment.void_foreign')"
)


def _instant(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _one_of(name: str, values: str, *, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.Text, nullable=nullable), sa.CheckConstraint(f"{name} in ({values})", name=name)]


def upgrade() -> None:
    op.add_column("sync_record", sa.Column("acked_enc", sa.LargeBinary), schema=SCHEMA)
    # The default lets workers of the step before go on writing meanwhile.
    op.add_column(
        "sync_record", sa.Column("foreign", sa.Boolean, nullable=False, server_default=sa.false()), schema=SCHEMA
    )
    op.execute(f"alter table {SCHEMA}.sync_job drop constraint sync_job_kind_check")
    op.execute(f"alter table {SCHEMA}.sync_job add constraint sync_job_kind_check check ({KINDS})")
    _discrepancy()
    _reconciliation()
    _presence()


def _discrepancy() -> None:
    op.create_table(
        "discrepancy",
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("id", sa.Uuid, primary_key=True),
        *_one_of("code", CODES),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("run_id", sa.Uuid),
        sa.Column("course_reference", sa.String),
        *_one_of("record_type", TYPES),
        *(sa.Column(name, sa.Uuid) for name in ("record_id", "session_id", "enrolment_id")),
        sa.Column("remote_ref", sa.String),
        sa.Column("fields", postgresql.JSONB, nullable=False),
        *(sa.Column(f"{whose}_digest", sa.String, nullable=False) for whose in ("ours", "acked", "theirs")),
        *_one_of("verdict", VERDICTS),
        *_one_of("suggested", ACTIONS),
        *_one_of("state", "'open', 'assigned', 'accepted', 'resolved'"),
        _instant("first_seen_at", nullable=False),
        _instant("last_seen_at", nullable=False),
        _instant("resolved_at"),
        _instant("deadline_at"),
        sa.Column("assignee_id", sa.String),
        sa.Column("resolution", sa.Text),
        sa.Column("requested_by", sa.String),
        sa.Column("approved_by", sa.String),
        sa.Column("reason", sa.String),
        sa.Column("refusal", sa.String),
        sa.Column("job_id", sa.Uuid),
        sa.Column("bulk_id", sa.Uuid),
        sa.Column("pulled_ref", sa.String),
        schema=SCHEMA,
    )
    op.create_index(
        "discrepancy_subject_idx",
        "discrepancy",
        ["code", "subject"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    op.create_index(
        "discrepancy_bulk_idx",
        "discrepancy",
        ["bulk_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("bulk_id is not null"),
    )
    op.create_index("discrepancy_run_idx", "discrepancy", ["run_id", "state"], schema=SCHEMA)
    op.create_index("discrepancy_state_idx", "discrepancy", ["state", "id"], schema=SCHEMA)
    op.create_index(
        "discrepancy_record_idx",
        "discrepancy",
        ["record_type", "record_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("record_id is not null"),
    )


def _reconciliation() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("id", sa.Uuid, primary_key=True),
        *_one_of("origin", "'scheduled', 'on_demand'"),
        *_one_of("state", "'waiting', 'running', 'done'"),
        sa.Column("plan", sa.String, unique=True),
        sa.Column("run_id", sa.Uuid),
        sa.Column("steps", sa.Integer, nullable=False),
        sa.Column("steps_done", sa.Integer, nullable=False),
        sa.Column("counts", postgresql.JSONB, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        _instant("created_at", nullable=False),
        _instant("finished_at"),
        sa.Column("correlation_id", sa.Uuid, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "reconciliation_step",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("reconciliation_id", sa.Uuid, sa.ForeignKey(f"{SCHEMA}.reconciliation.id"), nullable=False),
        sa.Column("run_id", sa.Uuid),
        sa.Column("course_reference", sa.String),
        *_one_of("state", "'queued', 'running', 'done', 'failed'"),
        _instant("not_before", nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("lease_token", sa.Uuid),
        _instant("lease_until"),
        sa.Column("error_code", sa.String),
        sa.Column("calls", sa.Integer, nullable=False),
        _instant("finished_at"),
        schema=SCHEMA,
    )
    op.create_index(
        "reconciliation_step_due_idx",
        "reconciliation_step",
        ["not_before", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("state in ('queued', 'running')"),
    )
    op.create_index("reconciliation_step_of_idx", "reconciliation_step", ["reconciliation_id"], schema=SCHEMA)


def _presence() -> None:
    op.create_table(
        "remote_presence",
        sa.Column("run_id", sa.Uuid, primary_key=True),
        sa.Column("session_ref", sa.String, primary_key=True),
        sa.Column("person", sa.LargeBinary, primary_key=True),
        _instant("starts_at", nullable=False),
        _instant("ends_at", nullable=False),
        sa.Column("row_ref", sa.String, nullable=False),
        *(sa.Column(name, sa.Uuid) for name in ("session_id", "enrolment_id", "attendance_id")),
        schema=SCHEMA,
    )
    op.create_index("remote_presence_person_idx", "remote_presence", ["person", "starts_at"], schema=SCHEMA)
