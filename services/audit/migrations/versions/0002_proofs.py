"""Signed checkpoints of a Merkle tree over the log, its stored nodes, and the keys that sign."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

GUARDED = ("node", "checkpoint", "checkpoint_key")


def upgrade() -> None:
    op.create_table(
        "node",
        sa.Column("last_seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        schema="audit",
    )
    op.create_table(
        "checkpoint_key",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_id", sa.Uuid),
        sa.Column("endorsement", sa.LargeBinary, nullable=False),
        schema="audit",
    )
    op.create_table(
        "checkpoint_secret",
        sa.Column("slot", sa.SmallInteger, sa.CheckConstraint("slot = 1", name="slot"), primary_key=True, autoincrement=False),
        sa.Column("key_id", sa.Uuid, nullable=False),
        sa.Column("private_sealed", sa.LargeBinary, nullable=False),
        schema="audit",
    )
    op.create_table(
        "checkpoint",
        sa.Column("tree_size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Uuid, nullable=False, unique=True),
        sa.Column("root_hash", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_size", sa.BigInteger, nullable=False),
        sa.Column("previous_digest", sa.LargeBinary, nullable=False),
        sa.Column("key_id", sa.Uuid, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("tree_size > previous_size and previous_size >= 0", name="grows"),
        schema="audit",
    )
    # Time windows over a log that grows in time: as good as a tree, and an append pays next to nothing.
    op.create_index("entry_happened_idx", "entry", ["happened_at"], schema="audit", postgresql_using="brin")
    for table in GUARDED:
        for moment in ("update or delete", "truncate"):
            name = f"refuse_{moment.split()[0]}"
            op.execute(
                f"create trigger {name} before {moment} on audit.{table} "
                f"for each {'statement' if moment == 'truncate' else 'row'} execute function audit.refuse_change()",
            )
            op.execute(f"alter table audit.{table} enable always trigger {name}")
        op.execute(f"revoke update, delete, truncate on audit.{table} from public, current_user")
