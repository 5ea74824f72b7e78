"""Effects without any uniqueness of their own, so that a repeated one would show."""

from alembic import op

from libs.outbox.schema import messaging_v1, messaging_v2
from libs.web.schema import idempotency_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        "create table sample.effect (id bigint generated always as identity primary key, event_id uuid not null, "
        "sample_id uuid not null, number bigint not null, at timestamptz not null default clock_timestamp())",
    )
    op.execute("create table sample.fault_off (behave text primary key)")
    for statement in [*messaging_v1("sample"), *messaging_v2("sample"), *idempotency_v1("sample")]:
        op.execute(statement)
