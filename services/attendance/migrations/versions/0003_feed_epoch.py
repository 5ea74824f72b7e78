"""The log's epoch becomes data: a restore from a backup begins another, and readers of the log are told."""

from alembic import op

from libs.outbox.schema import messaging_v2

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for statement in messaging_v2("attendance"):
        op.execute(statement)
