"""How everything stood as each day began is kept, so that the numbers of today can be held against it."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute(
        """create table tpg_sync.day_start (
        day date primary key,
        taken_at timestamptz not null,
        breached integer not null,
        red integer not null,
        amber integer not null,
        money_at_risk_cents bigint not null,
        stuck integer not null,
        waiting integer not null)"""
    )
