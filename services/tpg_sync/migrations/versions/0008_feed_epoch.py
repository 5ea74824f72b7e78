"""The log's epoch becomes data: a restore from a backup begins another, and readers of the log are told."""

from alembic import op

from libs.outbox.schema import messaging_v2

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for statement in messaging_v2("tpg_sync"):
        op.execute(statement)
