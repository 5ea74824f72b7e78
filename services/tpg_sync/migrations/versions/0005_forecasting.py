"""What only waits for TPGateway, by which rules rows were reckoned, and lists that leave out what is merely kept."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
narrows = {"ban-drop-default": ("unreleased", "came before anybody had an installation that had to go on meanwhile")}

SCHEMA = "tpg_sync"
STANDS = "state in ('open', 'late') and style <> 'keep'"
HANDED_OVER = "'sessions_submit', 'enrolment_submit', 'enrolment_ack', 'fee_status_initial', 'fee_status_update'"
"""Those that never wait for a person; the others learn it with the next word about their subject."""


def upgrade() -> None:
    op.add_column(
        "obligation", sa.Column("handed_over", sa.Boolean, nullable=False, server_default=sa.false()), schema=SCHEMA
    )
    op.alter_column("obligation", "handed_over", server_default=None, schema=SCHEMA)
    op.add_column(
        "obligation_provider", sa.Column("rules", sa.String, nullable=False, server_default=""), schema=SCHEMA
    )
    op.alter_column("obligation_provider", "rules", server_default=None, schema=SCHEMA)
    op.execute(f"update {SCHEMA}.obligation set handed_over = true where key in ({HANDED_OVER})")
    op.execute(f"delete from {SCHEMA}.obligation_sum where key = 'record_retention'")
    for name in ("due", "queue"):
        op.drop_index(f"obligation_{name}_idx", "obligation", schema=SCHEMA)
    indexes = {
        "due": (["due_at", "id"], STANDS),
        "queue": (["queue_at", "id"], f"{STANDS} and level <> 'green'"),
        "key": (["key", "due_at", "id"], STANDS),
        "level": (["level", "due_at", "id"], STANDS),
        "kept": (["due_at", "id"], "state = 'open' and style = 'keep'"),
    }
    for name, (columns, where) in indexes.items():
        op.create_index(
            f"obligation_{name}_idx", "obligation", columns, schema=SCHEMA, postgresql_where=sa.text(where)
        )
