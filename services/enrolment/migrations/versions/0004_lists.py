"""The list of those whose grant is lost finds them by an index of their own."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("create index enrolment_grant_lost_idx on enrolment.enrolment (id) where fundable is false")
