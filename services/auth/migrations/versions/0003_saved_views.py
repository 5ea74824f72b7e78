"""People keep views of their lists; only adds."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        """create table auth.saved_view (
    id uuid primary key,
    version integer not null,
    created_at timestamptz not null,
    created_by varchar not null,
    updated_at timestamptz not null,
    updated_by varchar not null,
    correlation_id uuid not null,
    user_id uuid not null references auth.user_account (id),
    page text not null constraint saved_view_page_check
        check (page in ('runs', 'enrolments', 'sync_jobs', 'deadlines')),
    name varchar not null,
    search jsonb not null
)"""
    )
    op.execute("create unique index saved_view_name_key on auth.saved_view (user_id, page, name)")
